/**
 * A cell between two planes that have it, by the signed distances to its borders.
 *
 * G. T. Herman, J. Zheng, C. A. Bucholtz, Shape-based interpolation, IEEE CG&A 12 (1992). The two shapes are laid on each other by their
 * centres first, so that a cell that moves or leans does not vanish in the middle.
 */
import type { Point, Span } from '../geometry';
import { signedDistances } from './distance';
import { boxOf, maskOf, spansWhere } from './mask';

/** The shape at `share` of the way from one plane (0) to the other (1). */
export function interpolateSpans(
  from: readonly Span[],
  to: readonly Span[],
  share: number,
): Span[] {
  const [start, end] = [centerOf(from), centerOf(to)];
  const middle = {
    x: start.x + share * (end.x - start.x),
    y: start.y + share * (end.y - start.y),
  };
  const [a, b] = [movedTo(from, start, middle), movedTo(to, end, middle)];
  const area = boxOf([...a, ...b], 1);
  const [near, far] = [signedDistances(maskOf(a, area)), signedDistances(maskOf(b, area))];
  return spansWhere(area, (at) => (1 - share) * near[at]! + share * far[at]! <= 0);
}

function movedTo(spans: readonly Span[], from: Point, to: Point): Span[] {
  const [dx, dy] = [Math.round(to.x - from.x), Math.round(to.y - from.y)];
  return spans.map(([y, x0, x1]) => [y + dy, x0 + dx, x1 + dx]);
}

/** The mean place of some pixels. */
function centerOf(spans: readonly Span[]): Point {
  let [area, x, y] = [0, 0, 0];
  for (const [row, x0, x1] of spans) {
    const length = x1 - x0;
    area += length;
    x += ((x0 + x1 - 1) / 2) * length;
    y += row * length;
  }
  return { x: x / area, y: y / area };
}
