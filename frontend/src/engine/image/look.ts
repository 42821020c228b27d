/** How a person wants to see the pictures of a data set: taken from one picture, put on the next. */
import type { DisplaySettings, Image } from '../../api/types';
import type { Contrast, Percentiles } from './contrast';

/** What pictures and grids of a data set have in common. */
export type PictureLook = Omit<DisplaySettings, 'grid_window'>;

/** A window is each picture's own, found by percentiles, or kept as it is. */
export type WindowKind = DisplaySettings['channels'][number]['window'];

export function describeLook(
  dtype: Image['dtype'],
  { lower, upper }: Percentiles,
  contrast: readonly Contrast[],
  windows: readonly WindowKind[],
): PictureLook {
  const channels = contrast.map((channel, c) => ({ ...channel, window: windows[c] ?? 'picture' }));
  return { dtype, lower, upper, channels };
}

export interface FoundLook {
  change: Partial<Contrast>;
  window: WindowKind;
}

/** What is kept for a channel; null where the data set's other pictures had no channel of its name. */
export function findLook(
  look: PictureLook,
  dtype: Image['dtype'],
  { name }: Contrast,
  index: number,
): FoundLook | null {
  const sameName = look.channels.filter((channel) => channel.name === name);
  const inPlace = look.channels[index];
  const kept = inPlace?.name === name ? inPlace : sameName[0];
  if (!kept) return null;
  const { color, gamma, log, invert, on, low, high } = kept;
  const change = { color, gamma, log, invert, on };
  if (kept.window !== 'fixed') return { change, window: kept.window };
  // A window of 16 bits means nothing to 8 bits.
  if (look.dtype !== dtype || high <= low) return { change, window: 'picture' };
  return { change: { ...change, low, high }, window: 'fixed' };
}
