// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  applyRuns,
  LabelPlane,
  objectSpans,
  summarize,
  Transaction,
} from '../../src/engine/labels/labels';
import { decodePatch, encodePatch } from '../../src/engine/labels/wire';
import { equalArrays, planeOf } from './helpers';

// Not square, and over the corner where four chunks meet.
const WIDTH = 700;
const HEIGHT = 540;

const span = fc.record({
  y: fc.integer({ min: 500, max: 524 }),
  x: fc.integer({ min: 490, max: 530 }),
  length: fc.integer({ min: 1, max: 60 }),
  label: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(70_000), fc.constant(4_294_967_295)),
});
interface Span {
  y: number;
  x: number;
  length: number;
  label: number;
}

function write(plane: LabelPlane, spans: Span[]): Transaction {
  const transaction = new Transaction(plane);
  for (const { y, x, length, label } of spans) transaction.span(y, x, x + length, label);
  return transaction;
}

function window(plane: LabelPlane): Uint32Array {
  const out = new Uint32Array(120 * 40);
  for (let y = 0; y < 40; y++) {
    for (let x = 0; x < 120; x++) out[y * 120 + x] = plane.get(x + 480, y + 495);
  }
  return out;
}

describe('label plane', () => {
  it('undoes, redoes and replays any edit to the same pixels', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), fc.array(span, { maxLength: 20 }), (a, b) => {
        const plane = new LabelPlane(WIDTH, HEIGHT);
        const copy = new LabelPlane(WIDTH, HEIGHT);
        write(plane, a);
        write(copy, a);
        const before = window(plane);
        const edit = write(plane, b);
        const after = window(plane);
        const replay = (side: 'before' | 'after'): void =>
          decodePatch(encodePatch(edit.runs, WIDTH, side), (y, x0, x1, label) =>
            copy.setSpan(y, x0, x1, label),
          );
        replay('after');
        expect(equalArrays(window(copy), after)).toBe(true);
        replay('after'); // absolute values: twice is harmless
        expect(equalArrays(window(copy), after)).toBe(true);
        replay('before');
        expect(equalArrays(window(copy), before)).toBe(true);
        applyRuns(plane, edit.runs, 'before');
        expect(equalArrays(window(plane), before)).toBe(true);
        applyRuns(plane, edit.runs, 'after');
        expect(equalArrays(window(plane), after)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps what lies beyond its edges out', () => {
    const plane = new LabelPlane(5, 3);
    const transaction = new Transaction(plane);
    transaction.span(-1, 0, 5, 1);
    transaction.span(1, -4, 99, 2);
    transaction.span(3, 0, 5, 3);
    expect([...plane.toArray()]).toEqual([0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0]);
    expect(transaction.runs).toEqual([1, 0, 5, 0, 2]);
  });

  it('finds all of an object over chunk borders', () => {
    const plane = new LabelPlane(WIDTH, HEIGHT);
    write(plane, [
      { y: 511, x: 505, length: 14, label: 7 },
      { y: 512, x: 511, length: 2, label: 7 },
    ]);
    const { spans, box } = objectSpans(plane, 7);
    expect(spans.sort((a, b) => a[0] - b[0] || a[1] - b[1])).toEqual([
      [511, 505, 512],
      [511, 512, 519],
      [512, 511, 512],
      [512, 512, 513],
    ]);
    expect(box).toEqual({ x0: 505, y0: 511, x1: 519, y1: 513 });
  });

  it('measures area and middle', () => {
    const plane = planeOf('1122 1.22');
    const box = { x0: 2, y0: 0, x1: 4, y1: 2 };
    expect(summarize(plane).get(2)).toEqual({ id: 2, area: 4, x: 2.5, y: 0.5, box });
    expect(summarize(plane).get(1)!.area).toBe(3);
  });
});
