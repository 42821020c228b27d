/** How picture and labels look: contrast per channel, and the style of the labels. */
import type { Image } from '../../api/types';
import { Channels } from './channels';
import type { ChannelHistogram } from './contrast';
import { FIRST_STYLE, type LabelStyle, type Renderer } from '../renderer/renderer';

export class Display {
  style: LabelStyle = FIRST_STYLE;
  readonly channels: Channels;
  private renderer: Renderer | null = null;

  constructor(
    image: Image,
    histogram: readonly ChannelHistogram[],
    /** The picture must be drawn again, and the page too. */
    private readonly changed: () => void,
  ) {
    this.channels = new Channels(image, histogram, () => this.update());
  }

  /** From now on the renderer shows this display. */
  applyTo(renderer: Renderer): void {
    this.renderer = renderer;
    this.update();
  }

  setStyle(change: Partial<LabelStyle>): void {
    this.style = { ...this.style, ...change };
    this.update();
  }

  private update(): void {
    if (this.renderer) {
      this.renderer.contrast = this.channels.shown;
      this.renderer.style = this.style;
      this.renderer.invalidate();
    }
    this.changed();
  }
}
