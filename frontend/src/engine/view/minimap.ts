/** The whole picture in a corner, with a frame round what is on the screen; dragging in it moves the view. */
import { fitCanvas, toCanvas } from '../labels/bitmap';
import type { Contrast } from '../image/contrast';
import { mixChannels } from '../grid/crop';
import type { Point, Rect } from '../geometry';
import type { SampleSource } from '../image/imageSource';
import { Latest } from './latest';
import { sliceKey, type Slice } from '../labels/operations';
import type { Size, View } from '../renderer/view';

/** The longer side, in CSS pixels. */
const LONGEST = 150;
const SHORTEST = 24;

export function minimapSize(plane: Size): Size {
  const scale = LONGEST / Math.max(plane.width, plane.height);
  return {
    width: Math.max(SHORTEST, Math.round(plane.width * scale)),
    height: Math.max(SHORTEST, Math.round(plane.height * scale)),
  };
}

/** What the view shows, as shares of the plane; null when it shows all of it. */
export function shareInView(view: View, canvas: Size, plane: Size): Rect | null {
  const halfWidth = canvas.width / 2 / view.scale;
  const halfHeight = canvas.height / 2 / view.scale;
  const x0 = Math.max(0, (view.x - halfWidth) / plane.width);
  const x1 = Math.min(1, (view.x + halfWidth) / plane.width);
  const y0 = Math.max(0, (view.y - halfHeight) / plane.height);
  const y1 = Math.min(1, (view.y + halfHeight) / plane.height);
  return x0 <= 0 && y0 <= 0 && x1 >= 1 && y1 >= 1 ? null : { x0, y0, x1, y1 };
}

export interface MinimapParts {
  source: SampleSource;
  slice(): Slice;
  contrast(): readonly Contrast[];
  view(): { view: View; size: Size } | null;
  /** Bring an image point to the middle. */
  center(point: Point): void;
}

export class Minimap {
  private canvas: HTMLCanvasElement | null = null;
  private overview: { key: string; channels: Float32Array[]; size: Size } | null = null;
  private painted: { contrast: readonly Contrast[]; picture: OffscreenCanvas } | null = null;
  private readonly latest = new Latest();
  private frame = 0;

  constructor(private readonly parts: MinimapParts) {}

  get size(): Size {
    return minimapSize(this.parts.source);
  }

  /** Some of the picture is out of sight. */
  get needed(): boolean {
    return this.inView() !== null;
  }

  attach(canvas: HTMLCanvasElement): () => void {
    this.canvas = canvas;
    const listening = new AbortController();
    const { signal } = listening;
    const follow = (event: PointerEvent): void => {
      if (event.type === 'pointerdown') canvas.setPointerCapture(event.pointerId);
      else if (event.buttons === 0) return;
      const { width, height } = this.parts.source;
      const x = (event.offsetX / canvas.clientWidth) * width - 0.5;
      const y = (event.offsetY / canvas.clientHeight) * height - 0.5;
      this.parts.center({ x, y });
    };
    canvas.addEventListener('pointerdown', follow, { signal });
    canvas.addEventListener('pointermove', follow, { signal });
    this.draw();
    return () => {
      listening.abort();
      cancelAnimationFrame(this.frame);
      this.frame = 0;
      this.canvas = null;
    };
  }

  draw(): void {
    if (this.canvas) this.frame ||= requestAnimationFrame(() => this.drawNow());
  }

  private inView(): Rect | null {
    const shown = this.parts.view();
    return shown && shareInView(shown.view, shown.size, this.parts.source);
  }

  private drawNow(): void {
    this.frame = 0;
    const { canvas } = this;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    this.load();
    const ratio = fitCanvas(canvas);
    context.imageSmoothingEnabled = true;
    const picture = this.picture();
    if (picture) context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    else context.clearRect(0, 0, canvas.width, canvas.height);
    const frame = this.inView();
    if (!frame) return;
    const [left, top] = [frame.x0 * canvas.width, frame.y0 * canvas.height];
    const width = Math.max(4, (frame.x1 - frame.x0) * canvas.width);
    const height = Math.max(4, (frame.y1 - frame.y0) * canvas.height);
    context.lineWidth = 3 * ratio;
    context.strokeStyle = 'rgb(0 0 0 / 65%)';
    context.strokeRect(left, top, width, height);
    context.lineWidth = 1.5 * ratio;
    context.strokeStyle = '#fff';
    context.strokeRect(left, top, width, height);
  }

  private load(): void {
    const { source } = this.parts;
    const slice = this.parts.slice();
    const key = sliceKey(slice);
    if (this.overview?.key === key) return;
    const level = source.levels.length - 1;
    const size = source.levels[level]!;
    const area = { x0: 0, y0: 0, x1: size.width, y1: size.height };
    this.latest.run(async () => {
      const reads = Array.from({ length: source.channels }, (_, c) =>
        source.intensities.read(c, slice, level, area),
      );
      this.overview = { key, channels: await Promise.all(reads), size };
      this.painted = null;
      this.draw();
    });
  }

  private picture(): OffscreenCanvas | null {
    if (!this.overview) return null;
    const contrast = this.parts.contrast();
    if (this.painted?.contrast !== contrast) {
      const { channels, size } = this.overview;
      const pixels = mixChannels(channels, contrast, size.width * size.height);
      this.painted = { contrast, picture: toCanvas(pixels, size) };
    }
    return this.painted.picture;
  }
}
