/** Cells by a threshold: where it is put at first, and the pieces that it leaves. */
import type { Span } from '../geometry';
import { componentsOf, withoutHoles } from './components';
import { spansWhere, type Mask, type Patch } from './mask';

const BINS = 256;

export interface Range {
  low: number;
  high: number;
}

/** The darkest and brightest value among the pixels of `region`; null when it has none. */
export function rangeOf({ values }: Patch, region: Uint8Array): Range | null {
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at < values.length; at++) {
    if (!region[at]) continue;
    const value = values[at]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : null;
}

/**
 * Otsu's threshold of the pixels of `region`: values above it are bright. Where a gap in the histogram makes many thresholds
 * equally good, the one in the middle of the gap.
 *
 * N. Otsu, A threshold selection method from gray-level histograms, IEEE Trans. SMC 9 (1979).
 */
export function otsuThreshold({ values }: Patch, region: Uint8Array, { low, high }: Range): number {
  if (high <= low) return low;
  const counts = new Float64Array(BINS);
  const perBin = BINS / (high - low);
  let total = 0;
  let sum = 0;
  for (let at = 0; at < values.length; at++) {
    if (!region[at]) continue;
    const bin = Math.min(BINS - 1, Math.floor((values[at]! - low) * perBin));
    counts[bin]!++;
    total++;
    sum += bin;
  }
  let best = { variance: -1, first: 0, last: 0 };
  let below = 0;
  let sumBelow = 0;
  for (let bin = 0; bin < BINS - 1; bin++) {
    below += counts[bin]!;
    sumBelow += bin * counts[bin]!;
    if (below === total) break;
    const difference = sumBelow / below - (sum - sumBelow) / (total - below);
    const variance = below * (total - below) * difference ** 2;
    if (variance > best.variance) best = { variance, first: bin, last: bin };
    else if (variance === best.variance) best.last = bin;
  }
  return low + ((best.first + best.last) / 2 + 1) / perBin;
}

export interface Thresholding {
  threshold: number;
  objects: 'bright' | 'dark';
  /** Pieces with fewer pixels are left out. */
  smallest: number;
}

export interface Found {
  pieces: Span[][];
  /** How many pieces were too small. */
  dropped: number;
}

/** The connected pieces of `region` beyond a threshold, with their holes filled as far as `region` allows. */
export function piecesBeyond(patch: Patch, region: Uint8Array, how: Thresholding): Found {
  const { area, values } = patch;
  const beyond = (value: number): boolean =>
    how.objects === 'bright' ? value > how.threshold : value <= how.threshold;
  const inside = region.map((allowed, at) => (allowed && beyond(values[at]!) ? 1 : 0));
  const solid = withoutHoles({ area, inside });
  solid.inside.forEach((value, at) => (solid.inside[at] = value && region[at] ? 1 : 0));
  return largeEnough(solid, how.smallest);
}

function largeEnough(mask: Mask, smallest: number): Found {
  const { pieces, sizes } = componentsOf(mask);
  const spans = sizes.map((): Span[] => []);
  for (const span of spansWhere(mask.area, (at) => pieces[at]! > 0)) {
    const width = mask.area.x1 - mask.area.x0;
    const at = (span[0] - mask.area.y0) * width + span[1] - mask.area.x0;
    spans[pieces[at]!]!.push(span);
  }
  const kept = spans.filter((_, piece) => piece > 0 && sizes[piece]! >= smallest);
  return { pieces: kept, dropped: sizes.length - 1 - kept.length };
}
