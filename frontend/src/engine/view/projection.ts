/** Maximum projection: the brightest pixel of a stack, or of the slices around the one that is looked at. */
export type Projection = { kind: 'off' } | { kind: 'whole' } | { kind: 'around'; reach: number };

/** Slices `from` to `to`, both included. */
export interface SliceRange {
  from: number;
  to: number;
}

export function rangeOf(projection: Projection, z: number, depth: number): SliceRange {
  if (projection.kind === 'off') return { from: z, to: z };
  if (projection.kind === 'whole') return { from: 0, to: depth - 1 };
  const { reach } = projection;
  return { from: Math.max(0, z - reach), to: Math.min(depth - 1, z + reach) };
}

/** Slices that are loaded at the same time: more would fill the memory. */
const AT_ONCE = 4;

/** The largest value of each pixel over the slices. */
export async function projectMaximum(
  { from, to }: SliceRange,
  read: (z: number) => Promise<Uint16Array<ArrayBuffer>>,
): Promise<Uint16Array<ArrayBuffer>> {
  const largest = await read(from);
  for (let first = from + 1; first <= to; first += AT_ONCE) {
    const count = Math.min(AT_ONCE, to - first + 1);
    const planes = await Promise.all(Array.from({ length: count }, (_, i) => read(first + i)));
    for (const plane of planes) {
      for (let i = 0; i < largest.length; i++) if (plane[i]! > largest[i]!) largest[i] = plane[i]!;
    }
  }
  return largest;
}
