/** Row pieces of several objects at once: one pass over a plane, however many there are. */
import type { Span } from '../geometry';
import { CHUNK, type LabelPlane } from './labels';

export function spansOfObjects(plane: LabelPlane, labels: ReadonlySet<number>): Span[] {
  const spans: Span[] = [];
  for (const { chunk, area } of plane.filledChunks()) {
    for (let y = area.y0; y < area.y1; y++) {
      const row = (y - area.y0) * CHUNK - area.x0;
      for (let x = area.x0; x < area.x1;) {
        const label = chunk[row + x]!;
        const start = x++;
        while (x < area.x1 && chunk[row + x] === label) x++;
        if (label && labels.has(label)) spans.push([y, start, x]);
      }
    }
  }
  return spans;
}
