/** Which pixels a shape covers, row by row. A pixel counts when its centre (an integer point) lies in the shape. */
import type { Point, SpanSink } from '../geometry';

/** Rounding that puts a pixel centre on an edge beside it. */
const TINY = 1e-9;
const OUTLINE_CORNERS = 72;

interface Range {
  low: number;
  high: number;
}

export interface Disc extends Point {
  radius: number;
}

export interface Ellipse {
  center: Point;
  /** Half the long axis, as a vector. */
  axis: Point;
  /** Half the other axis, in pixels. */
  halfWidth: number;
}

function discRow({ x, y, radius }: Disc, row: number): Range | null {
  const rest = radius * radius - (row - y) ** 2;
  if (rest < 0) return null;
  return { low: x - Math.sqrt(rest), high: x + Math.sqrt(rest) };
}

/** Where a row crosses a convex polygon, edges included. */
function convexRow(corners: readonly Point[], row: number): Range | null {
  const range = { low: Infinity, high: -Infinity };
  corners.forEach((a, i) => {
    const b = corners[(i + 1) % corners.length]!;
    if (row < Math.min(a.y, b.y) || row > Math.max(a.y, b.y)) return;
    const share = a.y === b.y ? 0 : (row - a.y) / (b.y - a.y);
    const ends = a.y === b.y ? [a.x, b.x] : [a.x + share * (b.x - a.x)];
    range.low = Math.min(range.low, ...ends);
    range.high = Math.max(range.high, ...ends);
  });
  return range.low <= range.high ? range : null;
}

/** The corners where two discs' outer tangents touch them; none when one disc holds the other. */
function tangentCorners(from: Disc, to: Disc): Point[] {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  const along = (from.radius - to.radius) / length;
  if (!(Math.abs(along) < 1)) return [];
  const across = Math.sqrt(1 - along * along);
  const corner = ({ x, y, radius }: Disc, side: 1 | -1): Point => ({
    x: x + (radius * (along * dx - side * across * dy)) / length,
    y: y + (radius * (along * dy + side * across * dx)) / length,
  });
  return [corner(from, 1), corner(to, 1), corner(to, -1), corner(from, -1)];
}

/** Row pieces of a stroke between two discs: all pixels in a disc that goes from one to the other, growing evenly. */
export function strokeSpans(from: Disc, to: Disc, sink: SpanSink): void {
  const bar = tangentCorners(from, to);
  const first = Math.ceil(Math.min(from.y - from.radius, to.y - to.radius));
  const last = Math.floor(Math.max(from.y + from.radius, to.y + to.radius));
  for (let y = first; y <= last; y++) {
    let low = Infinity;
    let high = -Infinity;
    for (const part of [discRow(from, y), discRow(to, y), convexRow(bar, y)]) {
      if (!part) continue;
      low = Math.min(low, part.low);
      high = Math.max(high, part.high);
    }
    const x0 = Math.ceil(low);
    const x1 = Math.floor(high) + 1;
    if (x0 < x1) sink(y, x0, x1);
  }
}

export function discSpans(disc: Disc, sink: SpanSink): void {
  strokeSpans(disc, disc, sink);
}

/** Row pieces of a convex polygon; pixel centres on its edges count. */
export function convexSpans(corners: readonly Point[], sink: SpanSink): void {
  const ys = corners.map((corner) => corner.y);
  for (let y = Math.ceil(Math.min(...ys)); y <= Math.max(...ys); y++) {
    const range = convexRow(corners, y);
    if (range) sink(y, Math.ceil(range.low - TINY), Math.floor(range.high + TINY) + 1);
  }
}

/** Row pieces of an ellipse at any angle. */
export function ellipseSpans({ center, axis, halfWidth }: Ellipse, sink: SpanSink): void {
  const a2 = axis.x ** 2 + axis.y ** 2;
  const b2 = halfWidth ** 2;
  if (a2 === 0 || b2 === 0) return;
  const [cc, ss, cs] = [axis.x ** 2 / a2, axis.y ** 2 / a2, (axis.x * axis.y) / a2];
  const reach = Math.sqrt(a2 * ss + b2 * cc);
  for (let y = Math.ceil(center.y - reach); y <= center.y + reach; y++) {
    // In the frame of the axes a point (dx, dy) is inside where p dx^2 + 2 q dx + r <= 0.
    const dy = y - center.y;
    const p = cc / a2 + ss / b2;
    const q = dy * cs * (1 / a2 - 1 / b2);
    const r = dy * dy * (ss / a2 + cc / b2) - 1;
    const rest = q * q - p * r;
    if (rest < 0) continue;
    const x0 = Math.ceil(center.x + (-q - Math.sqrt(rest)) / p);
    const x1 = Math.floor(center.x + (-q + Math.sqrt(rest)) / p) + 1;
    if (x0 < x1) sink(y, x0, x1);
  }
}

/** The outline of an ellipse as a polygon, to be shown. */
export function ellipseOutline({ center, axis, halfWidth }: Ellipse): Point[] {
  const length = Math.hypot(axis.x, axis.y) || 1;
  const across = { x: (-axis.y / length) * halfWidth, y: (axis.x / length) * halfWidth };
  return Array.from({ length: OUTLINE_CORNERS }, (_, k) => {
    const angle = (k / OUTLINE_CORNERS) * Math.PI * 2;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return {
      x: center.x + axis.x * c + across.x * s,
      y: center.y + axis.y * c + across.y * s,
    };
  });
}

/** Row pieces of a polygon (even-odd rule); a pixel centre on the left or upper edge counts, on the right or lower not. */
export function polygonSpans(points: readonly Point[], sink: SpanSink): void {
  const ys = points.map((point) => point.y);
  const first = Math.ceil(Math.min(...ys));
  const last = Math.floor(Math.max(...ys));
  for (let y = first; y <= last; y++) {
    const crossings: number[] = [];
    for (let i = 0; i < points.length; i++) {
      const a = points[i]!;
      const b = points[(i + 1) % points.length]!;
      if (a.y <= y === b.y <= y) continue;
      crossings.push(a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x));
    }
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const x0 = Math.ceil(crossings[i]!);
      const x1 = Math.ceil(crossings[i + 1]!);
      if (x0 < x1) sink(y, x0, x1);
    }
  }
}

/** Visit the pixels of a thin line, ends included, each once. */
export function* linePixels(from: Point, to: Point): Generator<Point> {
  const steps = Math.max(1, Math.ceil(Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y))));
  for (let i = 0; i <= steps; i++) {
    yield {
      x: Math.round(from.x + ((to.x - from.x) * i) / steps),
      y: Math.round(from.y + ((to.y - from.y) * i) / steps),
    };
  }
}
