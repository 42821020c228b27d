/** In which order the pictures of a grid are shown: as asked, by the model's confidence, or by likeness. Pure. */
import type { Item } from '../sync/tasks';

export type OrderKind = 'asked' | 'unsure' | 'sure' | 'suggested' | 'alike';

export const ORDER_KINDS: readonly OrderKind[] = ['asked', 'unsure', 'sure', 'suggested', 'alike'];

export interface Suggestion {
  index: number;
  /** The model's probability, 0 to 1. */
  confidence: number;
}

/** The class with the highest score of the model; null where it has said nothing. */
export function suggestionOf(item: Pick<Item, 'proposal'>): Suggestion | null {
  let best: Suggestion | null = null;
  for (const [index, score] of Object.entries(item.proposal?.class_scores ?? {})) {
    if (!best || score > best.confidence) best = { index: Number(index), confidence: score };
  }
  return best;
}

/** The places of the items when they are sorted by rising numbers; without one they come last, in their order. */
function rising(numbers: readonly (number | null)[]): number[] {
  const key = (item: number): number => numbers[item] ?? Infinity;
  const places = numbers.map((_, item) => item);
  return places.sort((a, b) => (key(a) === key(b) ? a - b : key(a) - key(b)));
}

/** The order by what the model thinks of the items. */
export function orderByModel(
  kind: Exclude<OrderKind, 'alike'>,
  items: readonly Pick<Item, 'proposal'>[],
): number[] {
  const suggestions = items.map(suggestionOf);
  if (kind === 'asked') return items.map((_, item) => item);
  return rising(
    suggestions.map((suggestion) => {
      if (!suggestion) return null;
      const { index, confidence } = suggestion;
      if (kind === 'unsure') return confidence;
      // Confidence is at most 1: classes stay apart.
      return kind === 'sure' ? -confidence : 2 * index - confidence;
    }),
  );
}

/** The order by distance to one item; items without a vector come last. */
export function orderByLikeness(
  vectors: readonly (ArrayLike<number> | null)[],
  reference: number,
): number[] {
  const scaled = standardize(vectors);
  const from = scaled[reference];
  if (!from) return vectors.map((_, item) => item);
  return rising(scaled.map((vector) => vector && distance(vector, from)));
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

/** Give each dimension zero mean and unit variance, so that none outweighs the others by its unit. */
export function standardize(
  vectors: readonly (ArrayLike<number> | null)[],
): (Float64Array | null)[] {
  const known = vectors.filter((vector) => vector !== null);
  const size = Math.max(0, ...known.map((vector) => vector.length));
  const mean = new Float64Array(size);
  const spread = new Float64Array(size);
  for (const vector of known) {
    for (let i = 0; i < size; i++) mean[i]! += (vector[i] ?? 0) / known.length;
  }
  for (const vector of known) {
    for (let i = 0; i < size; i++) spread[i]! += ((vector[i] ?? 0) - mean[i]!) ** 2 / known.length;
  }
  return vectors.map(
    (vector) =>
      vector &&
      Float64Array.from(mean, (middle, i) =>
        spread[i]! > 0 ? ((vector[i] ?? 0) - middle) / Math.sqrt(spread[i]!) : 0,
      ),
  );
}
