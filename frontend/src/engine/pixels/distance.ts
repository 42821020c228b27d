/**
 * Exact Euclidean distances on a grid.
 *
 * P. Felzenszwalb and D. Huttenlocher, Distance transforms of sampled functions, Theory of Computing 8 (2012).
 */
import { heightOf, widthOf, type Mask } from './mask';

const FAR = 1e20;

/** The lower envelope of parabolas that stand on a row's or column's values, in place. */
class Envelope {
  private readonly line: Float64Array;
  private readonly places: Int32Array;
  private readonly starts: Float64Array;

  constructor(longest: number) {
    this.line = new Float64Array(longest);
    this.places = new Int32Array(longest);
    this.starts = new Float64Array(longest + 1);
  }

  run(values: Float64Array, from: number, step: number, count: number): void {
    const { line, places, starts } = this;
    for (let i = 0; i < count; i++) line[i] = values[from + i * step]!;
    let k = 0;
    places[0] = 0;
    starts[0] = -Infinity;
    starts[1] = Infinity;
    for (let q = 1; q < count; q++) {
      let meet = this.meeting(places[k]!, q);
      while (meet <= starts[k]!) meet = this.meeting(places[--k]!, q);
      places[++k] = q;
      starts[k] = meet;
      starts[k + 1] = Infinity;
    }
    for (let q = 0, piece = 0; q < count; q++) {
      while (starts[piece + 1]! < q) piece++;
      const place = places[piece]!;
      values[from + q * step] = (q - place) ** 2 + line[place]!;
    }
  }

  private meeting(p: number, q: number): number {
    return (this.line[q]! + q * q - this.line[p]! - p * p) / (2 * (q - p));
  }
}

/** For each pixel the distance of its centre to the nearest pixel whose `inside` is `target`; very large when there is none. */
export function distancesTo({ area, inside }: Mask, target: 0 | 1): Float64Array {
  const [width, height] = [widthOf(area), heightOf(area)];
  const values = Float64Array.from(inside, (value) => (value === target ? 0 : FAR));
  const envelope = new Envelope(Math.max(width, height));
  for (let x = 0; x < width; x++) envelope.run(values, x, width, height);
  for (let y = 0; y < height; y++) envelope.run(values, y * width, 1, width);
  return values.map(Math.sqrt);
}

/** Distance to the mask's border, half a pixel from the centres on both sides of it: negative inside, positive outside. */
export function signedDistances(mask: Mask): Float64Array {
  const outside = distancesTo(mask, 1);
  const inner = distancesTo(mask, 0);
  return outside.map((distance, at) => (distance > 0 ? distance - 0.5 : 0.5 - inner[at]!));
}
