import { describe, expect, it } from 'vitest';

import type { CurvePoint, Search, Trial } from '../../src/api';
import {
  chosenModels,
  differingMost,
  isClear,
  overlay,
  settingText,
  type ComparedImage,
} from '../../src/ui/pages/models/comparison';
import { spent, trialColumns, trialsIn } from '../../src/ui/pages/search/trials';

const point = (seconds: number, val: number | null): CurvePoint => ({
  step: seconds * 10,
  seconds,
  loss: 1,
  val,
  images_per_second: null,
});

const trial = (number: number, more: Partial<Trial>): Trial => ({
  number,
  role: 'tried',
  state: 'done',
  values: {},
  seed: 0,
  value: null,
  rungs: [],
  seconds: 60,
  fraction: null,
  code: '',
  detail: '',
  ...more,
});

describe('comparing models', () => {
  it('lays validation curves over one axis of seconds', () => {
    const { seconds, columns } = overlay([
      [point(2, 0.5), point(1, null), point(4, 0.6)],
      [point(3, 0.7)],
    ]);
    expect(seconds).toEqual([2, 3, 4]);
    expect(columns).toEqual([
      [0.5, null, 0.6],
      [null, 0.7, null],
    ]);
  });

  it('is sure only where the interval does not hold zero', () => {
    expect(isClear({ mean: 0.1, low: 0.02, high: 0.2 })).toBe(true);
    expect(isClear({ mean: -0.1, low: -0.2, high: -0.01 })).toBe(true);
    expect(isClear({ mean: 0.1, low: -0.02, high: 0.2 })).toBe(false);
  });

  it('lists the images that differ most, and none that do not', () => {
    const image = (sample: number, values: number[]): ComparedImage => ({
      sample,
      image: sample,
      group: 'g',
      values,
    });
    const images = [image(1, [0.5, 0.6]), image(2, [0.9, 0.2]), image(3, [0.4, 0.4])];
    expect(differingMost(images, 0, 1, 5).map((row) => row.sample)).toEqual([2, 1]);
  });

  it('reads ids of the address, each once', () => {
    expect(chosenModels('3,1,3,x,-2')).toEqual([3, 1]);
    expect(chosenModels(null)).toEqual([]);
  });

  it('writes settings as one reads them', () => {
    expect([0.00123456, 624824831, 'flow', [8, 16], null, true].map(settingText)).toEqual([
      '0.001235',
      '624824831',
      'flow',
      '[8,16]',
      '-',
      'true',
    ]);
  });
});

describe('trials of a search', () => {
  const trials = [
    trial(0, { role: 'default', value: 0.5 }),
    trial(1, { value: 0.7 }),
    trial(2, { state: 'pruned', rungs: [0.2, 0.3] }),
    trial(3, { value: 0.6 }),
    trial(4, { role: 'confirm_best', value: 0.9 }),
  ];

  it('draws what chooses; confirmations are no candidates', () => {
    expect(trialColumns(trials)).toEqual({
      numbers: [0, 1, 2, 3],
      scores: [0.5, 0.7, null, 0.6],
      pruned: [null, null, 0.3, null],
      best: [0.5, 0.7, 0.7, 0.7],
    });
  });

  it('counts what is spent of the budget of all workers', () => {
    const search = {
      minutes: 5,
      lanes: 2,
      folds: 0,
      trial_minutes: 1,
      trials,
    } as unknown as Search;
    expect(spent(search)).toBeCloseTo(0.5);
    const running = [trial(0, { state: 'running', fraction: 0.5, seconds: 0 })];
    expect(spent({ ...search, trials: running })).toBeCloseTo(0.05);
  });

  it('tells how many trainings fit', () => {
    expect(trialsIn(60, 5, 1, 0)).toBe(12);
    expect(trialsIn(60, 5, 2, 3)).toBe(8);
    expect(trialsIn(60, 0, 1, 0)).toBe(0);
  });
});
