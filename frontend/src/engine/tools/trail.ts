/** The way of a drag, and the cells that lie in it or under it. */
import type { Editor } from '../labels/editor';
import type { Point } from '../geometry';
import { areasOf } from '../labels/labels';
import { linePixels, polygonSpans } from '../labels/raster';
import type { Pointer } from './tool';

/** Screen pixels that a hand moves in a click. */
export const CLICK_WITHIN = 4;

export class Trail {
  private way: Point[] = [];
  private moved = false;

  get points(): readonly Point[] {
    return this.way;
  }

  /** True while the pointer has not left the place where it was pressed. */
  get isClick(): boolean {
    return !this.moved;
  }

  begin({ x, y }: Pointer): void {
    this.way = [{ x, y }];
    this.moved = false;
  }

  add({ x, y, pixel }: Pointer): void {
    const [start, last] = [this.way[0], this.way.at(-1)];
    if (!start || !last) return;
    this.moved ||= Math.hypot(x - start.x, y - start.y) > CLICK_WITHIN * pixel;
    if (x !== last.x || y !== last.y) this.way.push({ x, y });
  }

  clear(): void {
    this.way = [];
    this.moved = false;
  }
}

/** The cells that have more than half of their pixels in a closed outline. */
export function cellsInside(editor: Editor, outline: readonly Point[]): number[] {
  const inside = new Map<number, number>();
  polygonSpans(outline, (y, x0, x1) => {
    for (let x = Math.max(0, x0); x < Math.min(x1, editor.width); x++) {
      const label = editor.plane.get(x, y);
      if (label) inside.set(label, (inside.get(label) ?? 0) + 1);
    }
  });
  const areas = areasOf(editor.plane, new Set(inside.keys()));
  return [...inside]
    .filter(([label, count]) => 2 * count > areas.get(label)!)
    .map(([label]) => label);
}

/** The cells that a line runs over, in its order. */
export function cellsAlong(editor: Editor, way: readonly Point[]): number[] {
  const found = new Set<number>();
  way.forEach((point, i) => {
    for (const pixel of linePixels(way[Math.max(0, i - 1)]!, point)) {
      const label = editor.labelAt(pixel);
      if (label) found.add(label);
    }
  });
  return [...found];
}
