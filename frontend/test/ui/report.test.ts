/** What the page makes of a run's report. */
import { describe, expect, it } from 'vitest';

import type { ModelVersion } from '../../src/api';
import { positive, smoothed, summary } from '../../src/ui/charts/curves';
import { reliabilityPath } from '../../src/ui/charts/reliability';
import { placeOf } from '../../src/ui/pages/annotate/place';
import { trainedOn } from '../../src/ui/pages/models/metrics';
import {
  classWord,
  confusions,
  keyOf,
  mainIntervals,
  matrixView,
  middleOf,
  pictureUrl,
  placeLink,
  verdictOf,
} from '../../src/ui/pages/models/run/report';
import { settingRows } from '../../src/ui/pages/models/run/settings';
import { ago } from '../../src/ui/shell/format';
import { toggled } from '../../src/ui/pages/models/run/useLayers';

describe('lines of a list', () => {
  it('are told apart by the part of a large image that they are about', () => {
    const box: [number, number, number, number] = [0, 1, 2, 3];
    const keys = [{ item: '1' }, { item: '1', t: 2 }, { item: '1', box }].map(keyOf);
    expect(keys).toEqual(['1 0', '1 2', '1 0 0 1 2 3']);
  });
});

describe('links to the canvas', () => {
  const cell = { item: '12', object: 7, kind: 'missed', t: 0, z: 3, box: [4, 6, 12, 16] as const };
  const line = { ...cell, box: [...cell.box] as [number, number, number, number] };

  it('lead to the middle of the cell, which an address gives back', () => {
    // Columns 6 to 15, rows 4 to 11.
    expect(middleOf(line.box)).toEqual({ x: 10.5, y: 7.5 });
    const link = placeLink(3, line, { reviews: true, image: 5 })!;
    expect(link).toBe('/projects/3/annotate/12?x=10.5&y=7.5&t=0&z=3&object=7');
    expect(placeOf(new URL(link, 'http://site').searchParams)).toEqual({
      slice: { t: 0, z: 3 },
      x: 10.5,
      y: 7.5,
      object: 7,
    });
  });

  it('name no object of the prediction, which the canvas does not show', () => {
    const link = placeLink(3, { ...line, kind: 'false' }, { reviews: true, image: 5 });
    expect(link).toBe('/projects/3/annotate/12?x=10.5&y=7.5&t=0&z=3');
  });

  it('lead those who do not review to the image', () => {
    expect(placeLink(3, line, { reviews: false, image: 5 })).toBe('/projects/3/data/5');
    expect(placeLink(3, line, { reviews: false, image: undefined })).toBeNull();
    expect(placeLink(3, { item: '12' }, { reviews: true, image: 5 })).toBe(
      '/projects/3/annotate/12',
    );
  });

  it.each(['', 'x=1', 'x=&y=2', 'x=one&y=2'])('are without a place for ?%s', (query) => {
    expect(placeOf(new URLSearchParams(query))).toBeNull();
  });

  it('take what is no plane for the first one', () => {
    const place = placeOf(new URLSearchParams('x=1&y=2&z=-3&t=1.5&object=no'));
    expect(place).toEqual({ slice: { t: 0, z: 0 }, x: 1, y: 2, object: 0 });
  });
});

describe('a confusion matrix', () => {
  it('has shares of rows, and nothing as its last class', () => {
    const { names, rows } = matrixView({
      names: ['nucleus'],
      matrix: [
        [6, 2],
        [1, 0],
      ],
    });
    expect(names).toEqual(['nucleus', null]);
    expect(rows[0]).toEqual([
      { count: 6, share: 0.75, hit: true, void: false },
      { count: 2, share: 0.25, hit: false, void: false },
    ]);
    expect(rows[1]![1]).toMatchObject({ void: true, hit: false });
  });

  it('has no shares in an empty row, and keeps a class without a name', () => {
    const { names, rows } = matrixView({
      names: ['', 'b'],
      matrix: [
        [0, 0],
        [0, 4],
      ],
    });
    expect(names).toEqual(['', 'b']);
    expect(rows[0]!.map(({ share }) => share)).toEqual([null, null]);
  });

  it('calls classes by their name, the background and objects of no class by words', () => {
    const words = { background: 'ground', all: 'all' };
    const named = (at: number, background?: number): string =>
      classWord(
        { names: ['', 'b'], ...(background === undefined ? {} : { background }) },
        at,
        words,
      );
    expect([named(0, 0), named(1, 0), named(0)]).toEqual(['ground', 'b', 'all']);
  });

  it('tells which classes are mixed up most', () => {
    const classes = {
      names: ['a', 'b', 'c'],
      matrix: [
        [9, 1, 4],
        [2, 8, 0],
        [0, 0, 7],
      ],
    };
    expect(confusions(classes, 2)).toEqual([
      { truth: 'a', predicted: 'c', count: 4 },
      { truth: 'b', predicted: 'a', count: 2 },
    ]);
  });
});

describe('a verdict on an image', () => {
  const names = ['a', 'b', 'c'];
  const line = { item: '1', value: 1 };

  it('compares one class, with how sure the model was', () => {
    const verdict = verdictOf({ ...line, truth: 0, predicted: 2, confidence: 0.7 }, names);
    expect(verdict).toEqual({
      ...{ wrong: true, predicted: [{ name: 'c', chance: 0.7 }], truth: ['a'] },
    });
  });

  it('compares several classes, whatever their order', () => {
    const several = { ...line, probabilities: [0.9, 0.2, 0.8] };
    expect(verdictOf({ ...several, truths: [2, 0], predictions: [0, 2] }, names)).toEqual({
      wrong: false,
      predicted: [
        { name: 'a', chance: 0.9 },
        { name: 'c', chance: 0.8 },
      ],
      truth: ['c', 'a'],
    });
    expect(verdictOf({ ...several, truths: [1], predictions: [] }, names)).toEqual({
      ...{ wrong: true, predicted: [], truth: ['b'] },
    });
  });

  it('is none where there are no classes of images', () => {
    expect(verdictOf(line, names)).toBeNull();
  });
});

describe('metrics with intervals', () => {
  it('begin with the primary one and leave out what is not asked for', () => {
    const one = { value: 0.5, low: 0.4, high: 0.6 };
    const intervals = {
      ...{ level: 0.95, primary: 'ap75', items: 6, groups: 3 },
      metrics: { f1: one, objects: one, ap50: one, ap75: one },
    };
    expect(mainIntervals(intervals, ['ap50', 'ap75', 'f1']).map(([name]) => name)).toEqual([
      'ap75',
      'ap50',
      'f1',
    ]);
  });
});

describe('curves', () => {
  const points = [
    { step: 20, seconds: 2, loss: 0.5, val: 0.6, images_per_second: 8, learning_rate: 0.003 },
    { step: 10, seconds: 1, loss: 1, val: null, images_per_second: 9, learning_rate: 0 },
  ];

  it('are smoothed from their first value on', () => {
    expect(smoothed([null, 4, null, 2], 0.5)).toEqual([null, 4, 4, 3]);
    expect(smoothed([4, 2], 0)).toEqual([4, 2]);
  });

  it('show only numbers above 0 on a logarithmic axis', () => {
    expect(positive([1, 0, -2, null])).toEqual([1, null, null, null]);
  });

  it('are told in numbers, in the order of steps', () => {
    expect(summary(points, 'loss')).toEqual([
      { name: 'loss', first: 1, newest: 0.5, lowest: 0.5, highest: 1 },
      { name: 'val', first: 0.6, newest: 0.6, lowest: 0.6, highest: 0.6 },
    ]);
    expect(summary(points, 'rate')[0]).toMatchObject({ name: 'rate', first: 0, newest: 0.003 });
    expect(summary([], 'speed')).toEqual([
      { name: 'speed', first: null, newest: null, lowest: null, highest: null },
    ]);
  });

  it('of reliability go through their bins by confidence', () => {
    const bin = { low: 0, high: 1, n: 1 };
    const bins = [
      { ...bin, confidence: 0.9, accuracy: 0.7 },
      { ...bin, confidence: 0.2, accuracy: 0.3 },
    ];
    const times100 = (value: number): number => value * 100;
    expect(reliabilityPath(bins, times100, times100)).toBe('M20.0,30.0 L90.0,70.0');
    expect(reliabilityPath([], times100, times100)).toBe('');
  });
});

it('settings become dotted names', () => {
  expect(settingRows({ seed: 1, data: { patch: 64, low: 0.5 }, strides: [2, 2], a: 'x' })).toEqual([
    ['a', 'x'],
    ['data.low', '0.5'],
    ['data.patch', '64'],
    ['seed', '1'],
    ['strides', '[2,2]'],
  ]);
  expect(settingRows({})).toEqual([]);
});

it('the age of a model is told in its largest unit', () => {
  const now = Date.parse('2026-01-02T00:00:00Z');
  expect(ago('2026-01-01T20:30:00Z', now)).toBe('3 hours ago');
  expect(ago('2025-12-30T00:00:00Z', now)).toBe('3 days ago');
  expect(ago('2026-01-01T23:59:50Z', now)).toBe('now');
  expect(ago(null, now)).toBe('-');
});

it('a model tells how much it was trained on, where its card does', () => {
  expect(trainedOn({ card: { n_train: 28 } } as unknown as ModelVersion)).toBe(28);
  expect(trainedOn({ card: {} } as unknown as ModelVersion)).toBeNull();
});

it('layers are switched one by one', () => {
  expect([...toggled(new Set(['picture']), 'truth')]).toEqual(['picture', 'truth']);
  expect([...toggled(new Set(['picture', 'truth']), 'picture')]).toEqual(['truth']);
});

it('pictures of a run have an address each', () => {
  expect(pictureUrl(4, '0-picture.png')).toBe('/api/v1/runs/4/pictures/0-picture.png');
});
