/** Contrast of a channel: a window of intensities, a curve, a colour; and the automatic window. */
export interface Contrast {
  name: string;
  /** #rrggbb */
  color: string;
  low: number;
  high: number;
  gamma: number;
  /** The logarithm of the intensity is shown: dim and bright things side by side. */
  log: boolean;
  /** Dark where the intensity is high. */
  invert: boolean;
  on: boolean;
}

/** Shares of the pixels below the window's ends. */
export interface Percentiles {
  lower: number;
  upper: number;
}

export const PERCENTILES: readonly Percentiles[] = [
  { lower: 0, upper: 1 },
  { lower: 0.001, upper: 0.999 },
  { lower: 0.01, upper: 0.998 },
  { lower: 0.02, upper: 0.98 },
  { lower: 0.05, upper: 0.95 },
];

/** The ones that the server makes an image's own window with. */
export const USUAL_PERCENTILES = PERCENTILES[2]!;

/** The logarithm spans so many steps: the window's dark end is 1, its bright end 256. */
export const LOG_STEPS = 255;

/** How bright an intensity is shown, 0 to 1: window, logarithm, gamma, inversion. The shader does the same. */
export function brightnessOf(value: number, look: Omit<Contrast, 'name' | 'color' | 'on'>): number {
  const inWindow = (value - look.low) / Math.max(1e-6, look.high - look.low);
  let share = inWindow > 0 ? Math.min(1, inWindow) : 0; // NaN is dark too
  if (look.log) share = Math.log2(1 + LOG_STEPS * share) / 8;
  if (look.gamma !== 1) share **= look.gamma;
  return look.invert ? 1 - share : share;
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
  { lower, upper }: Percentiles = USUAL_PERCENTILES,
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
