/** Cutting a cell along a drawn line: the pixels beside the line are seeds of its two sides, a watershed does the rest. */
import type { Point } from '../geometry';
import { widthOf, type Mask } from './mask';
import { seededWatershed } from './watershed';

const LEFT = 1;
const RIGHT = 2;

/** No diagonal step can pass between the seeds of the two sides without touching one. */
const BESIDE = Math.SQRT2;

/**
 * Cut a mask in two: 1 left of the line, 2 right of it as one draws it, 0 for what the line's ends cannot reach. Null when the line does
 * not part it. A line that ends inside is carried on where `border` says.
 */
export function cutAlong(
  mask: Mask,
  line: readonly Point[],
  border: Float32Array,
): Uint32Array | null {
  const seeds = seedsBeside(mask, line);
  if (!seeds.includes(LEFT) || !seeds.includes(RIGHT)) return null;
  return seededWatershed(mask, seeds, border);
}

function seedsBeside({ area, inside }: Mask, line: readonly Point[]): Uint32Array {
  const width = widthOf(area);
  const seeds = new Uint32Array(inside.length);
  const nearest = new Float64Array(inside.length).fill(Infinity);
  for (let i = 0; i + 1 < line.length; i++) {
    const [a, b] = [line[i]!, line[i + 1]!];
    const ends = { first: i === 0, last: i + 2 === line.length };
    for (let y = Math.max(area.y0, Math.floor(Math.min(a.y, b.y) - BESIDE)); y < area.y1; y++) {
      if (y > Math.max(a.y, b.y) + BESIDE) break;
      for (let x = Math.max(area.x0, Math.floor(Math.min(a.x, b.x) - BESIDE)); x < area.x1; x++) {
        if (x > Math.max(a.x, b.x) + BESIDE) break;
        const at = (y - area.y0) * width + x - area.x0;
        const near = inside[at] ? besideSegment({ x, y }, a, b, ends) : null;
        if (!near || near.distance > BESIDE || near.distance >= nearest[at]!) continue;
        nearest[at] = near.distance;
        seeds[at] = near.side;
      }
    }
  }
  return seeds;
}

/** How far a pixel lies from a segment and on which side; null beyond the line's ends, where it has no sides. */
function besideSegment(
  point: Point,
  a: Point,
  b: Point,
  ends: { first: boolean; last: boolean },
): { distance: number; side: number } | null {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const along = ((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy || 1);
  if ((along < 0 && ends.first) || (along > 1 && ends.last)) return null;
  const share = Math.min(1, Math.max(0, along));
  const distance = Math.hypot(point.x - a.x - share * dx, point.y - a.y - share * dy);
  const across = dx * (point.y - a.y) - dy * (point.x - a.x);
  return { distance, side: across > 0 ? RIGHT : LEFT };
}
