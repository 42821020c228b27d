/** Contrast of a channel: a window of intensities, gamma, a colour; and the automatic window. */
export interface Contrast {
  name: string;
  /** #rrggbb */
  color: string;
  low: number;
  high: number;
  gamma: number;
  on: boolean;
}

export interface ChannelHistogram {
  low: number;
  high: number;
  /** Counts of equal bins from low to high. */
  bins: number[];
}

/** The window that leaves out the darkest `lower` and brightest `1 - upper` of the pixels. */
export function autoWindow(
  histogram: ChannelHistogram,
  lower = 0.01,
  upper = 0.998,
): { low: number; high: number } {
  const { bins } = histogram;
  const total = bins.reduce((sum, count) => sum + count, 0);
  const width = (histogram.high - histogram.low) / Math.max(1, bins.length);
  const valueAt = (share: number): number => {
    let below = 0;
    for (let i = 0; i < bins.length; i++) {
      const count = bins[i]!;
      if (below + count >= share * total && count > 0) {
        return histogram.low + (i + (share * total - below) / count) * width;
      }
      below += count;
    }
    return histogram.high;
  };
  if (total === 0) return { low: histogram.low, high: histogram.high };
  const low = valueAt(lower);
  return { low, high: Math.max(valueAt(upper), low + width) };
}

/** A #rrggbb colour as three numbers in [0, 1]. */
export function parseColor(text: string): [number, number, number] {
  const value = /^#[0-9a-f]{6}$/i.test(text) ? parseInt(text.slice(1), 16) : 0xffffff;
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}
