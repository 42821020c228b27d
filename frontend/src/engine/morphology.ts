/** Shapes made from an object's pixels: its convex hull, and itself with a smooth outline. */
import type { Point, Rect, Span } from './geometry';
import { convexSpans } from './raster';

/** Twice the area of the triangle a, b, c; positive when it turns right on the screen. */
function turn(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

function chain(points: readonly Point[]): Point[] {
  const hull: Point[] = [];
  for (const point of points) {
    while (hull.length > 1 && turn(hull.at(-2)!, hull.at(-1)!, point) <= 0) hull.pop();
    hull.push(point);
  }
  hull.pop(); // it begins the other chain
  return hull;
}

/** The corners of the convex hull of points (Andrew's monotone chain). */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  return [...chain(sorted), ...chain(sorted.reverse())];
}

/** All pixels whose centre lies in the convex hull of the centres of the object's pixels. */
export function hullSpans(spans: readonly Span[]): Span[] {
  const ends = spans.flatMap(([y, x0, x1]) => [
    { x: x0, y },
    { x: x1 - 1, y },
  ]);
  const filled: Span[] = [];
  convexSpans(convexHull(ends), (y, x0, x1) => filled.push([y, x0, x1]));
  return filled;
}

/** For each row of a window, how many of its pixels left of each column belong to the object. */
function countsByRow(spans: readonly Span[], window: Rect): Uint32Array[] {
  const width = window.x1 - window.x0;
  const rows = Array.from({ length: window.y1 - window.y0 }, () => new Uint32Array(width + 1));
  for (const [y, x0, x1] of spans)
    rows[y - window.y0]!.fill(1, x0 - window.x0 + 1, x1 - window.x0 + 1);
  for (const row of rows) for (let x = 1; x <= width; x++) row[x]! += row[x - 1]!;
  return rows;
}

/**
 * The pixels whose surrounding disc lies mostly (more than half of what is in the picture) in the object: a binary median
 * filter. It rounds corners, takes away spurs and fills bays that are narrower than the disc, and leaves straight edges.
 */
export function smoothSpans(
  spans: readonly Span[],
  box: Rect,
  { radius, bounds }: { radius: number; bounds: Rect },
): Span[] {
  const reach = Math.floor(radius);
  const window = {
    x0: Math.max(bounds.x0, box.x0 - reach),
    y0: Math.max(bounds.y0, box.y0 - reach),
    x1: Math.min(bounds.x1, box.x1 + reach),
    y1: Math.min(bounds.y1, box.y1 + reach),
  };
  const counts = countsByRow(spans, window);
  const widths = Array.from({ length: 2 * reach + 1 }, (_, k) =>
    Math.floor(Math.sqrt(radius * radius - (k - reach) ** 2)),
  );
  const isInside = (x: number, y: number): boolean => {
    let inside = 0;
    let all = 0;
    for (let dy = -reach; dy <= reach; dy++) {
      if (y + dy < bounds.y0 || y + dy >= bounds.y1) continue;
      const half = widths[dy + reach]!;
      all += Math.min(bounds.x1, x + half + 1) - Math.max(bounds.x0, x - half);
      const row = counts[y + dy - window.y0];
      if (!row) continue; // outside of the window, so nothing of the object
      const [from, to] = [Math.max(window.x0, x - half), Math.min(window.x1, x + half + 1)];
      inside += row[to - window.x0]! - row[from - window.x0]!;
    }
    return 2 * inside > all;
  };
  const smooth: Span[] = [];
  for (let y = window.y0; y < window.y1; y++) {
    for (let x = window.x0; x < window.x1; x++) {
      if (!isInside(x, y)) continue;
      const last = smooth.at(-1);
      if (last?.[0] === y && last[2] === x) last[2]++;
      else smooth.push([y, x, x + 1]);
    }
  }
  return smooth;
}
