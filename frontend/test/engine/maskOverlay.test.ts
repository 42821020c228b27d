// @vitest-environment node
import { expect, it } from 'vitest';

import type { Span } from '../../src/engine/geometry';
import { outlineOf } from '../../src/engine/renderer/maskOverlay';

/** Edges of unit length as `x,y-x,y`, worked out pixel by pixel. */
function edgesOf(spans: readonly Span[]): Set<string> {
  const pixels = new Set(
    spans.flatMap(([y, x0, x1]) => Array.from({ length: x1 - x0 }, (_, i) => `${x0 + i},${y}`)),
  );
  const edges = new Set<string>();
  for (const pixel of pixels) {
    const [x, y] = pixel.split(',').map(Number) as [number, number];
    if (!pixels.has(`${x - 1},${y}`)) edges.add(`${x},${y}-${x},${y + 1}`);
    if (!pixels.has(`${x + 1},${y}`)) edges.add(`${x + 1},${y}-${x + 1},${y + 1}`);
    if (!pixels.has(`${x},${y - 1}`)) edges.add(`${x},${y}-${x + 1},${y}`);
    if (!pixels.has(`${x},${y + 1}`)) edges.add(`${x},${y + 1}-${x + 1},${y + 1}`);
  }
  return edges;
}

it('outlines a mask with a hole and row pieces in any order', () => {
  const spans: Span[] = [
    [3, 1, 6],
    [2, 4, 6],
    [1, 3, 8],
    [2, 1, 3],
    [1, 1, 3], // continues the piece from 3 to 8
    [7, 0, 2],
  ];
  const got = new Set<string>();
  for (const [x0, y0, x1, y1] of outlineOf(spans)) {
    if (x0 === x1) got.add(`${x0},${y0}-${x1},${y1}`);
    else for (let x = x0; x < x1; x++) got.add(`${x},${y0}-${x + 1},${y1}`);
  }
  expect(got).toEqual(edgesOf(spans));
});
