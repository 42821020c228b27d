import { gzipSync } from 'node:zlib';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { ApiProblem } from '../../src/api/client';
import { autoWindow, parseColor } from '../../src/engine/image/contrast';
import { Effort, effortStoreOf } from '../../src/engine/sync/effort';
import { randomId } from '../../src/engine/ids';
import { SampleSource, textureScale } from '../../src/engine/image/imageSource';
import { Lease } from '../../src/engine/sync/lease';
import {
  fitView,
  levelFor,
  panBy,
  toCanvas,
  toImage,
  zoomAt,
} from '../../src/engine/renderer/view';
import { ZarrImage } from '../../src/engine/image/zarr';

describe('effort', () => {
  it('counts working time and leaves pauses out', () => {
    let now = 1000;
    const effort = new Effort(() => now);
    for (const pause of [0, 2000, 5000, 31_000, 4000]) {
      now += pause;
      effort.touch();
    }
    expect(effort.seconds).toBe(11);
    effort.reset();
    expect(effort.seconds).toBe(0);
  });

  it('goes on after a reload of the page', () => {
    let now = 0;
    const work = (): Effort => {
      const effort = new Effort(() => now, effortStoreOf('a1'));
      effort.touch();
      now += 9000;
      effort.touch();
      return effort;
    };
    expect(work().seconds).toBe(9);
    const second = work();
    expect(second.seconds).toBe(18);
    second.reset();
    expect(new Effort(() => now, effortStoreOf('a1')).seconds).toBe(0);
  });
});

describe('lease', () => {
  afterEach(() => vi.useRealTimers());
  const assignment = { id: 'a', token: 't', leased_until: '1970-01-01T00:01:00Z' };

  it('is renewed three times in its length and notices when it is gone', async () => {
    vi.useFakeTimers({ now: 0 });
    const answers = [
      '1970-01-01T00:02:00Z',
      new ApiProblem(0, 'network', ''),
      new ApiProblem(409, 'lease_lost', ''),
    ];
    const beat = vi.fn(async () => {
      const answer = answers.shift()!;
      if (answer instanceof ApiProblem) throw answer;
      return answer;
    });
    const states: string[] = [];
    const lease = new Lease(assignment, () => states.push(lease.state), beat);
    lease.start();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(beat).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(states).toEqual(['uncertain', 'lost']);
    expect(beat).toHaveBeenCalledTimes(3); // no more after it is gone
  });
});

describe('contrast', () => {
  it('leaves the outermost pixels out', () => {
    const bins = new Array<number>(100).fill(0);
    bins[10] = 500;
    bins[50] = 499;
    bins[99] = 1; // one hot pixel
    const { low, high } = autoWindow({ low: 0, high: 1000, bins });
    expect(low).toBeCloseTo(100.2);
    expect(high).toBeGreaterThan(500);
    expect(high).toBeLessThan(511);
  });

  it('reads colours, with white for what is none', () => {
    expect(parseColor('#ff8000')).toEqual([1, 128 / 255, 0]);
    expect(parseColor('red')).toEqual([1, 1, 1]);
  });
});

describe('view', () => {
  const plane = { width: 700, height: 300 };
  const canvas = { width: 500, height: 400 };

  it('maps canvas to image and back', () => {
    const view = { x: 100.5, y: 80.5, scale: 4 };
    expect(toImage(view, canvas, { x: 250, y: 200 })).toEqual({ x: 100, y: 80 });
    expect(toCanvas(view, canvas, { x: 100, y: 80 })).toEqual({ x: 250, y: 200 });
  });

  it('zooms about the point under the pointer', () => {
    const before = fitView(plane, canvas);
    const point = toImage(before, canvas, { x: 37, y: 350 });
    const after = zoomAt(before, plane, canvas, point, 3);
    expect(toCanvas(after, canvas, point).x).toBeCloseTo(37);
    expect(toCanvas(after, canvas, point).y).toBeCloseTo(350);
    expect(panBy(after, plane, 1e6, 0).x).toBe(0);
  });

  it('takes the coarsest level that is fine enough', () => {
    expect([2, 1, 0.6, 0.5, 0.25, 0.01].map((scale) => levelFor(scale, 4))).toEqual([
      0, 0, 0, 1, 2, 3,
    ]);
  });
});

describe('pictures over HTTP', () => {
  const size = { t: 1, c: 2, z: 2, y: 700, x: 900 };
  const value = (c: number, z: number, y: number, x: number): number =>
    (c * 31 + z * 17 + y * 7 + x) % 60_000;

  /** A zarr folder with chunks of 512 x 512 in which chunk 0/1 of channel 1 is absent. */
  function zarr(): { image: ZarrImage; asked: string[] } {
    const asked: string[] = [];
    const image = new ZarrImage(async (path) => {
      asked.push(path);
      if (path.endsWith('.zarray')) {
        const meta = {
          shape: [1, 2, 2, 700, 900],
          chunks: [1, 1, 1, 512, 512],
          dtype: '<u2',
          dimension_separator: '/',
        };
        return new TextEncoder().encode(JSON.stringify(meta)).buffer;
      }
      const [, , c = 0, z = 0, cy = 0, cx = 0] = path.split('/').map(Number);
      if (c === 1 && cy === 0 && cx === 1) return null;
      const samples = new Uint16Array(512 * 512);
      for (let y = 0; y < 512; y++) {
        for (let x = 0; x < 512; x++)
          samples[y * 512 + x] = value(c, z, cy * 512 + y, cx * 512 + x);
      }
      const packed = gzipSync(Buffer.from(samples.buffer), { level: 1 });
      return packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.byteLength);
    });
    return { image, asked };
  }

  it('reads a region over chunk borders, and an absent chunk as zeros', async () => {
    const { image, asked } = zarr();
    const area = { x0: 500, y0: 505, x1: 530, y1: 520 };
    const got = await image.read({ level: 0, t: 0, c: 1, z: 1 }, area);
    for (const [x, y] of [
      [500, 505],
      [511, 511],
      [529, 519],
      [505, 519],
    ] as const) {
      expect(got[(y - 505) * 30 + x - 500]).toBe(value(1, 1, y, x));
    }
    expect(got[(505 - 505) * 30 + 520 - 500]).toBe(0);
    const before = asked.length;
    await image.read({ level: 0, t: 0, c: 1, z: 1 }, area);
    expect(asked.length).toBe(before); // from memory
  });

  it('gives tiles of a region, counted from its corner', async () => {
    const { image } = zarr();
    const region = { t: 0, z: 1, y0: 100, x0: 200, y1: 690, x1: 880 };
    const levels = [
      { y: 700, x: 900 },
      { y: 350, x: 450 },
    ];
    const exact = textureScale('uint16', 0, 9);
    const source = new SampleSource(image, { size, levels, dtype: 'uint16' }, region, [
      exact,
      exact,
    ]);
    expect([source.width, source.height, source.frames, source.depth]).toEqual([680, 590, 1, 1]);
    expect(source.levels).toEqual([
      { width: 680, height: 590 },
      { width: 340, height: 295 },
    ]);
    const loaded = new Promise<void>((resolve) => (source.onTile = resolve));
    expect(source.tile(0, 1, 0)).toBeUndefined();
    await loaded;
    const tile = source.tile(0, 1, 0)!;
    expect(tile[0]![5 * 512 + 3]).toBe(value(0, 1, 105, 200 + 512 + 3));
  });

  it('maps floating point to the 16-bit texture', async () => {
    const scale = textureScale('float32', -1, 1);
    expect(scale).toEqual({ offset: -1, factor: 32767.5 });
    expect(textureScale('uint16', 3, 4)).toEqual({ offset: 0, factor: 1 });
  });
});

it('random ids are UUIDs of version 4', () => {
  expect(randomId()).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});
