/** Rectangles of pixels cut out of a plane, row-major, for algorithms that look at each pixel's surroundings. */
import { emptyRect, growRect, type Rect, type Span } from '../geometry';

/** Intensities of a rectangle. */
export interface Patch {
  readonly area: Rect;
  readonly values: Float32Array;
}

/** A set of pixels in a rectangle: 1 inside, 0 outside. */
export interface Mask {
  readonly area: Rect;
  readonly inside: Uint8Array;
}

export function widthOf(area: Rect): number {
  return area.x1 - area.x0;
}

export function heightOf(area: Rect): number {
  return area.y1 - area.y0;
}

export function sizeOf(area: Rect): number {
  return widthOf(area) * heightOf(area);
}

/** The rectangle around some row pieces, larger by `margin` on every side. */
export function boxOf(spans: Iterable<Span>, margin = 0): Rect {
  const box = emptyRect();
  for (const [y, x0, x1] of spans) {
    growRect(box, { x0: x0 - margin, y0: y - margin, x1: x1 + margin, y1: y + 1 + margin });
  }
  return box;
}

/** The part of some row pieces that lies in a rectangle. */
export function maskOf(spans: Iterable<Span>, area: Rect): Mask {
  const width = widthOf(area);
  const inside = new Uint8Array(sizeOf(area));
  for (const [y, x0, x1] of spans) {
    if (y < area.y0 || y >= area.y1) continue;
    const row = (y - area.y0) * width - area.x0;
    const [from, to] = [Math.max(area.x0, x0), Math.min(area.x1, x1)];
    if (from < to) inside.fill(1, row + from, row + to);
  }
  return { area, inside };
}

/** Row pieces of the pixels that `test` says yes to; it is asked by place in the rectangle. */
export function spansWhere(area: Rect, test: (at: number) => boolean): Span[] {
  const width = widthOf(area);
  const spans: Span[] = [];
  for (let y = area.y0; y < area.y1; y++) {
    const row = (y - area.y0) * width;
    for (let x = 0; x < width; x++) {
      if (!test(row + x)) continue;
      const start = x;
      while (x < width && test(row + x)) x++;
      spans.push([y, area.x0 + start, area.x0 + x]);
    }
  }
  return spans;
}

export function spansOf({ area, inside }: Mask): Span[] {
  return spansWhere(area, (at) => inside[at] === 1);
}
