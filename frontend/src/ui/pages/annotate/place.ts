/** A place of a sample in an address: `?x=12&y=40&t=0&z=3&object=7`. Pure. */
import type { Slice } from '../../../engine/labels/operations';

export interface Place {
  slice: Slice;
  x: number;
  y: number;
  /** The label of a cell to select; 0 for none. */
  object: number;
}

function whole(text: string | null): number {
  const value = Number(text ?? '0');
  return Number.isInteger(value) && value >= 0 ? value : 0;
}

/** The place that a query names, or null where it names none. */
export function placeOf(query: URLSearchParams): Place | null {
  const [x, y] = [query.get('x'), query.get('y')].map((text) =>
    text === null || text === '' ? NaN : Number(text),
  ) as [number, number];
  if (!Number.isFinite(x) || !Number.isFinite(y)) return null;
  return {
    slice: { t: whole(query.get('t')), z: whole(query.get('z')) },
    x,
    y,
    object: whole(query.get('object')),
  };
}
