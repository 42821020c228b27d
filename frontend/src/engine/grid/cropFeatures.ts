/** A few numbers of a small picture, so that like ones can be shown together where no model has placed them. Pure. */
import type { Crop } from './crop';
import type { Rect } from '../geometry';

const RINGS = 4;
const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];

/**
 * Per channel: mean, spread and quantiles of the intensities, how rough they are, and their means in rings round the middle.
 * Only the region itself counts, not its surroundings. Nothing depends on the picture's size or orientation.
 */
export function cropFeatures(crop: Crop): Float32Array {
  const area = crop.frame ?? { x0: 0, y0: 0, x1: crop.width, y1: crop.height };
  return Float32Array.from(
    crop.channels.flatMap((samples) => channelFeatures(samples, crop, area)),
  );
}

function channelFeatures(samples: Float32Array, { width }: Crop, area: Rect): number[] {
  const values: number[] = [];
  const rings = Array.from({ length: RINGS }, () => ({ sum: 0, count: 0 }));
  let rough = 0;
  for (let y = area.y0; y < area.y1; y++) {
    for (let x = area.x0; x < area.x1; x++) {
      const value = samples[y * width + x]!;
      values.push(value);
      const ring = rings[ringOf(x, y, area)]!;
      ring.sum += value;
      ring.count++;
      if (x + 1 < area.x1) rough += Math.abs(samples[y * width + x + 1]! - value);
      if (y + 1 < area.y1) rough += Math.abs(samples[(y + 1) * width + x]! - value);
    }
  }
  const count = Math.max(1, values.length);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  values.sort((a, b) => a - b);
  return [
    mean,
    Math.sqrt(variance),
    ...QUANTILES.map((share) => values[Math.floor(share * (values.length - 1))] ?? 0),
    rough / count,
    ...rings.map(({ sum, count: pixels }) => (pixels > 0 ? sum / pixels : mean)),
  ];
}

/** Which of the rings of equal width a pixel lies in; the corners belong to the outermost. */
function ringOf(x: number, y: number, { x0, y0, x1, y1 }: Rect): number {
  const dx = (x + 0.5 - (x0 + x1) / 2) / ((x1 - x0) / 2);
  const dy = (y + 0.5 - (y0 + y1) / 2) / ((y1 - y0) / 2);
  return Math.min(RINGS - 1, Math.floor(Math.hypot(dx, dy) * RINGS));
}
