/** Tails of tracked cells: where each cell of a frame was in the frames before. A track is the same label in several frames. */
import type { Point } from '../geometry';
import type { ObjectSummary } from '../labels/labels';

export interface Tail {
  id: number;
  /** From the oldest place to the one in the frame shown. */
  points: Point[];
}

/**
 * The tails of the cells in frame `t` over the `length` frames before it. A frame in which a cell is missing, or that is not loaded
 * (`objectsOf` answers null), ends its tail: a line over a gap would claim what nobody said.
 */
export function tailsAt(
  t: number,
  length: number,
  objectsOf: (t: number) => ReadonlyMap<number, ObjectSummary> | null,
): Tail[] {
  const open = new Map<number, Tail>();
  for (const { id, x, y } of objectsOf(t)?.values() ?? []) open.set(id, { id, points: [{ x, y }] });
  const tails = [...open.values()];
  for (let frame = t - 1; frame >= Math.max(0, t - length) && open.size > 0; frame--) {
    const objects = objectsOf(frame);
    for (const [id, tail] of open) {
      const place = objects?.get(id);
      if (place) tail.points.unshift({ x: place.x, y: place.y });
      else open.delete(id);
    }
  }
  return tails.filter(({ points }) => points.length > 1);
}
