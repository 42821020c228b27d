/** A page in a test: router, queries, and a server made of a map from "METHOD path" to answers. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, type RenderResult } from '@testing-library/react';
import type { ReactNode } from 'react';
import { MemoryRouter } from 'react-router';
import { vi } from 'vitest';

import type { Project } from '../../src/api';
import { Toasts } from '../../src/ui/shell/toasts';

export interface Call {
  key: string;
  url: string;
  body: unknown;
}

/** A problem document as an answer of the fake server. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly body: unknown = {},
  ) {}
}

export function fakeServer(answers: Record<string, object | ((call: Call) => object)>): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit = {}) => {
    const { pathname } = new URL(url, 'http://site');
    const key = `${init.method ?? 'GET'} ${pathname.replace('/api/v1/', '')}`;
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    const call = { key, url, body };
    calls.push(call);
    const found = answers[key];
    if (found === undefined) {
      return Promise.resolve(new Response(JSON.stringify({ code: 'not_found' }), { status: 404 }));
    }
    const answer: unknown = typeof found === 'function' ? found(call) : found;
    if (answer instanceof Refusal) {
      return Promise.resolve(new Response(JSON.stringify(answer.body), { status: answer.status }));
    }
    return Promise.resolve(new Response(JSON.stringify(answer)));
  });
  return calls;
}

export function show(page: ReactNode, at = '/'): RenderResult {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={client}>
      <MemoryRouter initialEntries={[at]}>{page}</MemoryRouter>
      <Toasts />
    </QueryClientProvider>,
  );
}

export const project: Project = {
  id: 5,
  lab: 2,
  lab_name: 'My lab',
  archived: false,
  use_reference_masks: 'holdout',
  partial_labels: false,
  multi_label: false,
  name: 'Nuclei',
  task_kind: 'instance',
  datasets: [3],
  instructions: '',
  role: 'manager',
  created_at: '2026-01-01T10:00:00Z',
  sample_unit: 'image',
  policy: {
    overlap: 1,
    lease_seconds: 900,
    accept_rule: 'single',
    accept_threshold: 0.8,
    consensus_method: 'majority',
  },
  loop: {
    strategy: 'entropy',
    batch_size: 20,
    control_fraction: 0.2,
    max_rounds: 20,
    train_minutes: 5,
    auto: true,
    compare_arms: false,
  },
  classes: [{ id: 1, index: 1, name: 'cell', color: '#0072b2', key: '1' }],
};
