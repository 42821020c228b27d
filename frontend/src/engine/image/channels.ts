/** How a picture's channels look: contrast of each, which are shown, and where their windows come from. */
import type { Image } from '../../api/types';
import {
  autoWindow,
  USUAL_PERCENTILES,
  type ChannelHistogram,
  type Contrast,
  type Percentiles,
} from './contrast';
import { textureScale, type TextureScale } from './imageSource';
import { describeLook, findLook, type PictureLook, type WindowKind } from './look';

export class Channels {
  contrast: Contrast[];
  /** The contrast with which the picture is drawn; another array after each change. */
  shown: readonly Contrast[];
  /** The only channel that is shown for now. */
  solo: number | null = null;
  percentiles: Percentiles = USUAL_PERCENTILES;
  /** Told how the person wants to see pictures like this one, after each change. */
  keep: ((look: PictureLook) => void) | null = null;
  readonly scales: TextureScale[];
  private windows: WindowKind[];

  constructor(
    private readonly image: Pick<Image, 'channels' | 'size' | 'dtype'>,
    private readonly histogram: readonly ChannelHistogram[],
    private readonly told: () => void,
  ) {
    this.contrast = Array.from({ length: image.size.c }, (_, c) => channelOf(image, c));
    this.shown = this.contrast;
    this.windows = this.contrast.map(() => 'picture');
    this.scales = this.contrast.map((channel, c) => {
      const range = histogram[c] ?? channel;
      return textureScale(image.dtype, range.low, range.high);
    });
  }

  get state(): Pick<Channels, 'contrast' | 'solo' | 'percentiles'> {
    const { contrast, solo, percentiles } = this;
    return { contrast, solo, percentiles };
  }

  /** How the person wants to see pictures like this one. */
  get look(): PictureLook {
    const { image, percentiles, contrast, windows } = this;
    return describeLook(image.dtype, percentiles, contrast, windows);
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

  /** Show the picture as the person wanted to see others of its data set. */
  restore(look: PictureLook): void {
    this.percentiles = { lower: look.lower, upper: look.upper };
    this.contrast.forEach((channel, c) => {
      const found = findLook(look, this.image.dtype, channel, c);
      if (!found) return;
      this.windows[c] = found.window;
      this.replace(c, found.change);
      if (found.window === 'percentiles') this.autoWindow(c);
    });
    this.show();
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

  private changed(): void {
    this.show();
    this.keep?.(this.look);
  }

  private show(): void {
    this.shown = this.contrast;
    if (this.solo !== null) {
      this.shown = this.contrast.map((channel, c) => ({ ...channel, on: c === this.solo }));
    }
    this.told();
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
