/** Which pixels a shape covers, row by row. A pixel counts when its centre (an integer point) lies in the shape. */
import type { Point, SpanSink } from './geometry';

interface Range {
  low: number;
  high: number;
}

/** Narrow `range` to where `slope * u + offset` lies in [min, max]; null when nowhere. */
function clip(
  range: Range,
  slope: number,
  offset: number,
  [min, max]: [number, number],
): Range | null {
  if (Math.abs(slope) < 1e-12) return offset < min || offset > max ? null : range;
  const a = (min - offset) / slope;
  const b = (max - offset) / slope;
  return { low: Math.max(range.low, Math.min(a, b)), high: Math.min(range.high, Math.max(a, b)) };
}

function discRow(center: Point, radius: number, y: number): Range | null {
  const rest = radius * radius - (y - center.y) ** 2;
  if (rest < 0) return null;
  return { low: center.x - Math.sqrt(rest), high: center.x + Math.sqrt(rest) };
}

/** The part of row y inside the rectangle between the two ends of a thick line. */
function barRow(from: Point, to: Point, radius: number, y: number): Range | null {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.hypot(dx, dy);
  if (length < 1e-9) return null;
  const down = y - from.y;
  const across = clip({ low: -Infinity, high: Infinity }, dy, -down * dx, [
    -radius * length,
    radius * length,
  ]);
  const along = across && clip(across, dx, down * dy, [0, length * length]);
  if (!along || along.low > along.high) return null;
  return { low: from.x + along.low, high: from.x + along.high };
}

/** Row pieces of all pixels within `radius` of the line from `from` to `to`. */
export function capsuleSpans(from: Point, to: Point, radius: number, sink: SpanSink): void {
  const first = Math.ceil(Math.min(from.y, to.y) - radius);
  const last = Math.floor(Math.max(from.y, to.y) + radius);
  for (let y = first; y <= last; y++) {
    const parts = [discRow(from, radius, y), discRow(to, radius, y), barRow(from, to, radius, y)];
    let low = Infinity;
    let high = -Infinity;
    for (const part of parts) {
      if (!part) continue;
      low = Math.min(low, part.low);
      high = Math.max(high, part.high);
    }
    const x0 = Math.ceil(low);
    const x1 = Math.floor(high) + 1;
    if (x0 < x1) sink(y, x0, x1);
  }
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
