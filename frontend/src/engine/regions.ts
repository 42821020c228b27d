/** Connected regions of equal label, what is around them, and the pieces of an object. */
import { intersect, type Point, type Rect, type Span } from './geometry';
import { objectSpans, type LabelPlane } from './labels';

export interface Region {
  spans: Span[];
  size: number;
  touchesEdge: boolean;
  /** Labels that the region borders on, without its own. */
  neighbours: Set<number>;
}

interface FloodOptions {
  area?: Rect;
  /** True where pixels that meet in a corner only belong together. */
  corners?: boolean;
  /** Starts of the row pieces that floods before this one came to. */
  seen?: Set<number>;
}

class Flood {
  private readonly region: Region = {
    spans: [],
    size: 0,
    touchesEdge: false,
    neighbours: new Set(),
  };
  private readonly area: Rect;
  private readonly seen: Set<number>;
  private readonly stack: Point[] = [];
  private readonly label: number;
  private readonly reach: number;

  constructor(
    private readonly plane: LabelPlane,
    private readonly seed: Point,
    { area = plane.bounds, corners = false, seen = new Set() }: FloodOptions,
  ) {
    this.label = plane.get(seed.x, seed.y);
    this.area = area;
    this.seen = seen;
    this.reach = corners ? 1 : 0;
  }

  /** Fill until done or larger than `limit`; answers null in the second case. */
  run(limit: number): Region | null {
    this.stack.push(this.seed);
    for (let seed = this.stack.pop(); seed; seed = this.stack.pop()) {
      const { y } = seed;
      const x0 = this.startOf(seed);
      if (this.seen.has(y * this.plane.width + x0)) continue;
      this.seen.add(y * this.plane.width + x0);
      let x1 = seed.x + 1;
      while (this.belongs(x1, y)) x1++;
      this.region.spans.push([y, x0, x1]);
      this.region.size += x1 - x0;
      if (this.region.size > limit) return null;
      this.queueRow(y - 1, x0, x1);
      this.queueRow(y + 1, x0, x1);
    }
    return this.region;
  }

  /** True for a pixel of the label that the flood came to. */
  has(point: Point): boolean {
    return this.seen.has(point.y * this.plane.width + this.startOf(point));
  }

  private startOf({ x, y }: Point): number {
    let start = x;
    while (this.belongs(start - 1, y)) start--;
    return start;
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

  private queueRow(y: number, x0: number, x1: number): void {
    let inside = false;
    for (let x = x0 - this.reach; x < x1 + this.reach; x++) {
      const open = this.belongs(x, y);
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
  return new Flood(plane, seed, { area }).run(limit);
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

/** The connected pieces of an object that hold the seeds; cells hang together where they meet in a corner. */
export function piecesAt(plane: LabelPlane, seeds: Iterable<Point>): Region[] {
  const seen = new Set<number>();
  const pieces: Region[] = [];
  for (const seed of seeds) {
    const flood = new Flood(plane, seed, { corners: true, seen });
    if (!flood.has(seed)) pieces.push(flood.run(Infinity)!);
  }
  return pieces.sort((a, b) => b.size - a.size);
}

/** All pieces of an object, the largest first. */
export function piecesOf(plane: LabelPlane, label: number): Region[] {
  return piecesAt(
    plane,
    objectSpans(plane, label).spans.map(([y, x]) => ({ x, y })),
  );
}
