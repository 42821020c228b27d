/**
 * Seeded watershed: every pixel of a mask goes to the seed that reaches it on the cheapest way, where ways are cheap in the middle of a
 * cell and dear across its borders.
 *
 * The image foresting transform with additive costs: A. X. Falcao, J. Stolfi, R. de Alencar Lotufo, IEEE Trans. PAMI 26 (2004). A seed
 * need not lie in the deepest place of its basin, as it must for flooding by height.
 */
import { componentsOf } from './components';
import { distancesTo } from './distance';
import { widthOf, type Mask, type Patch } from './mask';
import { PlaceQueue } from './queue';

/** What shows where one cell ends: its shape, or dark or bright pixels. */
export type Border = 'shape' | 'dark' | 'bright';

/** The price of a step where there is no border at all: of two equal ways the shorter one wins. */
const PLAIN_STEP = 0.02;

/** How much each pixel of a mask looks like a border, from 0 to 1. `patch` covers the same rectangle; for the shape none is needed. */
export function borderOf(mask: Mask, border: Border, patch: Patch | null): Float32Array {
  const heights =
    border === 'shape' || !patch
      ? Float32Array.from(distancesTo(mask, 0))
      : patch.values.map((value) => (border === 'dark' ? value : -value));
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at < heights.length; at++) {
    if (!mask.inside[at]) continue;
    low = Math.min(low, heights[at]!);
    high = Math.max(high, heights[at]!);
  }
  const range = high - low || 1;
  return heights.map((height) => Math.min(1, Math.max(0, (high - height) / range)));
}

/**
 * Give every pixel of a mask that a seed can reach the seed's number.
 *
 * `seeds` holds the numbers of the seeds' pixels and 0 elsewhere. Each answer is one connected piece around its seeds.
 */
export function seededWatershed(mask: Mask, seeds: Uint32Array, border: Float32Array): Uint32Array {
  const rough = flood(mask, seeds, border, true);
  // Diagonal steps keep distances true but may leave crumbs that touch their seed's piece by a corner only.
  return flood(mask, connectedToSeeds(mask, seeds, rough), border, false);
}

function flood(
  { area, inside }: Mask,
  seeds: Uint32Array,
  border: Float32Array,
  diagonal: boolean,
): Uint32Array {
  const width = widthOf(area);
  const owner = new Uint32Array(inside.length);
  const costs = new Float64Array(inside.length).fill(Infinity);
  const queue = new PlaceQueue();
  seeds.forEach((seed, at) => {
    if (!seed || !inside[at]) return;
    owner[at] = seed;
    costs[at] = 0;
    queue.push(0, at);
  });
  const steps = stepsOf(width, diagonal);
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { key, place } = next;
    if (key > costs[place]!) continue;
    const x = place % width;
    for (const { dx, step, length } of steps) {
      const to = place + step;
      if (!inside[to] || x + dx < 0 || x + dx >= width) continue;
      const cost = key + length * (PLAIN_STEP + border[to]! ** 2);
      if (cost >= costs[to]!) continue;
      costs[to] = cost;
      owner[to] = owner[place]!;
      queue.push(cost, to);
    }
  }
  return owner;
}

function stepsOf(width: number, diagonal: boolean): { dx: number; step: number; length: number }[] {
  const steps = [];
  for (const dy of [-1, 0, 1]) {
    for (const dx of [-1, 0, 1]) {
      const length = Math.hypot(dx, dy);
      if (length === 1 || (diagonal && length > 1))
        steps.push({ dx, step: dy * width + dx, length });
    }
  }
  return steps;
}

/** The owners with pixels taken away that do not hang together with a seed of theirs. */
function connectedToSeeds(mask: Mask, seeds: Uint32Array, owner: Uint32Array): Uint32Array {
  const kept = new Uint32Array(owner.length);
  for (const seed of new Set(seeds)) {
    if (seed === 0) continue;
    const inside = Uint8Array.from(owner, (value) => (value === seed ? 1 : 0));
    const { pieces } = componentsOf({ area: mask.area, inside });
    const rooted = new Set<number>();
    seeds.forEach((value, at) => value === seed && pieces[at] && rooted.add(pieces[at]));
    pieces.forEach((piece, at) => rooted.has(piece) && (kept[at] = seed));
  }
  return kept;
}
