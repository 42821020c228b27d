// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CHUNK, ChunkGrid } from '../../src/engine/labels/chunks';
import { applyRuns, LabelPlane, objectSpans, Transaction } from '../../src/engine/labels/labels';
import { ObjectTable } from '../../src/engine/labels/objectTable';
import { newestFirst } from '../../src/engine/image/newestFirst';
import { sampleLabels } from '../../src/engine/renderer/sampling';
import { equalArrays } from './helpers';

// Not square; three levels of chunks.
const WIDTH = 1100;
const HEIGHT = 620;

const piece = fc.record({
  y: fc.integer({ min: 0, max: HEIGHT - 1 }),
  x: fc.integer({ min: 0, max: WIDTH - 1 }),
  length: fc.integer({ min: 1, max: 700 }),
  label: fc.constantFrom(0, 1, 2, 3, 70_000, 4_294_967_295),
});

/** Bring every chunk of every level of a paged plane from one that is here as a whole. */
function arrive(paged: LabelPlane, whole: LabelPlane): void {
  paged.grids.forEach((grid, level) => {
    for (let row = 0; row < grid.rows; row++) {
      for (let column = 0; column < grid.columns; column++) {
        if (grid.has(column, row)) continue;
        const [x0, y0] = [column * CHUNK, row * CHUNK];
        const part = { x0, y0, x1: x0 + CHUNK, y1: y0 + CHUNK };
        grid.arrive(column, row, sampleLabels(whole.finest, level, part));
      }
    }
  });
}

function same(paged: LabelPlane, whole: LabelPlane): boolean {
  return paged.grids.every((grid, level) => {
    for (let row = 0; row < grid.rows; row++) {
      for (let column = 0; column < grid.columns; column++) {
        const [x0, y0] = [column * CHUNK, row * CHUNK];
        const part = { x0, y0, x1: x0 + CHUNK, y1: y0 + CHUNK };
        const expected = sampleLabels(whole.finest, level, part);
        if (!equalArrays(grid.read(column, row)!, expected)) return false;
      }
    }
    return true;
  });
}

describe('chunks that come and go', () => {
  it('end with the same labels at every level, whenever the chunks come', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.nat(30), (pieces, when) => {
        const server = new LabelPlane(WIDTH, HEIGHT);
        const whole = new LabelPlane(WIDTH, HEIGHT);
        const paged = new LabelPlane(WIDTH, HEIGHT, true);
        pieces.forEach(({ y, x, length, label }, i) => {
          if (i === when) arrive(paged, server);
          const end = Math.min(WIDTH, x + length);
          whole.setSpan(y, x, end, label);
          paged.setSpan(y, x, end, label);
        });
        arrive(paged, server);
        expect(same(paged, whole)).toBe(true);
      }),
      { numRuns: 12 },
    );
  });

  it('take back and repeat an edit whose chunks were forgotten meanwhile', () => {
    const server = new LabelPlane(WIDTH, HEIGHT);
    server.setSpan(600, 400, 700, 5);
    const paged = new LabelPlane(WIDTH, HEIGHT, true);
    arrive(paged, server);
    const edit = new Transaction(paged);
    edit.span(600, 500, 600, 9);
    for (const grid of paged.grids) {
      grid.saved();
      grid.forget(0, new Set());
    }
    expect(paged.finest.has(0, 1)).toBe(false);
    const stored = new LabelPlane(WIDTH, HEIGHT);
    stored.setSpan(600, 400, 700, 5);
    stored.setSpan(600, 500, 600, 9);
    applyRuns(paged, edit.runs, 'before');
    arrive(paged, stored);
    expect(same(paged, server)).toBe(true);
    applyRuns(paged, edit.runs, 'after');
    expect(same(paged, stored)).toBe(true);
  });

  it('cannot be changed while they are not here', () => {
    const paged = new LabelPlane(WIDTH, HEIGHT, true);
    paged.finest.arrive(0, 0, undefined);
    const edit = new Transaction(paged);
    edit.span(3, 500, 530, 7);
    expect(edit.runs).toEqual([3, 500, 12, 0, 7]);
  });
});

describe('chunk grid', () => {
  const full = (): Uint32Array<ArrayBuffer> => new Uint32Array(CHUNK * CHUNK).fill(1);

  function gridOf(): ChunkGrid {
    const grid = new ChunkGrid(3 * CHUNK, CHUNK, false);
    for (let column = 0; column < 3; column++) grid.arrive(column, 0, full());
    return grid;
  }
  const here = (grid: ChunkGrid): boolean[] => [0, 1, 2].map((column) => grid.has(column, 0));

  it('forgets what was not looked at for longest', () => {
    const grid = gridOf();
    grid.touch(0);
    grid.forget(2, new Set());
    expect(here(grid)).toEqual([true, false, true]);
    expect(grid.size).toBe(2);
    expect(grid.read(1, 0)).toBeUndefined();
  });

  it('keeps what is in sight, and what the server has not', () => {
    const grid = gridOf();
    grid.setSpan(2, 600, 610, 4); // in the middle chunk
    grid.forget(0, new Set([0]));
    expect(here(grid)).toEqual([true, true, false]);
    grid.saved();
    grid.forget(0, new Set([0]));
    expect(here(grid)).toEqual([true, false, false]);
  });

  it('takes no memory for zeros', () => {
    const grid = new ChunkGrid(3 * CHUNK, CHUNK, false);
    grid.arrive(1, 0, undefined);
    expect([grid.size, grid.read(1, 0)![77]]).toEqual([0, 0]);
    grid.setSpan(0, 520, 522, 8);
    expect([grid.size, grid.get(521, 0), grid.get(522, 0)]).toEqual([1, 8, 0]);
  });
});

describe('object table', () => {
  it('says after any edits what counting anew says', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const plane = new LabelPlane(WIDTH, HEIGHT);
        expect(plane.table.objects.size).toBe(0); // from here on it is kept up to date
        for (const { y, x, length, label } of pieces) {
          new Transaction(plane).span(y, x, x + length, label);
        }
        const anew = LabelPlane.from(plane.toArray(), WIDTH, HEIGHT).table.objects;
        const kept = plane.table.objects;
        expect([...kept.keys()].sort()).toEqual([...anew.keys()].sort());
        for (const [id, { area, x, y, box }] of anew) {
          const entry = kept.get(id)!;
          expect(entry.area).toBe(area);
          expect(entry.x).toBeCloseTo(x, 6);
          expect(entry.y).toBeCloseTo(y, 6);
          expect(entry.box.x0).toBeLessThanOrEqual(box.x0);
          expect(entry.box.y1).toBeGreaterThanOrEqual(box.y1);
          expect(objectSpans(plane, id).box).toEqual(box);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('knows the largest id of what the server told', () => {
    const table = new ObjectTable();
    const box = { x0: 0, y0: 0, x1: 2, y1: 2 };
    for (const id of [7, 4_294_967_295, 12]) table.add({ id, area: 4, x: 0.5, y: 0.5, box });
    expect(table.largest).toBe(4_294_967_295);
  });
});

describe('newest first', () => {
  it('makes as many calls at once as allowed, and the newest of the waiting next', async () => {
    const began: string[] = [];
    const ends = new Map<string, () => void>();
    const call = newestFirst(2, (name: string) => {
      began.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    });
    const answers = ['a', 'b', 'c', 'd'].map(call);
    expect(began).toEqual(['a', 'b']);
    ends.get('a')!();
    expect(await answers[0]).toBe('a');
    await Promise.resolve();
    expect(began).toEqual(['a', 'b', 'd']);
    ends.get('d')!();
    await answers[3];
    await Promise.resolve();
    expect(began).toEqual(['a', 'b', 'd', 'c']);
  });

  it('goes on after a call that failed', async () => {
    const call = newestFirst(1, async (name: string) => {
      if (name === 'bad') throw new Error('no');
      return name;
    });
    const [bad, good] = [call('bad'), call('good')];
    await expect(bad).rejects.toThrow('no');
    expect(await good).toBe('good');
  });
});
