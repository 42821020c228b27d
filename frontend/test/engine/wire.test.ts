// @vitest-environment node
import { gunzipSync } from 'node:zlib';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  decodePatch,
  decodePlane,
  encodePatch,
  encodePlane,
  fromBase64,
  toBase64,
} from '../../src/engine/labels/wire';
import vectors from '../fixtures/wire.json';

describe('wire formats', () => {
  it.each(vectors.planes)('plane: $name', ({ shape, labels, bytes, gzip }) => {
    expect(toBase64(encodePlane(labels))).toBe(bytes);
    expect([...decodePlane(fromBase64(bytes), shape[0]! * shape[1]!)]).toEqual(labels);
    expect(gunzipSync(fromBase64(gzip)).toString('base64')).toBe(bytes);
  });

  it.each(vectors.patches)('patch: $name', ({ shape, before, after, runs, bytes, undo }) => {
    const width = shape[1]!;
    expect(toBase64(encodePatch(runs, width))).toBe(bytes);
    expect(toBase64(encodePatch(runs, width, 'before'))).toBe(undo);
    const labels = [...before];
    decodePatch(fromBase64(bytes), (y, x0, x1, label) =>
      labels.fill(label, y * width + x0, y * width + x1),
    );
    expect(labels).toEqual(after);
  });

  it('brings any plane back', () => {
    const label = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(4_294_967_295));
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 400 }), (labels) => {
        expect([...decodePlane(encodePlane(labels), labels.length)]).toEqual(labels);
      }),
    );
  });

  it('refuses a plane of another size and one that is cut off', () => {
    const bytes = encodePlane([1, 1, 1, 300, 300]);
    expect(() => decodePlane(bytes, 6)).toThrow('5 pixels, not 6');
    expect(() => decodePlane(bytes.subarray(0, bytes.length - 1), 5)).toThrow(RangeError);
  });

  it('makes base64 of long data', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
    expect(Buffer.from(toBase64(bytes), 'base64').equals(bytes)).toBe(true);
  });
});
