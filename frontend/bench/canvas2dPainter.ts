/**
 * The same scene with plain Canvas2D, as well as it goes: tiles are mixed into canvases once, a frame copies those in sight, a brush
 * step repaints its rectangle only.
 */
import { CHUNK, type Chunk } from '../src/engine/labels/chunks';
import { parseColor, type Contrast } from '../src/engine/image/contrast';
import { intersect, isEmpty, type Rect } from '../src/engine/geometry';
import { LabelPlane } from '../src/engine/labels/labels';
import { colorOfLabel } from '../src/engine/renderer/palette';
import type { Tile } from '../src/engine/renderer/pages';
import { levelFor, tilesOf, visibleRect, type View } from '../src/engine/renderer/view';
import type { Painter } from './painter';
import type { Scene } from './scene';

const MOST_TILES = 128;
const OPACITY = Math.round(0.3 * 255);

interface Layer {
  image: OffscreenCanvas;
  labels: OffscreenCanvas;
}

export class Canvas2dPainter implements Painter {
  readonly plane: LabelPlane;
  readonly looks: readonly Contrast[];
  private readonly context: CanvasRenderingContext2D;
  private readonly tiles = new Map<string, Layer>();
  private view: View = { x: 0, y: 0, scale: 1 };
  private contrast: Contrast[];
  private dirty: Rect | null = null;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly scene: Scene,
    paged: boolean,
  ) {
    this.plane = scene.plane(paged);
    this.looks = scene.contrast;
    this.contrast = scene.contrast;
    this.context = canvas.getContext('2d', { alpha: false })!;
    this.context.imageSmoothingEnabled = false;
  }

  setView(view: View): void {
    this.view = view;
    this.dirty = null;
  }

  setContrast(contrast: Contrast[]): void {
    this.contrast = contrast;
    for (const { image } of this.tiles.values()) this.mix(image);
    this.dirty = null;
  }

  labelsChanged(rect: Rect): void {
    for (const tile of tilesOf(rect, 0)) {
      const layer = this.tiles.get(keyOf(tile));
      if (!layer) continue;
      const [x0, y0] = [tile.column * CHUNK, tile.row * CHUNK];
      const part = intersect(rect, { x0, y0, x1: x0 + CHUNK, y1: y0 + CHUNK });
      if (!isEmpty(part)) this.paint(layer.labels, this.chunkOf(tile), part);
    }
    this.dirty = rect;
  }

  draw(): void {
    const { context, canvas, view, plane, dirty } = this;
    context.save();
    context.setTransform(
      ...([view.scale, 0, 0, view.scale] as const),
      canvas.width / 2 - view.x * view.scale,
      canvas.height / 2 - view.y * view.scale,
    );
    const level = levelFor(view.scale, this.scene.levels.length);
    const area = dirty ?? visibleRect(view, plane, canvas);
    if (dirty) {
      context.beginPath();
      context.rect(area.x0, area.y0, area.x1 - area.x0, area.y1 - area.y0);
      context.clip();
    }
    const side = CHUNK << level;
    for (const tile of tilesOf(area, level)) {
      const { image, labels } = this.layer(tile);
      for (const layer of [image, labels]) {
        context.drawImage(layer, tile.column * side, tile.row * side, side, side);
      }
    }
    context.restore();
    context.getImageData(0, 0, 1, 1);
    this.dirty = null;
  }

  get pictureBytes(): number {
    return this.tiles.size * 2 * CHUNK * CHUNK * 4;
  }

  dispose(): void {
    this.tiles.clear();
    this.canvas.width = this.canvas.height = 1;
  }

  private layer(tile: Tile): Layer {
    const key = keyOf(tile);
    const known = this.tiles.get(key);
    this.tiles.delete(key);
    const layer = known ?? this.make(tile);
    this.tiles.set(key, layer);
    for (const oldest of this.tiles.keys()) {
      if (this.tiles.size <= MOST_TILES) break;
      this.tiles.delete(oldest);
    }
    return layer;
  }

  private make(tile: Tile): Layer {
    const image = new OffscreenCanvas(CHUNK, CHUNK);
    const labels = new OffscreenCanvas(CHUNK, CHUNK);
    this.mix(image);
    this.paint(labels, this.chunkOf(tile), { x0: 0, y0: 0, x1: CHUNK, y1: CHUNK });
    return { image, labels };
  }

  private chunkOf({ level, column, row }: Tile): Chunk {
    const { finest } = this.plane;
    if (level > 0) return this.scene.chunk(level, column, row);
    if (!finest.has(column, row)) finest.arrive(column, row, this.scene.chunk(0, column, row));
    return finest.read(column, row)!;
  }

  private mix(image: OffscreenCanvas): void {
    const out = new ImageData(CHUNK, CHUNK);
    const channels = this.scene.tile();
    for (const [c, samples] of channels.entries()) {
      const { low, high, color } = this.contrast[c]!;
      const [r, g, b] = parseColor(color);
      const scale = 255 / (high - low);
      for (let i = 0; i < samples.length; i++) {
        const value = Math.max(0, (samples[i]! - low) * scale);
        out.data[i * 4]! += value * r; // clamped by the array
        out.data[i * 4 + 1]! += value * g;
        out.data[i * 4 + 2]! += value * b;
      }
    }
    for (let i = 3; i < out.data.length; i += 4) out.data[i] = 255;
    image.getContext('2d')!.putImageData(out, 0, 0);
  }

  /** `part` is in pixels of the plane, or of the tile; both lie the same way in it. */
  private paint(labels: OffscreenCanvas, chunk: Chunk, part: Rect): void {
    const [x0, y0] = [part.x0 % CHUNK, part.y0 % CHUNK];
    const out = new ImageData(part.x1 - part.x0, part.y1 - part.y0);
    for (let y = 0; y < out.height; y++) {
      for (let x = 0; x < out.width; x++) {
        const id = chunk[(y0 + y) * CHUNK + x0 + x]!;
        if (!id) continue;
        const [r, g, b] = colorOfLabel(id);
        out.data.set([r, g, b, OPACITY], (y * out.width + x) * 4);
      }
    }
    labels.getContext('2d')!.putImageData(out, x0, y0);
  }
}

function keyOf({ level, column, row }: Tile): string {
  return `${level}/${column}/${row}`;
}
