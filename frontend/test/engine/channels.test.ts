import { beforeEach, describe, expect, it } from 'vitest';

import type { Image } from '../../src/api/types';
import { Channels } from '../../src/engine/image/channels';
import { autoWindow, brightnessOf, type ChannelHistogram } from '../../src/engine/image/contrast';
import { mixChannels } from '../../src/engine/grid/crop';

const plain = { low: 100, high: 300, gamma: 1, log: false, invert: false };

describe('brightness of an intensity', () => {
  it('is its place in the window', () => {
    expect([99, 100, 150, 300, 301].map((value) => brightnessOf(value, plain))).toEqual([
      0, 0, 0.25, 1, 1,
    ]);
  });

  it('is raised to gamma', () => {
    expect(brightnessOf(150, { ...plain, gamma: 2 })).toBe(0.0625);
    expect(brightnessOf(150, { ...plain, gamma: 0.5 })).toBe(0.5);
  });

  it('is logarithmic over eight doublings, and keeps the ends of the window', () => {
    const log = { ...plain, low: 0, high: 255, log: true };
    // 1 + value is 1, 2, 4 ... 256: an eighth more with each doubling.
    const values = [0, 1, 3, 7, 15, 31, 63, 127, 255];
    const eighths = values.map((value) => brightnessOf(value, log) * 8);
    eighths.forEach((value, i) => expect(value).toBeCloseTo(i, 12));
  });

  it('is inverted last', () => {
    expect(brightnessOf(150, { ...plain, gamma: 2, invert: true })).toBe(0.9375);
    expect(brightnessOf(15, { ...plain, low: 0, high: 255, log: true, invert: true })).toBe(0.5);
  });

  it('is dark for what is not a number', () => {
    expect(mixChannels([[NaN]], [{ ...plain, name: '', color: '#ffffff', on: true }], 1)[0]).toBe(
      0,
    );
  });

  it('is the same in pictures that are mixed without the graphics card', () => {
    const red = { ...plain, name: 'a', color: '#ff0000', on: true, invert: true };
    const green = { ...plain, name: 'b', color: '#00ff00', on: true, low: 0, high: 255, log: true };
    const pixels = mixChannels(
      [
        [150, 300],
        [15, 0],
      ],
      [red, green],
      2,
    );
    expect([...pixels]).toEqual([191, 128, 0, 255, 0, 0, 0, 255]);
  });
});

/** One pixel of each intensity from 0 to 999, in ten bins. */
const EVEN: ChannelHistogram = { low: 0, high: 1000, bins: new Array<number>(10).fill(100) };

describe('window by percentiles', () => {
  it('takes any share of the pixels', () => {
    expect(autoWindow(EVEN, { lower: 0, upper: 1 })).toEqual({ low: 0, high: 1000 });
    expect(autoWindow(EVEN, { lower: 0.05, upper: 0.95 })).toEqual({ low: 50, high: 950 });
    const { low, high } = autoWindow(EVEN, { lower: 0.02, upper: 0.98 });
    expect(low).toBeCloseTo(20);
    expect(high).toBeCloseTo(980);
  });

  it('is never empty', () => {
    const constant = { low: 7, high: 8, bins: [600, 0, 0, 0] };
    const { low, high } = autoWindow(constant, { lower: 0.05, upper: 0.95 });
    expect(high).toBeGreaterThan(low);
  });
});

const IMAGE = {
  size: { t: 1, c: 2, z: 1, y: 20, x: 30 },
  dtype: 'float32',
  channels: [
    { name: 'dapi', color: '#0000ff', low: 10, high: 20 },
    { name: 'gfp', color: '#00ff00', low: 30, high: 40 },
  ],
} as unknown as Image;

describe('channels', () => {
  let channels: Channels;
  let changes: number;

  beforeEach(() => {
    changes = 0;
    channels = new Channels(IMAGE, [EVEN, EVEN], () => changes++);
  });

  it('are shown as the picture says, with floats spread over the texture', () => {
    expect(channels.contrast.map(({ name, low, high }) => [name, low, high])).toEqual([
      ['dapi', 10, 20],
      ['gfp', 30, 40],
    ]);
    expect(channels.scales[1]).toEqual({ offset: 0, factor: 65.535 });
  });

  it('find the window of one, or of all', () => {
    channels.auto(1);
    expect(channels.contrast.map(({ low }) => low)).toEqual([10, 10]);
    expect(channels.contrast[0]!.high).toBe(20);
    expect(channels.contrast[1]!.high).toBe(998);
    channels.choosePercentiles({ lower: 0.05, upper: 0.95 });
    expect(channels.contrast[0]!.high).toBe(20); // its window was not found by percentiles
    expect(channels.contrast[1]!.high).toBe(950);
    channels.auto();
    expect(channels.contrast.map(({ high }) => high)).toEqual([950, 950]);
    expect(changes).toBe(3);
  });

  it('are shown one at a time, also one that is switched off', () => {
    channels.set(1, { on: false });
    channels.toggleSolo(1);
    expect(channels.shown.map(({ on }) => on)).toEqual([false, true]);
    expect(channels.contrast.map(({ on }) => on)).toEqual([true, false]);
    channels.toggleSolo(1);
    expect(channels.shown.map(({ on }) => on)).toEqual([true, false]);
    channels.toggleSolo(2); // there is none
    expect(channels.solo).toBeNull();
  });

  it('are stepped through by one key', () => {
    const seen = [0, 1, 2].map(() => {
      channels.nextSolo();
      return channels.solo;
    });
    expect(seen).toEqual([0, 1, null]);
  });

  it('go back to the picture as it came', () => {
    channels.set(0, { low: 5, log: true, color: '#ffffff' });
    channels.auto(1);
    channels.toggleSolo(0);
    channels.reset();
    expect(channels.contrast).toEqual(new Channels(IMAGE, [], () => undefined).contrast);
    expect(channels.solo).toBeNull();
    expect([channels.windowKind(0), channels.windowKind(1)]).toEqual(['picture', 'picture']);
  });
});
