// @vitest-environment node
import { describe, expect, it } from 'vitest';

import type { DisplaySettings } from '../../src/api/types';
import { channelOf } from '../../src/engine/image/channels';
import type { Crop } from '../../src/engine/grid/crop';
import { cropFeatures } from '../../src/engine/grid/cropFeatures';
import { contrastFor, GridLook, windowOf } from '../../src/engine/grid/gridLook';
import {
  orderByLikeness,
  orderByModel,
  standardize,
  suggestionOf,
} from '../../src/engine/grid/order';
import type { Proposal } from '../../src/engine/sync/tasks';

const item = (class_scores: Record<string, number> = {}): { proposal: Proposal } => ({
  proposal: { source: 'm', reason: '', objects: [], class_scores },
});

const ITEMS = [
  item({ '1': 0.6, '2': 0.4 }),
  item(),
  item({ '1': 0.05, '2': 0.95 }),
  item({ '1': 0.9, '2': 0.1 }),
  item({ '1': 0.45, '2': 0.55 }),
];

describe('order by the model', () => {
  it('suggests the class with the highest score', () => {
    expect(suggestionOf(ITEMS[2]!)).toEqual({ index: 2, confidence: 0.95 });
    expect(suggestionOf(item())).toBeNull();
    expect(suggestionOf({ proposal: null })).toBeNull();
  });

  it('puts pictures that the model has not seen last', () => {
    expect(orderByModel('asked', ITEMS)).toEqual([0, 1, 2, 3, 4]);
    expect(orderByModel('unsure', ITEMS)).toEqual([4, 0, 3, 2, 1]);
    expect(orderByModel('sure', ITEMS)).toEqual([2, 3, 0, 4, 1]);
    expect(orderByModel('suggested', ITEMS)).toEqual([3, 0, 2, 4, 1]);
  });
});

describe('order by likeness', () => {
  it('is by distance when every dimension weighs the same', () => {
    // The second number is a thousand times larger, and would decide alone if it were not scaled.
    const vectors = [[0, 1000], [1, 3000], [0.1, 2000], null, [1, 1000]];
    expect(orderByLikeness(vectors, 0)).toEqual([0, 2, 4, 1, 3]);
  });

  it('stays as it is when the picture in focus has no numbers', () => {
    expect(orderByLikeness([[1], null, [2]], 1)).toEqual([0, 1, 2]);
  });

  it('scales to zero mean and unit variance; what never varies counts nothing', () => {
    const [a, b] = standardize([
      [1, 7],
      [3, 7],
    ]);
    expect([...a!]).toEqual([-1, 0]);
    expect([...b!]).toEqual([1, 0]);
  });
});

/** A picture 6 wide and 4 high, from a function of place. */
const crop = (value: (x: number, y: number) => number, frame: Crop['frame'] = null): Crop => ({
  width: 6,
  height: 4,
  frame,
  channels: [Float32Array.from({ length: 24 }, (_, at) => value(at % 6, Math.floor(at / 6)))],
});

describe('features of pictures', () => {
  it('are mean, spread, quantiles, roughness and rings', () => {
    expect([...cropFeatures(crop(() => 5))]).toEqual([5, 0, 5, 5, 5, 5, 5, 0, 5, 5, 5, 5]);
    const halves = cropFeatures(crop((x) => (x < 3 ? 0 : 10)));
    expect(halves[0]).toBe(5);
    expect(halves[1]).toBe(5);
    expect([...halves.slice(2, 7)]).toEqual([0, 0, 0, 10, 10]);
    // One border of four pixels, each 10 high, over 24 pixels.
    expect(halves[7]).toBeCloseTo(40 / 24, 5);
  });

  it('do not change when a picture is turned over', () => {
    const bright = (x: number, y: number): number => (x > 3 && y > 1 ? 9 : 1);
    const there = cropFeatures(crop(bright));
    const back = cropFeatures(crop((x, y) => bright(5 - x, 3 - y)));
    there.forEach((value, i) => expect(back[i]).toBeCloseTo(value, 5));
  });

  it('leave out what surrounds the region', () => {
    const frame = { x0: 1, y0: 1, x1: 5, y1: 3 };
    const inside = (x: number, y: number): boolean => x > 0 && x < 5 && y > 0 && y < 3;
    const alone = cropFeatures(crop((x, y) => (inside(x, y) ? x : 1000), frame));
    const other = cropFeatures(crop((x, y) => (inside(x, y) ? x : 0), frame));
    expect([...alone]).toEqual([...other]);
    expect(alone[0]).toBe(2.5);
  });
});

describe('look of the grid', () => {
  const image = {
    dataset: 5,
    size: { t: 1, c: 1, z: 1, y: 4, x: 6 },
    dtype: 'uint16',
    channels: [{ name: 'DAPI', color: '#0000ff', low: 100, high: 300 }],
  };
  const other = { channels: [{ name: 'DAPI', color: '#0000ff', low: 10, high: 90 }] };
  const samples = [Float32Array.of(0, 50, 100)];

  it('shows each picture in the window of its own image, or its own', () => {
    const look = new GridLook(image, []);
    expect(contrastFor(look.snapshot(), other, samples)).toEqual([channelOf(other, 0)]);
    look.setWindow('crop');
    const [shown] = contrastFor(look.snapshot(), other, samples);
    expect(shown).toMatchObject(windowOf(samples[0]!));
  });

  it('shows all in one window once one is set', () => {
    const look = new GridLook(image, []);
    look.channels.set(0, { gamma: 2 });
    expect(contrastFor(look.snapshot(), other, samples)[0]).toMatchObject({ gamma: 2, low: 10 });
    look.channels.set(0, { high: 400 });
    expect(contrastFor(look.snapshot(), other, samples)[0]).toMatchObject({ low: 100, high: 400 });
    look.channels.reset();
    expect(contrastFor(look.snapshot(), other, samples)[0]).toMatchObject({ low: 10, high: 90 });
  });

  it('goes along to pictures of its data set with as many channels only', () => {
    const look = new GridLook(image, []);
    expect(look.suits(image)).toBe(true);
    expect(look.suits({ ...image, size: { ...image.size, c: 2 } })).toBe(false);
    expect(look.suits({ ...image, dataset: 6 })).toBe(false);
  });

  it('is kept as the canvas keeps its own, with where windows come from', () => {
    const look = new GridLook(image, []);
    const kept: DisplaySettings[] = [];
    look.keep = (changed) => kept.push(changed);
    look.setWindow('crop');
    look.channels.set(0, { high: 400, invert: true });
    expect(kept.map(({ grid_window }) => grid_window)).toEqual(['crop', 'crop']);
    const next = new GridLook(image, [], kept[1]);
    expect(next.snapshot()).toEqual(look.snapshot());
    next.channels.reset();
    expect(next.snapshot().window).toBe('crop');
  });
});
