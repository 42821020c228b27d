// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Point, Span } from '../../src/engine/geometry';
import { componentsOf, withoutHoles } from '../../src/engine/pixels/components';
import { cutAlong } from '../../src/engine/pixels/cut';
import { distancesTo, signedDistances } from '../../src/engine/pixels/distance';
import { growRegion, isCutOff } from '../../src/engine/pixels/grow';
import { interpolateSpans } from '../../src/engine/pixels/interpolate';
import { maskOf, spansOf, type Mask, type Patch } from '../../src/engine/pixels/mask';
import { PlaceQueue } from '../../src/engine/pixels/queue';
import { otsuThreshold, piecesBeyond, rangeOf } from '../../src/engine/pixels/threshold';
import { borderOf, seededWatershed } from '../../src/engine/pixels/watershed';
import { tidy } from './helpers';

/** `.` is outside; the rectangle lies somewhere in a plane, so that places and coordinates are not the same. */
function maskFrom(picture: string, x0 = 30, y0 = 7): Mask {
  const rows = picture.trim().split(/\s+/);
  const inside = Uint8Array.from(rows.join(''), (char) => (char === '.' ? 0 : 1));
  return { area: { x0, y0, x1: x0 + rows[0]!.length, y1: y0 + rows.length }, inside };
}

/** A digit is its value. */
function patchFrom(picture: string): Patch {
  const { area } = maskFrom(picture);
  return { area, values: Float32Array.from(picture.replace(/\s/g, ''), Number) };
}

function pictureFrom({ area }: Pick<Mask, 'area'>, values: ArrayLike<number>): string {
  const width = area.x1 - area.x0;
  const text = Array.from(values, (value) => (value ? String(value) : '.')).join('');
  return text.match(new RegExp(`.{${width}}`, 'g'))!.join('\n');
}

function everywhere({ values }: Patch): Uint8Array {
  return new Uint8Array(values.length).fill(1);
}

const masks = fc
  .tuple(fc.integer({ min: 1, max: 11 }), fc.integer({ min: 1, max: 8 }))
  .chain(([width, height]) =>
    fc
      .array(fc.constantFrom(0, 1), { minLength: width * height, maxLength: width * height })
      .map((inside): Mask => ({
        area: { x0: 3, y0: 5, x1: 3 + width, y1: 5 + height },
        inside: Uint8Array.from(inside),
      })),
  );

describe('masks', () => {
  it('become row pieces and masks again', () => {
    fc.assert(
      fc.property(masks, (mask) => {
        expect(maskOf(spansOf(mask), mask.area)).toEqual(mask);
      }),
    );
  });

  it('fall into pieces that share edges, not corners', () => {
    const mask = maskFrom('##..# ##..# ..#.# ...##');
    const { pieces, sizes } = componentsOf(mask);
    expect(pictureFrom(mask, pieces)).toBe(tidy('11..2 11..2 ..3.2 ...22'));
    expect(sizes).toEqual([0, 4, 5, 1]);
  });

  it('lose their holes, not their bays', () => {
    const mask = maskFrom('.####. .#..#. .####. .#..#. .#.##.');
    expect(pictureFrom(mask, withoutHoles(mask).inside)).toBe(
      tidy('.1111. .1111. .1111. .1..1. .1.11.'),
    );
  });
});

describe('distances', () => {
  it('are those to the nearest pixel', () => {
    fc.assert(
      fc.property(masks, fc.constantFrom(0 as const, 1 as const), (mask, target) => {
        const width = mask.area.x1 - mask.area.x0;
        const got = distancesTo(mask, target);
        got.forEach((distance, at) => {
          let nearest = Infinity;
          mask.inside.forEach((value, other) => {
            if (value !== target) return;
            const dx = (other % width) - (at % width);
            const dy = Math.floor(other / width) - Math.floor(at / width);
            nearest = Math.min(nearest, Math.hypot(dx, dy));
          });
          if (nearest === Infinity) expect(distance).toBeGreaterThan(1e6);
          else expect(distance).toBeCloseTo(nearest, 9);
        });
      }),
    );
  });

  it('change their sign at the border', () => {
    const mask = maskFrom('....... ..###.. ..###.. ..###.. .......');
    expect(Array.from(signedDistances(mask).slice(14, 21))).toEqual([
      1.5, 0.5, -0.5, -1.5, -0.5, 0.5, 1.5,
    ]);
  });
});

describe('priority queue', () => {
  it('gives the smallest key first, equal ones in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }), (keys) => {
        const queue = new PlaceQueue();
        keys.forEach((key, place) => queue.push(key, place));
        const got: { key: number; place: number }[] = [];
        for (let next = queue.pop(); next; next = queue.pop()) got.push(next);
        const sorted = keys.map((key, place) => ({ key, place })).sort((a, b) => a.key - b.key);
        expect(got).toEqual(sorted);
      }),
    );
  });
});

describe('growing', () => {
  const patch = patchFrom('0000000 0565090 0657590 0066000 0000055');
  const seed = { x: 32, y: 8 };

  it('takes what hangs together and is as bright; a corner does not hold', () => {
    const grown = growRegion(patch, everywhere(patch), seed, 2);
    expect(pictureFrom(patch, grown.inside)).toBe(tidy('....... .111... .1111.. ..11... .......'));
    const wide = growRegion(patch, everywhere(patch), seed, 4);
    expect(pictureFrom(patch, wide.inside)).toBe(tidy('....... .111.1. .11111. ..11... .......'));
  });

  it('keeps off what is not free', () => {
    const free = everywhere(patch);
    free[2 * 7 + 3] = 0;
    const grown = growRegion(patch, free, seed, 2);
    expect(pictureFrom(patch, grown.inside)).toBe(tidy('....... .111... .11.... ..11... .......'));
  });

  it('is not misled by a noisy pixel under the pointer', () => {
    const noisy = patchFrom('555550 559550 555550 000000');
    const grown = growRegion(noisy, everywhere(noisy), seed, 1);
    expect(pictureFrom(noisy, grown.inside)).toBe(tidy('11111. 11111. 11111. ......'));
  });

  it('knows when it was stopped by the rectangle, not by the end of the plane', () => {
    const { area } = patch;
    const grown = growRegion(patch, everywhere(patch), { x: 36, y: 11 }, 5);
    expect(isCutOff(grown, { x0: 0, y0: 0, x1: 90, y1: 60 })).toBe(true);
    expect(isCutOff(grown, area)).toBe(false);
    const small = growRegion(patch, everywhere(patch), seed, 2);
    expect(isCutOff(small, { x0: 0, y0: 0, x1: 90, y1: 60 })).toBe(false);
  });
});

describe('threshold', () => {
  it('is where the variance between the two classes is largest', () => {
    const values = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(values, (numbers) => {
        const patch = patchFrom('000000 000000');
        patch.values.set([0, 255, ...numbers.slice(2)]); // one value for each bin
        const variance = (threshold: number): number => {
          const low = [...patch.values].filter((value) => value <= threshold);
          const high = [...patch.values].filter((value) => value > threshold);
          const mean = (list: number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
          return low.length * high.length * (mean(low) - mean(high)) ** 2;
        };
        const best = Math.max(...Array.from({ length: 255 }, (_, i) => variance(i)));
        const got = otsuThreshold(patch, everywhere(patch), { low: 0, high: 255 });
        expect(variance(got)).toBeCloseTo(best, 6);
      }),
    );
  });

  it('lies in the middle of a gap, and looks at the region only', () => {
    const patch = patchFrom('1118 1888 9990');
    const region = Uint8Array.from([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
    const range = rangeOf(patch, region)!;
    expect(range).toEqual({ low: 1, high: 8 });
    expect(otsuThreshold(patch, region, range)).toBeCloseTo(4.5, 1);
    expect(otsuThreshold(patch, region, { low: 3, high: 3 })).toBe(3);
    expect(rangeOf(patch, new Uint8Array(12))).toBeNull();
  });

  it('makes pieces of the region: holes filled, small ones left out, other cells kept', () => {
    const patch = patchFrom('9990000 9190900 9990099 0000999');
    const region = everywhere(patch);
    region[3 * 7 + 6] = 0; // a cell is there
    const bright = piecesBeyond(patch, region, { threshold: 5, objects: 'bright', smallest: 3 });
    expect(bright).toEqual({
      pieces: [
        [
          [7, 30, 33],
          [8, 30, 33],
          [9, 30, 33],
        ],
        [
          [9, 35, 37],
          [10, 34, 36],
        ],
      ] satisfies Span[][],
      dropped: 1,
    });
    const dark = piecesBeyond(patch, region, { threshold: 1, objects: 'dark', smallest: 1 });
    expect(dark.pieces).toHaveLength(2); // the hole of the ring, and the ground
  });
});

const PAIR = `
  .............
  ..###...###..
  .#####.#####.
  .###########.
  .#####.#####.
  ..###...###..
  .............`;

describe('seeded watershed', () => {
  function partsOf(mask: Mask, points: Point[], border = borderOf(mask, 'shape', null)): string {
    const width = mask.area.x1 - mask.area.x0;
    const seeds = new Uint32Array(mask.inside.length);
    points.forEach(({ x, y }, i) => (seeds[y * width + x] = i + 1));
    return pictureFrom(mask, seededWatershed(mask, seeds, border));
  }

  it('parts two cells where they are narrow, wherever in them the seeds lie', () => {
    const mask = maskFrom(PAIR);
    const expected = tidy(`
      .............
      ..111...222..
      .11111.22222.
      .11111122222.
      .11111.22222.
      ..111...222..
      .............`);
    for (const seeds of [
      [
        { x: 3, y: 3 },
        { x: 9, y: 3 },
      ],
      [
        { x: 2, y: 2 },
        { x: 10, y: 4 },
      ],
      [
        { x: 4, y: 1 },
        { x: 9, y: 5 },
      ],
    ]) {
      // The one pixel between them is as near to the one as to the other.
      expect(partsOf(mask, seeds).replace('.111112', '.111111')).toBe(expected);
    }
  });

  it('parts along dark or bright pixels, not in the middle', () => {
    const mask = maskFrom('######## ######## ########');
    const dark = { area: mask.area, values: Float32Array.from('99999199'.repeat(3), Number) };
    const seeds = [
      { x: 0, y: 1 },
      { x: 7, y: 1 },
    ];
    expect(partsOf(mask, seeds, borderOf(mask, 'dark', dark))).toBe(
      tidy('11111222 11111222 11111222'),
    );
    const bright = { area: mask.area, values: dark.values.map((value) => 10 - value) };
    expect(partsOf(mask, seeds, borderOf(mask, 'bright', bright))).toBe(
      tidy('11111222 11111222 11111222'),
    );
  });

  it('leaves out what no seed can reach, and gives each pixel to the cheapest seed', () => {
    fc.assert(
      fc.property(
        masks,
        fc.integer({ min: 0, max: 87 }),
        fc.integer({ min: 0, max: 87 }),
        (mask, a, b) => {
          const seeds = new Uint32Array(mask.inside.length);
          seeds[a % seeds.length] = 1;
          seeds[b % seeds.length] = 2;
          const owner = seededWatershed(mask, seeds, borderOf(mask, 'shape', null));
          const { pieces } = componentsOf(mask);
          owner.forEach((value, at) => {
            const reached = [...seeds.keys()].filter(
              (seed) => seeds[seed] && pieces[seed] === pieces[at],
            );
            if (!mask.inside[at] || reached.length === 0) {
              // Crumbs that touch by a corner only are nobody's.
              expect(value).toBe(0);
            } else expect(reached.map((seed) => seeds[seed])).toContain(value);
          });
          for (const seed of [1, 2]) {
            const own = Uint8Array.from(owner, (value) => (value === seed ? 1 : 0));
            expect(componentsOf({ area: mask.area, inside: own }).sizes.length).toBeLessThanOrEqual(
              2,
            );
          }
        },
      ),
    );
  });
});

describe('cutting along a line', () => {
  function cut(picture: string, line: [number, number][]): string | null {
    const mask = maskFrom(picture, 0, 0);
    const points = line.map(([x, y]) => ({ x, y }));
    const sides = cutAlong(mask, points, borderOf(mask, 'shape', null));
    return sides && pictureFrom(mask, sides);
  }

  it('follows the line to the pixel', () => {
    expect(
      cut('........ .######. .######. .######. .######. ........', [
        [2.6, -1],
        [2.6, 2.4],
        [5.4, 2.4],
        [5.4, 7],
      ]),
    ).toBe(
      tidy('........ .221111. .221111. .222221. .222221. ........').replace(
        '.221111. .221111.',
        '.221111.\n.221111.',
      ),
    );
  });

  it('is carried on through the narrow place where the line ends inside', () => {
    expect(
      cut(PAIR, [
        [6, 0],
        [6, 2.7],
      ]),
    ).toBe(
      tidy(`
        .............
        ..222...111..
        .22222.11111.
        .22222211111.
        .22222.11111.
        ..222...111..
        .............`),
    );
  });

  it('does nothing where the line passes by', () => {
    expect(
      cut(PAIR, [
        [0, 0],
        [0, 6],
      ]),
    ).toBeNull();
  });
});

describe('interpolation', () => {
  /** The definition, pixel by pixel, for shapes with one centre. */
  function slowly(a: Mask, b: Mask, share: number): string {
    const width = a.area.x1 - a.area.x0;
    const signed = ({ inside }: Mask, at: number): number => {
      let nearest = Infinity;
      inside.forEach((value, other) => {
        if (value === inside[at]) return;
        const dx = (other % width) - (at % width);
        const dy = Math.floor(other / width) - Math.floor(at / width);
        nearest = Math.min(nearest, Math.hypot(dx, dy) - 0.5);
      });
      return inside[at] ? -nearest : nearest;
    };
    const values = Array.from(a.inside, (_, at) =>
      (1 - share) * signed(a, at) + share * signed(b, at) <= 1e-12 ? 1 : 0,
    );
    return pictureFrom(a, values);
  }

  const small = maskFrom(
    '........... ........... ........... ....###.... ........... ........... ...........',
  );
  const large = maskFrom(
    '........... .#########. .#########. .#########. .#########. .#########. ...........',
  );

  it('goes evenly from one shape to the other', () => {
    for (const share of [0.25, 1 / 3, 0.5, 0.75]) {
      const spans = interpolateSpans(spansOf(small), spansOf(large), share);
      expect(pictureFrom(small, maskOf(spans, small.area).inside)).toBe(
        slowly(small, large, share),
      );
    }
    const same = interpolateSpans(spansOf(large), spansOf(large), 0.3);
    expect(same).toEqual(spansOf(large));
  });

  it('follows a cell that moves further than it is wide', () => {
    const from: Span[] = [
      [2, 1, 4],
      [3, 1, 4],
    ];
    const to: Span[] = [
      [8, 21, 24],
      [9, 21, 24],
    ];
    expect(interpolateSpans(from, to, 0.5)).toEqual([
      [5, 11, 14],
      [6, 11, 14],
    ]);
  });
});
