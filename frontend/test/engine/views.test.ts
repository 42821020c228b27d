import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Intensities } from '../../src/engine/image/intensities';
import { Latest } from '../../src/engine/view/latest';
import { minimapSize, shareInView } from '../../src/engine/view/minimap';
import { nextIndex, Playback, type PlayMode } from '../../src/engine/view/playback';
import { projectMaximum, rangeOf } from '../../src/engine/view/projection';
import { formatIntensity, Readout } from '../../src/engine/view/readout';
import { scaleBar } from '../../src/engine/view/scaleBar';
import {
  depthAspect,
  fromSection,
  loadSection,
  placeSection,
  sectionLevel,
} from '../../src/engine/view/sections';
import { ZarrImage } from '../../src/engine/image/zarr';

describe('scale bar', () => {
  it('has the longest round length that fits', () => {
    // At 0.65 µm per pixel and one CSS pixel each, 140 pixels are 91 µm.
    expect(scaleBar(0.65, 1)).toMatchObject({ um: 50, value: 50, unit: 'µm' });
    expect(scaleBar(0.65, 1).width).toBeCloseTo(50 / 0.65);
    expect(scaleBar(0.65, 0.5)).toMatchObject({ value: 100, unit: 'µm' });
    expect(scaleBar(0.65, 0.4)).toMatchObject({ value: 200, unit: 'µm' });
    expect(scaleBar(0.65, 0.01)).toMatchObject({ value: 5, unit: 'mm' });
    expect(scaleBar(0.065, 64)).toMatchObject({ value: 100, unit: 'nm' });
  });

  it('is never longer than the place for it, and at least two fifths of it', () => {
    for (let zoom = 0.001; zoom < 64; zoom *= 1.07) {
      const { width } = scaleBar(0.108, zoom);
      expect(width).toBeLessThanOrEqual(140 + 1e-9);
      expect(width).toBeGreaterThan(140 * 0.39);
    }
  });
});

describe('intensities as text', () => {
  it('keeps whole numbers, and what tells floats apart', () => {
    const float = (value: number): string => formatIntensity(Math.fround(value));
    expect([formatIntensity(65_535), formatIntensity(0), float(0.1), float(-1.5)]).toEqual([
      '65535',
      '0',
      '0.1',
      '-1.5',
    ]);
    expect(float(1 / 3)).toBe('0.33333334');
    expect(float(1.2e-7)).toBe('1.2e-7');
    expect(formatIntensity(NaN)).toBe('NaN');
  });
});

describe('playback', () => {
  const walk = (mode: PlayMode, steps: number): number[] => {
    const seen: number[] = [];
    let place: ReturnType<typeof nextIndex> = { at: 1, direction: 1 };
    for (let i = 0; i < steps && place; i++) {
      place = nextIndex(place.at, place.direction, 4, mode);
      if (place) seen.push(place.at);
    }
    return seen;
  };

  it('goes round, back and forth, or to the end', () => {
    expect(walk('loop', 6)).toEqual([2, 3, 0, 1, 2, 3]);
    expect(walk('bounce', 8)).toEqual([2, 3, 2, 1, 0, 1, 2, 3]);
    expect(walk('once', 6)).toEqual([2, 3]);
    expect(nextIndex(0, 1, 1, 'loop')).toBeNull();
  });

  describe('with a clock', () => {
    let at: number;
    let missing: Set<number>;
    let asked: number[];
    let playback: Playback;

    beforeEach(() => {
      vi.useFakeTimers();
      [at, missing, asked] = [0, new Set(), []];
      playback = new Playback({
        count: (axis) => (axis === 't' ? 5 : 1),
        at: () => at,
        go: (_, index) => (at = index),
        ready: (_, index) => (asked.push(index), !missing.has(index)),
        changed: () => undefined,
      });
    });

    afterEach(() => {
      playback.stop();
      vi.useRealTimers();
    });

    it('shows so many pictures per second, and loads ahead', () => {
      playback.set({ fps: 10 });
      playback.toggle();
      vi.advanceTimersByTime(250);
      expect(at).toBe(2);
      expect(asked).toEqual([1, 2, 3, 4, 2, 3, 4, 0]);
      playback.toggle();
      vi.advanceTimersByTime(1000);
      expect([at, playback.playing]).toEqual([2, false]);
    });

    it('waits for a picture, but not for ever', () => {
      missing.add(1);
      playback.set({ fps: 10 });
      playback.play();
      vi.advanceTimersByTime(1000);
      expect(at).toBe(0);
      missing.clear();
      vi.advanceTimersByTime(40);
      expect(at).toBe(1);
      missing.add(2);
      vi.advanceTimersByTime(3000);
      expect(at).toBe(1);
      vi.advanceTimersByTime(150);
      expect(at).toBe(2);
    });

    it('stops at the end, and begins anew from there', () => {
      playback.set({ mode: 'once', fps: 30 });
      playback.play();
      vi.advanceTimersByTime(1000);
      expect([at, playback.playing]).toEqual([4, false]);
      playback.play();
      expect([at, playback.playing]).toEqual([0, true]);
    });
  });
});

describe('maximum projection', () => {
  it('takes the whole stack, or the slices around one', () => {
    expect(rangeOf({ kind: 'off' }, 3, 9)).toEqual({ from: 3, to: 3 });
    expect(rangeOf({ kind: 'whole' }, 3, 9)).toEqual({ from: 0, to: 8 });
    expect(rangeOf({ kind: 'around', reach: 2 }, 1, 9)).toEqual({ from: 0, to: 3 });
  });

  it('keeps the brightest of each pixel', async () => {
    const planes = [
      [1, 9, 0],
      [5, 2, 0],
      [3, 3, 7],
      [4, 0, 1],
      [0, 0, 0],
      [6, 0, 0],
    ];
    const read = async (z: number): Promise<Uint16Array<ArrayBuffer>> =>
      Uint16Array.from(planes[z]!);
    expect([...(await projectMaximum({ from: 0, to: 5 }, read))]).toEqual([6, 9, 7]);
    expect([...(await projectMaximum({ from: 1, to: 2 }, read))]).toEqual([5, 3, 7]);
  });
});

/** A stack of 5 x 3 pixels, 4 slices, 2 frames, 2 channels: every digit of a value is one of its places. */
const SHAPE = [2, 2, 4, 3, 5];
const valueAt = (t: number, c: number, z: number, y: number, x: number): number =>
  t * 10_000 + c * 1000 + z * 100 + y * 10 + x;

const STACK = new ZarrImage(async (path) => {
  if (path.endsWith('.zarray')) {
    const meta = { shape: SHAPE, chunks: [1, 1, 1, 3, 5], dtype: '<f4', dimension_separator: '/' };
    return new TextEncoder().encode(JSON.stringify(meta)).buffer;
  }
  const [, t, c, z] = path.split('/').map(Number);
  const values = Array.from({ length: 15 }, (_, i) =>
    valueAt(t!, c!, z!, Math.floor(i / 5), i % 5),
  );
  return Float32Array.from(values).buffer;
});

describe('sections', () => {
  const stack = new Intensities(STACK, 2, { t: 0, z: 0, y: 0, x: 0 });
  const plan = { t: 1, level: 0, size: { width: 5, height: 3 }, depth: 4 };

  it('are read from every slice', async () => {
    const xz = await loadSection(stack, { ...plan, axis: 'xz', at: 2 });
    expect([xz.width, xz.height]).toEqual([5, 4]);
    expect([...xz.channels[0]!.subarray(5, 10)]).toEqual([10120, 10121, 10122, 10123, 10124]);
    const yz = await loadSection(stack, { ...plan, axis: 'yz', at: 3 });
    expect([yz.width, yz.height]).toEqual([4, 3]);
    expect([...yz.channels[1]!.subarray(4, 8)]).toEqual([11013, 11113, 11213, 11313]);
  });

  it('start at the corner of a sample inside its image', async () => {
    const sample = new Intensities(STACK, 2, { t: 1, z: 1, y: 1, x: 2 });
    const size = { width: 2, height: 1 };
    const { channels } = await loadSection(sample, {
      ...{ axis: 'xz', t: 0, at: 0, level: 0, size, depth: 2 },
    });
    expect([...channels[0]!]).toEqual([10112, 10113, 10212, 10213]);
    expect(await sample.at({ t: 0, z: 2 }, { x: 1, y: 1 })).toEqual([10323, 11323]);
  });

  it('lie in line with the picture, slices as thick as they are', () => {
    const view = { x: 2, y: 1.5, scale: 10 };
    const slices = { depth: 4, aspect: 2.5, z: 0 };
    const place = placeSection('xz', view, { width: 100, height: 200 }, slices);
    expect(place).toEqual({ x: { offset: 30, scale: 10 }, y: { offset: 50, scale: 25 } });
    expect(fromSection('xz', place, { x: 30 + 35, y: 50 + 60 })).toEqual({ along: 3, z: 2 });
    // Where the stack does not fit, the slice that is looked at is in the middle.
    const beside = placeSection('yz', view, { width: 60, height: 80 }, slices);
    expect(beside).toEqual({ x: { offset: 17.5, scale: 25 }, y: { offset: 25, scale: 10 } });
    expect(fromSection('yz', beside, { x: 30, y: 25 + 15 })).toEqual({ along: 1, z: 0 });
  });

  it('take the distance of slices from the file, else one pixel', () => {
    expect(depthAspect({ z: 1.5, x: 0.5 })).toBe(3);
    expect(depthAspect({ z: null, x: 0.5 })).toBe(1);
    expect(depthAspect(null)).toBe(1);
  });

  it('are read from the finest level of which the whole stack fits in memory', () => {
    expect(sectionLevel({ width: 512, height: 400 }, 100, 3)).toBe(0);
    expect(sectionLevel({ width: 2048, height: 2048 }, 150, 3)).toBe(2);
    expect(sectionLevel({ width: 2048, height: 2048 }, 150, 1)).toBe(0);
  });
});

describe('readout', () => {
  const make = (isFine: boolean): Readout =>
    new Readout({
      intensities: new Intensities(STACK, 2, { t: 0, z: 1, y: 1, x: 2 }),
      ...{ width: 3, height: 2, slices: () => [{ t: 1, z: 1 }], isFine: () => isFine },
      labelAt: ({ x }) => (x === 1 ? 7 : 0),
    });

  it('tells place in the image, intensities of all channels, and the cell', async () => {
    const readout = make(true);
    readout.hover({ x: 1.2, y: 0.7 });
    expect(readout.reading()).toEqual({ x: 3, y: 2, values: null, label: 7 });
    await vi.waitFor(() => expect(readout.reading()?.values).toEqual([10223, 11223]));
    readout.hover({ x: -0.6, y: 0 });
    expect(readout.reading()).toBeNull();
  });

  it('loads nothing for a pointer that only passes over a small view', async () => {
    vi.useFakeTimers();
    const readout = make(false);
    readout.hover({ x: 0, y: 0 });
    await vi.advanceTimersByTimeAsync(100);
    expect(readout.reading()?.values).toBeNull();
    await vi.advanceTimersByTimeAsync(100);
    vi.useRealTimers();
    await vi.waitFor(() => expect(readout.reading()?.values).toEqual([10212, 11212]));
  });
});

describe('minimap', () => {
  const plane = { width: 2000, height: 1000 };

  it('has the shape of the picture, and can be hit', () => {
    expect(minimapSize(plane)).toEqual({ width: 150, height: 75 });
    expect(minimapSize({ width: 4000, height: 100 })).toEqual({ width: 150, height: 24 });
  });

  it('frames what is in view', () => {
    const canvas = { width: 800, height: 400 };
    expect(shareInView({ x: 1000, y: 500, scale: 0.3 }, canvas, plane)).toBeNull();
    expect(shareInView({ x: 500, y: 250, scale: 1 }, canvas, plane)).toEqual({
      ...{ x0: 0.05, y0: 0.05, x1: 0.45, y1: 0.45 },
    });
    expect(shareInView({ x: 100, y: 500, scale: 1 }, canvas, plane)?.x0).toBe(0);
  });
});

it('of jobs that wait, only the newest is done', async () => {
  const done: number[] = [];
  const latest = new Latest();
  const job = (n: number) => async (): Promise<void> => {
    await Promise.resolve();
    done.push(n);
    if (n === 3) throw new Error('lost');
  };
  [1, 2, 3].forEach((n) => latest.run(job(n)));
  await vi.waitFor(() => expect(done).toEqual([1, 3]));
  latest.run(job(4));
  await vi.waitFor(() => expect(done).toEqual([1, 3, 4]));
});
