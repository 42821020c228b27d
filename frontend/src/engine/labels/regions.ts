/** Connected regions of equal label, what is around them, and the pieces of an object. */
import { intersect, type Point, type Rect, type Span } from '../geometry';
import { objectSpans, type LabelPlane } from './labels';

/** What hangs together by edges: a background gap does not leak through corners. */
export interface Region {
  spans: Span[];
  size: number;
  touchesEdge: boolean;
  /** Labels that the region borders on, without its own. */
  neighbours: Set<number>;
}

class Flood {
  readonly region: Region = { spans: [], size: 0, touchesEdge: false, neighbours: new Set() };
  private readonly seen = new Set<number>();
  private readonly stack: Point[] = [];
  private readonly label: number;

  constructor(
    private readonly plane: LabelPlane,
    seed: Point,
    private readonly area: Rect,
  ) {
    this.label = plane.get(seed.x, seed.y);
    this.stack.push(seed);
  }

  private inArea(x: number, y: number): boolean {
    return x >= this.area.x0 && y >= this.area.y0 && x < this.area.x1 && y < this.area.y1;
  }

  private belongs(x: number, y: number): boolean {
    if (!this.inArea(x, y)) {
      this.region.touchesEdge = true;
      return false;
    }
    const label = this.plane.get(x, y);
    if (label === this.label) return true;
    this.region.neighbours.add(label);
    return false;
  }

  /** Fill until done or larger than `limit`; answers null in the second case. */
  run(limit: number): Region | null {
    for (let seed = this.stack.pop(); seed; seed = this.stack.pop()) {
      const { x, y } = seed;
      if (this.seen.has(y * this.plane.width + x)) continue;
      let x0 = x;
      let x1 = x + 1;
      while (this.belongs(x0 - 1, y)) x0--;
      while (this.belongs(x1, y)) x1++;
      for (let k = x0; k < x1; k++) this.seen.add(y * this.plane.width + k);
      this.region.spans.push([y, x0, x1]);
      this.region.size += x1 - x0;
      if (this.region.size > limit) return null;
      this.queueRow(y - 1, x0, x1);
      this.queueRow(y + 1, x0, x1);
    }
    return this.region;
  }

  private queueRow(y: number, x0: number, x1: number): void {
    let inside = false;
    for (let x = x0; x < x1; x++) {
      const open = this.belongs(x, y) && !this.seen.has(y * this.plane.width + x);
      if (open && !inside) this.stack.push({ x, y });
      inside = open;
    }
  }
}

/** The region of equal label around a seed inside `area`; null when it has more than `limit` pixels. */
export function regionAt(
  plane: LabelPlane,
  seed: Point,
  limit: number,
  area: Rect = plane.bounds,
): Region | null {
  return new Flood(plane, seed, area).run(limit);
}

/** The background holes that an object encloses on its own, as row pieces. */
export function holesOf(plane: LabelPlane, label: number): Span[] {
  const { box } = objectSpans(plane, label);
  const area = intersect(plane.bounds, box);
  const seen = new Set<number>();
  const holes: Span[] = [];
  for (let y = area.y0; y < area.y1; y++) {
    for (let x = area.x0; x < area.x1; x++) {
      if (plane.get(x, y) !== 0 || seen.has(y * plane.width + x)) continue;
      const region = regionAt(plane, { x, y }, Infinity, area)!;
      for (const [row, x0, x1] of region.spans) {
        for (let k = x0; k < x1; k++) seen.add(row * plane.width + k);
      }
      const own = region.neighbours.size === 1 && region.neighbours.has(label);
      if (own && !region.touchesEdge) holes.push(...region.spans);
    }
  }
  return holes;
}

/** A part of an object; what meets in a corner hangs together. */
export interface Piece {
  spans: Span[];
  size: number;
}

/** The pieces of an object, the largest first. */
export function piecesOf(plane: LabelPlane, label: number): Piece[] {
  const spans = objectSpans(plane, label).spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const parents = spans.map((_, i) => i);
  const rootOf = (i: number): number => {
    while (parents[i] !== i) i = parents[i] = parents[parents[i]!]!;
    return i;
  };
  let above = 0; // the first that may reach down to the one looked at
  spans.forEach(([y, x0, x1], i) => {
    while (above < i && (spans[above]![0] < y - 1 || isLeftOf(spans[above]!, y - 1, x0))) above++;
    for (let k = above; k < i && spans[k]![0] === y - 1 && spans[k]![1] <= x1; k++) {
      parents[rootOf(k)] = rootOf(i);
    }
    const before = spans[i - 1];
    if (before?.[0] === y && before[2] === x0) parents[rootOf(i - 1)] = rootOf(i);
  });
  const pieces = new Map<number, Piece>();
  spans.forEach((span, i) => {
    const piece = pieces.get(rootOf(i)) ?? { spans: [], size: 0 };
    piece.spans.push(span);
    piece.size += span[2] - span[1];
    pieces.set(rootOf(i), piece);
  });
  return [...pieces.values()].sort((a, b) => b.size - a.size);
}

function isLeftOf(span: Span, row: number, x: number): boolean {
  return span[0] === row && span[2] < x;
}
