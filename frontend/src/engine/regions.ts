/** Connected regions of equal label (4-connected) and what is around them. */
import { intersect, type Point, type Rect } from './geometry';
import { objectSpans, type LabelPlane } from './labels';

export interface Region {
  spans: [number, number, number][];
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
export function holesOf(plane: LabelPlane, label: number): [number, number, number][] {
  const { box } = objectSpans(plane, label);
  const area = intersect(plane.bounds, box);
  const seen = new Set<number>();
  const holes: [number, number, number][] = [];
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
