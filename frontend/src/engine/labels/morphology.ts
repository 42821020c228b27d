/** Shapes made from an object's pixels: its convex hull, and itself with a smooth outline. */
import type { Point, Rect, Span } from '../geometry';
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
  for (const [y, x0, x1] of spans) {
    rows[y - window.y0]!.fill(1, x0 - window.x0 + 1, x1 - window.x0 + 1);
  }
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
  const width = window.x1 - window.x0;
  const smooth: Span[] = [];
  for (let y = window.y0; y < window.y1; y++) {
    // Of the disc about each pixel: twice what is in the object, less what is in the picture.
    const surplus = new Int32Array(width);
    for (let dy = -reach; dy <= reach; dy++) {
      if (y + dy < bounds.y0 || y + dy >= bounds.y1) continue;
      const half = Math.floor(Math.sqrt(radius * radius - dy * dy));
      addRow(surplus, counts[y + dy - window.y0], { half, left: window.x0, bounds });
    }
    for (let x = 0; x < width; x++) {
      const start = x;
      while (x < width && surplus[x]! > 0) x++;
      if (x > start) smooth.push([y, window.x0 + start, window.x0 + x]);
    }
  }
  return smooth;
}

/** Add what one row of the discs holds; without `counts` the row has nothing of the object. */
function addRow(
  surplus: Int32Array,
  counts: Uint32Array | undefined,
  { half, left, bounds }: { half: number; left: number; bounds: Rect },
): void {
  const width = surplus.length;
  for (let x = 0; x < width; x++) {
    const all = Math.min(bounds.x1, left + x + half + 1) - Math.max(bounds.x0, left + x - half);
    const inside = counts
      ? counts[Math.min(width, x + half + 1)]! - counts[Math.max(0, x - half)]!
      : 0;
    surplus[x]! += 2 * inside - all;
  }
}
