/** The magic wand: the connected pixels about as bright as the place that was pressed. */
import type { Point, Rect } from '../geometry';
import { widthOf, type Mask, type Patch } from './mask';

/** The median of a pixel and the two around it that are most like it: right for a noisy pixel, and at the border of a thin cell. */
function brightnessAt({ area, values }: Patch, { x, y }: Point): number {
  const width = widthOf(area);
  const own = values[(y - area.y0) * width + x - area.x0]!;
  const around: number[] = [];
  for (let row = Math.max(area.y0, y - 1); row < Math.min(area.y1, y + 2); row++) {
    for (let column = Math.max(area.x0, x - 1); column < Math.min(area.x1, x + 2); column++) {
      around.push(values[(row - area.y0) * width + column - area.x0]!);
    }
  }
  const alike = around.sort((a, b) => Math.abs(a - own) - Math.abs(b - own)).slice(0, 3);
  return alike.sort((a, b) => a - b)[alike.length >> 1]!;
}

/** The seed and the pixels of `free` that hang together with it and differ from its brightness by at most `tolerance`. */
export function growRegion(patch: Patch, free: Uint8Array, seed: Point, tolerance: number): Mask {
  const { area, values } = patch;
  const width = widthOf(area);
  const middle = brightnessAt(patch, seed);
  const inside = new Uint8Array(values.length);
  const stack: number[] = [];
  const visit = (at: number): void => {
    if (inside[at] || !free[at] || Math.abs(values[at]! - middle) > tolerance) return;
    inside[at] = 1;
    stack.push(at);
  };
  const start = (seed.y - area.y0) * width + seed.x - area.x0;
  inside[start] = 1;
  stack.push(start);
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const x = at % width;
    if (x > 0) visit(at - 1);
    if (x < width - 1) visit(at + 1);
    visit(at - width);
    visit(at + width);
  }
  return { area, inside };
}

/** True when a mask reaches an edge of its rectangle that is not the edge of the plane: it may go on beyond. */
export function isCutOff({ area, inside }: Mask, bounds: Rect): boolean {
  const width = widthOf(area);
  const last = inside.length - width;
  for (let x = 0; x < width; x++) {
    if (area.y0 > bounds.y0 && inside[x]) return true;
    if (area.y1 < bounds.y1 && inside[last + x]) return true;
  }
  for (let row = 0; row < inside.length; row += width) {
    if (area.x0 > bounds.x0 && inside[row]) return true;
    if (area.x1 < bounds.x1 && inside[row + width - 1]) return true;
  }
  return false;
}
