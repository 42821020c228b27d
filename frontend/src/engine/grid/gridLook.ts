/** How the pictures of a grid look: one contrast for all of them, with their own windows or a common one. */
import type { DisplaySettings, Image } from '../../api/types';
import { channelOf, Channels } from '../image/channels';
import type { ChannelHistogram, Contrast } from '../image/contrast';

/** Where a picture's window comes from while none is set for all: its image, or the picture itself. */
export type WindowSource = DisplaySettings['grid_window'];

export interface Look {
  window: WindowSource;
  contrast: readonly Contrast[];
  /** Channels whose window was set, and so is the same for all pictures. */
  common: readonly boolean[];
}

export class GridLook {
  readonly channels: Channels;
  /** Told how the person wants to see the pictures, after each change. */
  keep: ((look: DisplaySettings) => void) | null = null;
  private window: WindowSource = 'image';
  private readonly listeners = new Set<() => void>();
  private shown: Look;

  constructor(
    private readonly image: Pick<Image, 'channels' | 'size' | 'dtype' | 'dataset'>,
    histogram: ChannelHistogram[],
    kept: DisplaySettings | null = null,
  ) {
    this.channels = new Channels(image, histogram, () => this.changed());
    if (kept) {
      this.window = kept.grid_window;
      this.channels.restore(kept);
    }
    this.channels.keep = () => this.tellKept();
    this.shown = this.makeLook();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Look => this.shown;

  /** Whether pictures of an image can be shown with the same settings. */
  suits(image: Pick<Image, 'size' | 'dataset'>): boolean {
    return image.dataset === this.image.dataset && image.size.c === this.image.size.c;
  }

  setWindow(window: WindowSource): void {
    this.window = window;
    this.changed();
    this.tellKept();
  }

  private tellKept(): void {
    this.keep?.({ ...this.channels.look, grid_window: this.window });
  }

  private changed(): void {
    this.shown = this.makeLook();
    for (const listener of this.listeners) listener();
  }

  private makeLook(): Look {
    const contrast = this.channels.shown;
    const common = contrast.map((_, c) => this.channels.windowKind(c) !== 'picture');
    return { window: this.window, contrast, common };
  }
}

/** The 1st and 99.8th percentile of some intensities. */
export function windowOf(samples: Float32Array): { low: number; high: number } {
  const sorted = Float32Array.from(samples).sort();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const low = at(0.01);
  return { low, high: Math.max(at(0.998), low + 1e-6) };
}

/** The contrast with which one picture is drawn. */
export function contrastFor(
  { window, contrast, common }: Look,
  image: Pick<Image, 'channels'>,
  channels: readonly Float32Array[],
): Contrast[] {
  return channels.map((samples, c) => {
    const own = channelOf(image, c);
    const set = contrast[c] ?? own;
    if (common[c]) return set;
    const { low, high } = window === 'crop' ? windowOf(samples) : own;
    return { ...set, low, high };
  });
}
