/** One picture that is shown several times side by side: the part in sight, the plane and the pointer are common to all. No React. */
import type { Image, Sample } from '../../api/types';
import { Channels } from '../image/channels';
import type { ChannelHistogram } from '../image/contrast';
import { mixChannels } from '../grid/crop';
import type { Point } from '../geometry';
import { httpFetcher, SampleSource } from '../image/imageSource';
import { CHUNK } from '../labels/labels';
import { sliceKey, type Slice } from '../labels/operations';
import {
  fitView,
  levelFor,
  panBy,
  visibleRect,
  zoomAt,
  type Size,
  type View,
} from '../renderer/view';
import { ZarrImage, type Fetcher } from '../image/zarr';

const KEPT_TILES = 64;

export interface SceneState {
  view: View;
  slice: Slice;
  /** The image point under the pointer, in whichever of the views it is. */
  pointer: Point | null;
}

export interface SceneOptions {
  /** Of each channel, for the range of its window. */
  histogram?: readonly ChannelHistogram[];
  fetcher?: Fetcher;
}

export class Scene {
  readonly source: SampleSource;
  readonly channels: Channels;
  private canvas: Size = { width: 1, height: 1 };
  private fitted = true;
  private readonly tiles = new Map<string, OffscreenCanvas>();
  private readonly listeners = new Set<() => void>();
  private shown: SceneState;

  constructor(
    image: Image,
    region: Sample['region'],
    { histogram = [], fetcher = httpFetcher(image.id) }: SceneOptions = {},
  ) {
    this.channels = new Channels(image, histogram, () => this.mixAgain());
    this.source = new SampleSource(new ZarrImage(fetcher), image, region, this.channels.scales);
    this.source.onTile = () => this.tell();
    const slice = { t: 0, z: Math.floor(this.source.depth / 2) };
    this.source.goTo(slice);
    this.shown = { view: fitView(this.plane, this.canvas), slice, pointer: null };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): SceneState => this.shown;

  get plane(): Size {
    return { width: this.source.width, height: this.source.height };
  }

  /** The size of the canvases, which are alike, in device pixels. */
  resize(canvas: Size): void {
    if (canvas.width === this.canvas.width && canvas.height === this.canvas.height) return;
    this.canvas = canvas;
    if (this.fitted) this.fit();
  }

  fit(): void {
    this.show({ view: fitView(this.plane, this.canvas) });
    this.fitted = true;
  }

  /** Zoom about an image point, or about the middle. */
  zoomBy(factor: number, at?: Point): void {
    const { view } = this.shown;
    const center = at ?? { x: view.x - 0.5, y: view.y - 0.5 };
    this.move(zoomAt(view, this.plane, this.canvas, center, factor));
  }

  /** Move by canvas pixels. */
  pan(dx: number, dy: number): void {
    this.move(panBy(this.shown.view, this.plane, dx, dy));
  }

  /** Bring a place to the middle, near enough to see something of `area` pixels with its surroundings. */
  focus(slice: Slice, point: Point, area: number): void {
    const across = 5 * Math.max(8, Math.sqrt(area));
    const scale = Math.min(this.canvas.width, this.canvas.height) / across;
    this.goTo(slice);
    this.move({ x: point.x + 0.5, y: point.y + 0.5, scale });
  }

  goTo(slice: Slice): void {
    const t = Math.min(this.source.frames - 1, Math.max(0, slice.t));
    const z = Math.min(this.source.depth - 1, Math.max(0, slice.z));
    this.source.goTo({ t, z });
    this.show({ slice: { t, z } });
  }

  point(pointer: Point | null): void {
    this.show({ pointer });
  }

  /** Draw the picture: its coarsest tiles first, so that something is there while finer ones load. */
  draw(context: CanvasRenderingContext2D, size: Size): void {
    const { view } = this.shown;
    const { levels } = this.source;
    context.clearRect(0, 0, size.width, size.height);
    // Enlarged pixels stay squares; only what is made smaller is smoothed.
    context.imageSmoothingEnabled = view.scale < 1;
    const finest = levelFor(view.scale, levels.length);
    this.drawLevel(context, size, levels.length - 1);
    if (finest !== levels.length - 1) this.drawLevel(context, size, finest);
  }

  private drawLevel(context: CanvasRenderingContext2D, size: Size, level: number): void {
    const { view } = this.shown;
    const step = 2 ** level;
    const { width, height } = this.source.levels[level]!;
    const seen = visibleRect(view, this.plane, size);
    const left = size.width / 2 - view.x * view.scale;
    const top = size.height / 2 - view.y * view.scale;
    const pixel = step * view.scale;
    const last = (end: number): number => Math.floor((end - 1) / step / CHUNK);
    for (let row = Math.floor(seen.y0 / step / CHUNK); row <= last(seen.y1); row++) {
      for (let column = Math.floor(seen.x0 / step / CHUNK); column <= last(seen.x1); column++) {
        const tile = this.tile(level, column, row);
        const wide = Math.min(CHUNK, width - column * CHUNK);
        const tall = Math.min(CHUNK, height - row * CHUNK);
        if (!tile || wide <= 0 || tall <= 0) continue;
        const x = left + column * CHUNK * pixel;
        const y = top + row * CHUNK * pixel;
        context.drawImage(tile, 0, 0, wide, tall, x, y, wide * pixel, tall * pixel);
      }
    }
  }

  private tile(level: number, column: number, row: number): OffscreenCanvas | undefined {
    const key = `${sliceKey(this.shown.slice)}/${level}/${column}/${row}`;
    const known = this.tiles.get(key);
    if (known) return known;
    const samples = this.source.tile(level, column, row);
    if (!samples) return undefined;
    const contrast = this.channels.shown.map((channel, c) => {
      const { offset, factor } = this.channels.scales[c]!;
      const scaled = (value: number): number => (value - offset) * factor;
      return { ...channel, low: scaled(channel.low), high: scaled(channel.high) };
    });
    const tile = new OffscreenCanvas(CHUNK, CHUNK);
    const pixels = mixChannels(samples, contrast, CHUNK * CHUNK);
    tile.getContext('2d')?.putImageData(new ImageData(pixels, CHUNK, CHUNK), 0, 0);
    this.tiles.set(key, tile);
    for (const oldest of this.tiles.keys()) {
      if (this.tiles.size <= KEPT_TILES) break;
      this.tiles.delete(oldest);
    }
    return tile;
  }

  private mixAgain(): void {
    this.tiles.clear();
    this.tell();
  }

  private move(view: View): void {
    this.fitted = false;
    this.show({ view });
  }

  private show(change: Partial<SceneState>): void {
    this.shown = { ...this.shown, ...change };
    for (const listener of this.listeners) listener();
  }

  /** Something new is to be drawn, although nothing moved. */
  private tell(): void {
    this.show({});
  }
}
