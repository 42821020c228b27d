/** Coarser levels of labels that are here as a whole. Labels are thinned out: means of ids mean nothing. */
import { CHUNK_MASK, CHUNK_SHIFT, type Chunk, type ChunkGrid } from '../labels/chunks';
import type { Rect } from '../geometry';

/** Every 2**level-th pixel, the one in the middle; `part` is in pixels of the level. */
export function sampleLabels(grid: ChunkGrid, level: number, part: Rect): Chunk {
  const width = part.x1 - part.x0;
  const out = new Uint32Array(width * (part.y1 - part.y0));
  const step = 1 << level;
  const middle = step >> 1;
  /** The first pixel of the level that is sampled at `fine` or later. */
  const from = (fine: number): number => (fine - middle + step - 1) >> level;
  const [right, bottom] = [
    Math.min(part.x1, from(grid.width)),
    Math.min(part.y1, from(grid.height)),
  ];
  for (let y = part.y0; y < bottom; y++) {
    const fineY = (y << level) + middle;
    const row = (fineY & CHUNK_MASK) << CHUNK_SHIFT;
    const to = (y - part.y0) * width - part.x0;
    for (let x = part.x0; x < right;) {
      const column = ((x << level) + middle) >> CHUNK_SHIFT;
      const stop = Math.min(right, from((column + 1) << CHUNK_SHIFT));
      const chunk = grid.read(column, fineY >> CHUNK_SHIFT)!;
      for (; x < stop; x++) out[to + x] = chunk[row | (((x << level) + middle) & CHUNK_MASK)]!;
    }
  }
  return out;
}
