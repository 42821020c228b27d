/** Half-open rectangles in pixels of the image plane. */
export interface Rect {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export interface Point {
  x: number;
  y: number;
}

/** One row piece: [y, x0, x1], columns x0 (inclusive) to x1 (exclusive) of row y. */
export type Span = [number, number, number];
export type SpanSink = (y: number, x0: number, x1: number) => void;

export function emptyRect(): Rect {
  return { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
}

export function isEmpty(rect: Rect): boolean {
  return rect.x1 <= rect.x0 || rect.y1 <= rect.y0;
}

/** Make `rect` large enough to hold `other`. */
export function growRect(rect: Rect, other: Rect): void {
  rect.x0 = Math.min(rect.x0, other.x0);
  rect.y0 = Math.min(rect.y0, other.y0);
  rect.x1 = Math.max(rect.x1, other.x1);
  rect.y1 = Math.max(rect.y1, other.y1);
}

export function intersect(a: Rect, b: Rect): Rect {
  return {
    x0: Math.max(a.x0, b.x0),
    y0: Math.max(a.y0, b.y0),
    x1: Math.min(a.x1, b.x1),
    y1: Math.min(a.y1, b.y1),
  };
}
