/** How a picture's channels look: contrast of each, which are shown, and where their windows come from. */
import type { Image } from '../api/types';
import {
  autoWindow,
  USUAL_PERCENTILES,
  type ChannelHistogram,
  type Contrast,
  type Percentiles,
} from './contrast';
import { textureScale, type TextureScale } from './imageSource';

/** A window is the picture's own, found by percentiles, or set by hand. */
export type WindowKind = 'picture' | 'percentiles' | 'fixed';

export class Channels {
  contrast: Contrast[];
  /** The only channel that is shown for now. */
  solo: number | null = null;
  percentiles: Percentiles = USUAL_PERCENTILES;
  readonly scales: TextureScale[];
  private windows: WindowKind[];

  constructor(
    private readonly image: Pick<Image, 'channels' | 'size' | 'dtype'>,
    private readonly histogram: readonly ChannelHistogram[],
    private readonly changed: () => void,
  ) {
    this.contrast = Array.from({ length: image.size.c }, (_, c) => channelOf(image, c));
    this.windows = this.contrast.map(() => 'picture');
    this.scales = this.contrast.map((channel, c) => {
      const range = histogram[c] ?? channel;
      return textureScale(image.dtype, range.low, range.high);
    });
  }

  /** The contrast with which the picture is drawn. */
  get shown(): Contrast[] {
    if (this.solo === null) return this.contrast;
    return this.contrast.map((channel, c) => ({ ...channel, on: c === this.solo }));
  }

  /** The only channel that is to be seen; null where there are several, or none. */
  get only(): number | null {
    const seen = this.shown.flatMap(({ on }, c) => (on ? [c] : []));
    return seen.length === 1 ? seen[0]! : null;
  }

  set(channel: number, change: Partial<Contrast>): void {
    if (change.low !== undefined || change.high !== undefined) this.windows[channel] = 'fixed';
    this.replace(channel, change);
    this.changed();
  }

  /** Set the window of a channel, or of all, by the histogram's percentiles. */
  auto(channel?: number): void {
    for (let c = 0; c < this.contrast.length; c++) {
      if (channel === undefined || c === channel) this.autoWindow(c);
    }
    this.changed();
  }

  /** Use other percentiles, also for the windows that were found by percentiles before. */
  choosePercentiles(percentiles: Percentiles): void {
    this.percentiles = percentiles;
    this.windows.forEach((kind, c) => kind === 'percentiles' && this.autoWindow(c));
    this.changed();
  }

  /** Show one channel only; the same again, or none, shows all that are switched on. */
  toggleSolo(channel: number): void {
    if (channel >= this.contrast.length) return;
    this.solo = this.solo === channel ? null : channel;
    this.changed();
  }

  /** Show the channels one after another, and then all again. */
  nextSolo(): void {
    const next = (this.solo ?? -1) + 1;
    this.solo = next < this.contrast.length ? next : null;
    this.changed();
  }

  /** Back to the picture's own colours and windows. */
  reset(): void {
    this.solo = null;
    this.percentiles = USUAL_PERCENTILES;
    this.contrast = this.contrast.map((_, c) => channelOf(this.image, c));
    this.windows = this.contrast.map(() => 'picture');
    this.changed();
  }

  windowKind(channel: number): WindowKind {
    return this.windows[channel] ?? 'picture';
  }

  /** The largest range of a channel's intensities, for the window's sliders. */
  rangeOf(channel: number): { low: number; high: number } {
    const known = this.histogram[channel] ?? this.contrast[channel];
    return { low: known?.low ?? 0, high: known?.high ?? 65535 };
  }

  private autoWindow(channel: number): void {
    const histogram = this.histogram[channel];
    if (!histogram) return;
    this.windows[channel] = 'percentiles';
    this.replace(channel, autoWindow(histogram, this.percentiles));
  }

  private replace(channel: number, change: Partial<Contrast>): void {
    this.contrast = this.contrast.map((old, c) => (c === channel ? { ...old, ...change } : old));
  }
}

/** A channel as the image's record says to show it. */
export function channelOf(image: Pick<Image, 'channels'>, c: number): Contrast {
  const channel = image.channels[c];
  return {
    name: channel?.name ?? String(c + 1),
    color: channel?.color ?? '#ffffff',
    low: channel?.low ?? 0,
    high: channel?.high ?? 65535,
    gamma: 1,
    log: false,
    invert: false,
    on: true,
  };
}
