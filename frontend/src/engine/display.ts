/** How picture and labels look: contrast per channel, style and colours of the labels. */
import type { Image, LabelClass } from '../api/types';
import { autoWindow, parseColor, type ChannelHistogram, type Contrast } from './contrast';
import { textureScale, type TextureScale } from './imageSource';
import type { Rgb } from './renderer/palette';
import type { LabelStyle, Renderer } from './renderer/renderer';

/** Of cells without a class, apart from the grey of pictures. */
const NO_CLASS: Rgb = [214, 190, 255];

export class Display {
  contrast: Contrast[];
  style: LabelStyle = { visible: true, outlines: false, opacity: 0.3 };
  readonly scales: TextureScale[];
  private renderer: Renderer | null = null;

  constructor(
    image: Image,
    private readonly histogram: readonly ChannelHistogram[],
    private readonly classes: readonly LabelClass[],
    private readonly classOf: (label: number) => number | undefined,
  ) {
    this.contrast = Array.from({ length: image.size.c }, (_, c) => channelOf(image, c));
    this.scales = this.contrast.map((channel, c) => {
      const range = histogram[c] ?? channel;
      return textureScale(image.dtype, range.low, range.high);
    });
  }

  /** With several classes a cell has its class' colour, else one of its own. */
  get byClass(): boolean {
    return this.classes.length > 1;
  }

  /** From now on the renderer shows this display. */
  applyTo(renderer: Renderer): void {
    this.renderer = renderer;
    this.update();
    if (this.byClass) renderer.setColors((label) => this.colorOf(label));
  }

  setContrast(channel: number, change: Partial<Contrast>): void {
    this.contrast = this.contrast.map((old, c) => (c === channel ? { ...old, ...change } : old));
    this.update();
  }

  /** Set the windows by the histograms' percentiles. */
  autoContrast(): void {
    this.contrast = this.contrast.map((old, c) => {
      const histogram = this.histogram[c];
      return histogram ? { ...old, ...autoWindow(histogram), gamma: 1 } : old;
    });
    this.update();
  }

  setStyle(change: Partial<LabelStyle>): void {
    this.style = { ...this.style, ...change };
    this.update();
  }

  classChanged(label: number): void {
    if (this.byClass) this.renderer?.setColor(label, this.colorOf(label));
  }

  /** The largest range of a channel's intensities, for the window's sliders. */
  rangeOf(channel: number): { low: number; high: number } {
    const known = this.histogram[channel] ?? this.contrast[channel];
    return { low: known?.low ?? 0, high: known?.high ?? 65535 };
  }

  private update(): void {
    if (!this.renderer) return;
    this.renderer.contrast = this.contrast;
    this.renderer.style = this.style;
    this.renderer.invalidate();
  }

  private colorOf(label: number): Rgb | null {
    const index = this.classOf(label);
    const found = this.classes.find((entry) => entry.index === index);
    if (!found) return NO_CLASS;
    const [r, g, b] = parseColor(found.color);
    return [r * 255, g * 255, b * 255];
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
    on: true,
  };
}
