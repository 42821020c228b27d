/** Connected pieces of a mask: pixels that share an edge belong together, as everywhere in Cytoloop. */
import { widthOf, type Mask } from './mask';

export interface Components {
  /** The piece of each pixel, from 1 in the order of their first pixels; 0 outside. */
  pieces: Uint32Array;
  /** Pixels of each piece; the first number is unused. */
  sizes: number[];
}

export function componentsOf({ area, inside }: Mask): Components {
  const width = widthOf(area);
  const pieces = new Uint32Array(inside.length);
  const sizes = [0];
  const stack: number[] = [];
  const visit = (at: number): void => {
    if (!inside[at] || pieces[at]) return;
    pieces[at] = sizes.length;
    stack.push(at);
  };
  for (let start = 0; start < inside.length; start++) {
    if (!inside[start] || pieces[start]) continue;
    let size = 0;
    visit(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      size++;
      const x = at % width;
      if (x > 0) visit(at - 1);
      if (x < width - 1) visit(at + 1);
      visit(at - width);
      visit(at + width);
    }
    sizes.push(size);
  }
  return { pieces, sizes };
}

/** The mask with its holes: what is outside and cannot reach the rectangle's edge. */
export function withoutHoles(mask: Mask): Mask {
  const { area, inside } = mask;
  const width = widthOf(area);
  const { pieces } = componentsOf({ area, inside: inside.map((value) => 1 - value) });
  const open = new Set<number>();
  const last = inside.length - width;
  for (let x = 0; x < width; x++) open.add(pieces[x]!).add(pieces[last + x]!);
  for (let row = 0; row < inside.length; row += width) {
    open.add(pieces[row]!).add(pieces[row + width - 1]!);
  }
  return { area, inside: inside.map((value, at) => (value || !open.has(pieces[at]!) ? 1 : 0)) };
}
