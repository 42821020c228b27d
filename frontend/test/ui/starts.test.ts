/** Starts in words, and what is said of a comparison. */
import { describe, expect, it } from 'vitest';

import type { ProjectStart, StartComparison, StartOption } from '../../src/api';
import { translate, type Translate } from '../../src/ui/messages';
import {
  comparisonFor,
  gainsOf,
  nowWords,
  startKey,
  startOfKey,
  startOfRun,
  startWords,
} from '../../src/ui/pages/starts/starts';

const t: Translate = (key, params) => translate('en', key, params);

const option = (kind: StartOption['kind'], id: number, project = 1): StartOption => ({
  kind,
  id,
  number: id + 100,
  project,
  project_name: 'Nuclei',
  champion: false,
  created_at: '2026-01-01T00:00:00Z',
});
const OPTIONS = [option('model', 3), option('pretraining', 4), option('model', 5, 2)];

const row = (name: string, difference: [number, number, number] | null) => ({
  name,
  mean: 0.5,
  low: 0.4,
  high: 0.6,
  by_seed: [0.5, 0.52],
  difference: difference && { mean: difference[0], low: difference[1], high: difference[2] },
});

const comparison = (id: number, difference: [number, number, number]): StartComparison => ({
  id,
  project: 1,
  state: 'done',
  code: '',
  detail: '',
  fraction: 1,
  minutes: 5,
  seeds: [0, 1],
  starts: [{ name: 'pretraining-4', kind: 'pretraining', id: 4 }],
  result: {
    primary: 'ap50',
    n_items: 9,
    rows: [row('scratch', null), row('pretraining-4', difference)],
  },
  created_at: '2026-01-01T00:00:00Z',
});

describe('a start', () => {
  it('goes into a select and comes back', () => {
    for (const start of [
      { kind: 'auto', id: null },
      { kind: 'pretraining', id: 12 },
    ] as const) {
      expect(startOfKey(startKey(start))).toEqual(start);
    }
  });

  it('is told by the number that its project knows, and by the project where it is another', () => {
    expect(startWords(t, { kind: 'model', id: 3 }, OPTIONS, 1)).toBe('model 103');
    expect(startWords(t, { kind: 'model', id: 5 }, OPTIONS, 1)).toBe('model 105 of Nuclei');
    expect(startWords(t, { kind: 'scratch', id: null }, OPTIONS, 1)).toBe('nothing');
    expect(startWords(t, { kind: 'model', id: 99 }, OPTIONS, 1)).toBe('a model that is gone');
    const answer: ProjectStart = {
      chosen: { kind: 'auto', id: null },
      now: { kind: 'champion', id: 3, why: 'compared' },
      options: OPTIONS,
    };
    expect(nowWords(t, answer, 1)).toBe('the champion');
  });
});

describe('a comparison of starts', () => {
  it.each([
    [[0.03, 0.01, 0.05], 'ok', 'Starting from pre-training 104 gained 0.030 (0.010 to 0.050).'],
    [[-0.03, -0.05, -0.01], 'bad', 'Starting from pre-training 104 lost 0.030 (0.010 to 0.050).'],
    [
      [0.01, -0.02, 0.04],
      'warn',
      'Starting from pre-training 104: +0.010 (-0.020 to +0.040), which may be chance.',
    ],
  ] as const)('says what %j means', (difference, tone, text) => {
    const [gain] = gainsOf(t, comparison(1, [...difference]), OPTIONS);
    expect(gain).toMatchObject({ tone, text, seeds: '0.500, 0.520' });
  });

  it('is found for a run by its start, the newest first', () => {
    const run = { start: 'pretraining', warm_start: null, pretraining: 4 } as const;
    expect(startOfRun(run)).toEqual({ kind: 'pretraining', id: 4 });
    const all = [comparison(1, [0, 0, 0]), comparison(2, [0, 0, 0])];
    expect(comparisonFor(run, all)?.comparison.id).toBe(2);
    expect(comparisonFor({ ...run, pretraining: 5 }, all)).toBeNull();
  });
});
