/** The objects of a plane: place, size and box of each, kept up to date edit by edit instead of counted again. */
import { emptyRect, growRect, type Rect } from '../geometry';

export interface ObjectSummary {
  id: number;
  area: number;
  /** The middle. */
  x: number;
  y: number;
  /** Round the object; it may be larger than needed after pixels were taken away. */
  box: Rect;
}

export class ObjectTable {
  private readonly entries = new Map<number, ObjectSummary>();

  get objects(): ReadonlyMap<number, ObjectSummary> {
    return this.entries;
  }

  has(id: number): boolean {
    return this.entries.has(id);
  }

  /** The largest id, 0 when there is none. */
  get largest(): number {
    let largest = 0;
    for (const id of this.entries.keys()) if (id > largest) largest = id;
    return largest;
  }

  add(entry: ObjectSummary): void {
    this.entries.set(entry.id, entry);
  }

  /** A row piece changed its label. */
  move(y: number, x0: number, x1: number, before: number, after: number): void {
    if (before === after) return;
    if (before) this.take(before, y, x0, x1);
    if (after) this.give(after, y, x0, x1);
  }

  private give(id: number, y: number, x0: number, x1: number): void {
    let entry = this.entries.get(id);
    if (!entry) {
      entry = { id, area: 0, x: 0, y: 0, box: emptyRect() };
      this.entries.set(id, entry);
    }
    const length = x1 - x0;
    entry.area += length;
    entry.x += (((x0 + x1 - 1) / 2 - entry.x) * length) / entry.area;
    entry.y += ((y - entry.y) * length) / entry.area;
    growRect(entry.box, { x0, y0: y, x1, y1: y + 1 });
  }

  private take(id: number, y: number, x0: number, x1: number): void {
    const entry = this.entries.get(id);
    if (!entry) return;
    const length = x1 - x0;
    const left = entry.area - length;
    if (left <= 0) {
      this.entries.delete(id);
      return;
    }
    entry.x -= (((x0 + x1 - 1) / 2 - entry.x) * length) / left;
    entry.y -= ((y - entry.y) * length) / left;
    entry.area = left;
  }
}
