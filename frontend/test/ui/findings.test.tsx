import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, describe, expect, it } from 'vitest';

import type { Finding, Project, Run } from '../../src/api';
import { en } from '../../src/ui/messages/en';
import { findings as zhFindings } from '../../src/ui/messages/zh/findings';
import { findingSentences } from '../../src/ui/messages/zh/findingSentences';
import { Findings } from '../../src/ui/pages/models/findings/Findings';
import { aligned, barRows, shortNumber } from '../../src/ui/pages/models/findings/figures';
import { changeWords, newRun, withChanges } from '../../src/ui/pages/models/findings/remedy';

afterEach(cleanup);

describe('a remedy that trains again', () => {
  it('puts dotted changes in their places and leaves the rest', () => {
    const config = { head: 'flow', optim: { rate: 0.003, batch: 16 }, minutes: 5 };
    expect(withChanges(config, { 'optim.rate': 0.001, 'data.diameter': 30 })).toEqual({
      head: 'flow',
      optim: { rate: 0.001, batch: 16 },
      data: { diameter: 30 },
      minutes: 5,
    });
    expect(config.optim.rate).toBe(0.003);
  });

  it('asks for a run with the same seed, its budget apart from its settings', () => {
    const nothing = { start: 'scratch', warm_start: null, pretraining: null } as const;
    const run = { seed: 4, config: { minutes: 5, head: 'flow' }, ...nothing };
    expect(newRun(run, { minutes: 15 })).toEqual({
      seed: 4,
      minutes: 15,
      config: { head: 'flow' },
      start: { kind: 'scratch', id: null },
    });
    const based = {
      seed: 4,
      config: {},
      start: 'champion',
      warm_start: 7,
      pretraining: null,
    } as const;
    expect(newRun(based, { model: 'softmax' })).toEqual({
      seed: 4,
      config: { model: 'softmax' },
      // The champion may be another one by now.
      start: { kind: 'model', id: 7 },
    });
  });

  it('is told in words', () => {
    expect(changeWords({ 'optim.rate': 0.0003, minutes: 10 })).toBe(
      'optim.rate 0.0003, minutes 10',
    );
  });
});

const series = (name: string, x: number[], y: (number | null)[]) => ({
  name,
  x,
  y,
  low: [],
  high: [],
});

describe('figures', () => {
  it('lay series with places of their own over one axis', () => {
    const figure = { series: [series('a', [0, 2], [5, 6]), series('b', [1, 2], [7, null])] };
    expect(aligned(figure)).toEqual([
      [0, 1, 2],
      [5, null, 6],
      [null, 7, null],
    ]);
  });

  it('keep points that share a place', () => {
    expect(aligned({ series: [series('a', [3, 1, 3], [1, 2, 4])] })).toEqual([
      [1, 3, 3],
      [2, 1, 4],
    ]);
  });

  it('measure bars by the longest', () => {
    const rows = barRows({
      labels: ['round', 'long'],
      series: [series('n', [], [40, 10]), series('effective', [], [20, null])],
    });
    expect(rows.map((row) => row.map((bar) => bar.share))).toEqual([
      [1, 0.5],
      [0.25, 0],
    ]);
  });

  it('write few digits', () => {
    expect([12, 0.4321, 3.456].map(shortNumber)).toEqual(['12', '0.43', '3.46']);
  });
});

const finding = (more: Partial<Finding>): Finding => ({
  code: 'shifted_labels',
  stage: 'before',
  severity: 'error',
  evidence: 'In 30 of 40 pictures the labels would fit better elsewhere.',
  meaning: 'The network is taught outlines that lie beside the cells.',
  remedy: 'Check the masks.',
  numbers: {},
  actions: [],
  samples: [],
  ...more,
});

const action = (more: Partial<Finding['actions'][number]>): Finding['actions'][number] => ({
  action: 'retry',
  changes: {},
  samples: [],
  split: '',
  group: '',
  ...more,
});

function show(found: Finding[], { role = 'manager', state = 'done' } = {}): void {
  const run = { id: 3, state, seed: 0, config: {}, findings: found } as unknown as Run;
  const project = { id: 7, role, task_kind: 'instance' } as unknown as Project;
  const client = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <Findings project={project} run={run} />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

const ACTIONS = [
  action({ changes: { 'optim.rate': 0.0003 } }),
  action({ action: 'review_samples', samples: ['12', '15', 'img-3'] }),
  action({ action: 'label_more', split: 'train' }),
];

describe('findings', () => {
  it('say what it is, what was seen and what to do', () => {
    show([finding({})]);
    expect(screen.getByText('Problem')).toBeDefined();
    expect(screen.getByText('Labels that lie beside the cells')).toBeDefined();
    expect(screen.getByText(/In 30 of 40 pictures/)).toBeDefined();
    expect(screen.getByText(/Check the masks/)).toBeDefined();
  });

  it('offer what one click does', () => {
    show([finding({ actions: ACTIONS })]);
    expect(screen.getByRole('button', { name: 'Train again: optim.rate 0.0003' })).toBeDefined();
    expect(screen.getByRole('link', { name: '12' }).getAttribute('href')).toBe(
      '/projects/7/review/12',
    );
    expect(screen.queryByRole('link', { name: 'img-3' })).toBeNull();
    expect(screen.getByRole('link', { name: 'Label more' })).toBeDefined();
  });

  it('offer only what the role may do, and no second run while one goes', () => {
    show([finding({ actions: ACTIONS })], { role: 'viewer' });
    expect(screen.queryByRole('button')).toBeNull();
    cleanup();
    show([finding({ actions: ACTIONS })], { state: 'running' });
    expect(screen.getByRole<HTMLButtonElement>('button').disabled).toBe(true);
  });

  it('fold notes, and say when nothing was found', () => {
    show([finding({ severity: 'note' })]);
    expect(screen.getByRole<HTMLDetailsElement>('group').open).toBe(false);
    cleanup();
    show([]);
    expect(screen.getByText('Nothing wrong was found.')).toBeDefined();
  });

  it('have Chinese sentences for every title', () => {
    const codes = Object.keys(en)
      .filter((key) => key.startsWith('finding.title.'))
      .map((key) => key.replace('finding.title.', ''));
    expect(Object.keys(findingSentences).sort()).toEqual(codes.sort());
    expect(Object.keys(zhFindings).length).toBeGreaterThan(codes.length);
  });
});
