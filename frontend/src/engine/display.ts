/** How picture and labels look: contrast per channel, style and colours of the labels. */
import type { Image, LabelClass } from '../api/types';
import { Channels } from './channels';
import { parseColor, type ChannelHistogram } from './contrast';
import type { Rgb } from './renderer/palette';
import type { LabelStyle, Renderer } from './renderer/renderer';

/** Of cells without a class, apart from the grey of pictures. */
const NO_CLASS: Rgb = [214, 190, 255];

export class Display {
  style: LabelStyle = { visible: true, outlines: false, opacity: 0.3 };
  readonly channels: Channels;
  private renderer: Renderer | null = null;

  constructor(
    image: Image,
    histogram: readonly ChannelHistogram[],
    private readonly classes: readonly LabelClass[],
    private readonly classOf: (label: number) => number | undefined,
    /** The picture must be drawn again, and the page too. */
    private readonly changed: () => void,
  ) {
    this.channels = new Channels(image, histogram, () => this.update());
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

  setStyle(change: Partial<LabelStyle>): void {
    this.style = { ...this.style, ...change };
    this.update();
  }

  classChanged(label: number): void {
    if (this.byClass) this.renderer?.setColor(label, this.colorOf(label));
  }

  private update(): void {
    if (this.renderer) {
      this.renderer.contrast = this.channels.shown;
      this.renderer.style = this.style;
      this.renderer.invalidate();
    }
    this.changed();
  }

  private colorOf(label: number): Rgb | null {
    const index = this.classOf(label);
    const found = this.classes.find((entry) => entry.index === index);
    if (!found) return NO_CLASS;
    const [r, g, b] = parseColor(found.color);
    return [r * 255, g * 255, b * 255];
  }
}
