/**
 * Draws image and labels with WebGL 2.
 *
 * Tiles of 512 x 512 lie in slots of two texture arrays (16-bit image, 32-bit labels), found through a page table, so a frame costs
 * the same whatever the size of the image. Labels are authoritative on the CPU: a brush step uploads and redraws its rectangle.
 */
import type { Contrast } from '../image/contrast';
import { emptyRect, growRect, intersect, isEmpty, type Rect } from '../geometry';
import type { TextureScale, TileSource } from '../image/imageSource';
import { CHUNK, type LabelPlane } from '../labels/labels';
import { ImageTiles } from './imageTiles';
import { LabelTiles } from './labelTiles';
import { FrameMover, shiftTo, stripsOf, type Shown } from './frameMover';
import { drawsInSoftware, link, makeTexture, openContext } from './gl';
import type { Composite } from '../overlays/composite';
import { LabelLut, type Look } from './lut';
import { OverlayTexture } from './overlayTexture';
import type { Rgb } from './palette';
import { PageTable, Slots, type Tile } from './pages';
import { fragmentShader, MAX_LEVELS, VERTEX } from './shaders';
import { Uniforms } from './uniforms';
import { levelFor, tilesOf, visibleRect, type View } from './view';

export interface LabelStyle {
  visible: boolean;
  fill: boolean;
  lines: boolean;
  /** Of the fill, 0 to 1. */
  opacity: number;
  /** All but the selected cell are hidden. */
  onlySelected: boolean;
}

const MOST_SLOTS = 96;
/** Tiles of the coarsest level, which are at most two by two. */
const STOPGAP = 4;
const IMAGE = 0;
const LABELS = 1;
const PAGES = 2;
const LOOKS = 3;
const LOOK_PAGES = 4;
const LAYERS = 5;

export const FIRST_STYLE: LabelStyle = {
  visible: true,
  fill: true,
  lines: true,
  opacity: 0.3,
  onlySelected: false,
};

export class Renderer {
  readonly gl: WebGL2RenderingContext;
  readonly inSoftware: boolean;
  view: View = { x: 0, y: 0, scale: 1 };
  contrast: readonly Contrast[] = [];
  style = FIRST_STYLE;
  selected = 0;
  frames = { full: 0, partial: 0 };
  /** What the tiles take of the graphics memory. */
  readonly textureBytes: number;
  private plane: LabelPlane;
  private readonly uniforms: Uniforms;
  private readonly pages: PageTable;
  private readonly images: ImageTiles;
  private readonly labels: LabelTiles;
  /** The levels that are drawn now, of the image and of the labels. */
  private drawn = { image: 0, labels: 0 };
  private readonly slots: number;
  private readonly levels: number;
  private readonly lut: LabelLut;
  private readonly layers: OverlayTexture;
  /** The colour of labels without a look of their own; null for a colour by id. */
  private restColor: Rgb | null = null;
  private full = true;
  private moved = false;
  private dirty: Rect = emptyRect();
  private readonly mover: FrameMover;
  /** What is on the canvas. */
  private shown: Shown | null = null;

  constructor(
    readonly canvas: HTMLCanvasElement,
    plane: LabelPlane,
    private readonly source: TileSource,
    private readonly scales: readonly TextureScale[],
    mostSlots = MOST_SLOTS,
  ) {
    this.plane = plane;
    const gl = (this.gl = openContext(canvas));
    this.inSoftware = drawsInSoftware(gl);
    this.levels = Math.min(MAX_LEVELS, source.levels.length);
    this.pages = new PageTable(plane.columns, plane.rows, this.levels);
    const program = link(gl, VERTEX, fragmentShader(source.channels, plane.columns, plane.rows));
    gl.useProgram(program);
    this.uniforms = new Uniforms(gl, program);
    const layers = Number(gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS));
    const tiles = countTiles(plane, this.levels);
    const count = Math.min(mostSlots, tiles, Math.floor(layers / source.channels));
    this.slots = count;
    this.textureBytes = count * CHUNK * CHUNK * (2 * source.channels + 4);
    const [images, labels] = [new Slots(0, count, this.pages), new Slots(1, count, this.pages)];
    this.images = new ImageTiles(gl, IMAGE, source, images);
    this.labels = new LabelTiles(gl, LABELS, plane, labels, this.levels);
    this.lut = new LabelLut(gl, LOOKS, LOOK_PAGES);
    this.layers = new OverlayTexture(gl, LAYERS);
    this.mover = new FrameMover(gl);
    this.allocate(count);
  }

  /** Show another plane of the same size. */
  setPlane(plane: LabelPlane): void {
    this.plane = plane;
    this.labels.setPlane(plane);
    this.invalidate();
  }

  /** The source shows another time or depth now. */
  forgetImage(): void {
    this.images.forget();
    this.invalidate();
  }

  invalidate(): void {
    this.full = true;
  }

  /** Look at another part of the plane, or nearer or from farther away; nothing else has changed. */
  moveTo(view: View): void {
    this.view = view;
    this.moved = true;
  }

  /** Give labels looks of their own, and all others one colour, or, with null, a colour by id. */
  setLooks(looks: ReadonlyMap<number, Look>, rest: Rgb | null): void {
    this.lut.clear();
    for (const [label, look] of looks) this.lut.set(label, look);
    this.restColor = rest;
    this.invalidate();
  }

  setLook(label: number, look: Look | null): void {
    this.lut.set(label, look);
    this.invalidate();
  }

  /** Lay something over the plane, or nothing. */
  setLayers(composite: Composite | null): void {
    this.layers.show(composite?.isEmpty ? null : composite);
    this.invalidate();
  }

  /** Labels changed inside `rect`: bring them to the graphics memory and redraw that part. */
  labelsChanged(rect: Rect): void {
    const clipped = intersect(rect, this.plane.bounds);
    if (isEmpty(clipped)) return;
    this.labels.changed(clipped);
    const margin = Math.max(1, 1 / this.view.scale) * 3;
    growRect(this.dirty, {
      x0: clipped.x0 - margin,
      y0: clipped.y0 - margin,
      x1: clipped.x1 + margin,
      y1: clipped.y1 + margin,
    });
  }

  /** Draw what changed since the last call. Answers false when nothing did. */
  render(): boolean {
    if (!this.full && !this.moved && isEmpty(this.dirty)) return false;
    const { gl, canvas } = this;
    gl.viewport(0, 0, canvas.width, canvas.height);
    const areas = this.areasToDraw();
    if (areas) this.frames.partial++;
    else this.frames.full++;
    this.uploadPages();
    this.lut.upload();
    const sizes = this.source.levels.slice(0, this.levels);
    const { view, plane, style, contrast, scales, selected, restColor, layers, drawn } = this;
    this.uniforms.set({
      ...{ view, canvas, plane, style, contrast, scales },
      ...{ selected, restColor, layers, drawn, sizes },
    });
    gl.enable(gl.SCISSOR_TEST);
    for (const { x0, y0, x1, y1 } of areas ?? [canvasArea(canvas)]) {
      gl.scissor(x0, y0, x1 - x0, y1 - y0);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
    this.full = this.moved = false;
    this.dirty = emptyRect();
    this.shown = { view: this.view, width: canvas.width, height: canvas.height };
    return true;
  }

  dispose(): void {
    this.gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  private allocate(count: number): void {
    const { gl, source } = this;
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    makeTexture(gl, IMAGE, gl.TEXTURE_2D_ARRAY);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R16UI, CHUNK, CHUNK, count * source.channels);
    makeTexture(gl, LABELS, gl.TEXTURE_2D_ARRAY);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R32UI, CHUNK, CHUNK, count);
    makeTexture(gl, PAGES, gl.TEXTURE_2D);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R16UI, this.pages.width, this.pages.height);
    this.uniforms.setFixed({
      ...{ image: IMAGE, labels: LABELS, pages: PAGES, lut: LOOKS },
      ...{ lutPages: LOOK_PAGES, over: LAYERS },
    });
    gl.bindVertexArray(gl.createVertexArray());
    this.layers.show(null);
  }

  /** Tiles of the picture are here that were not uploaded yet: draw again. */
  get unfinished(): boolean {
    return this.images.unfinished;
  }

  /** Tiles of labels in sight that the plane does not have yet. */
  get missingLabels(): readonly Tile[] {
    return this.labels.missing;
  }

  /** The tiles that the view needs: first the coarsest level, which stands in for what is not here yet. */
  neededTiles(): { area: Rect; level: number; stopgap: Tile[]; wanted: Tile[] } | null {
    const area = visibleRect(this.view, this.plane, this.canvas);
    if (isEmpty(area)) return null;
    const level = this.levelIn(area);
    const coarsest = this.levels - 1;
    const stopgap = coarsest > level ? tilesOf(area, coarsest) : [];
    return { area, level, stopgap, wanted: tilesOf(area, level) };
  }

  private makeResident(): void {
    const needed = this.neededTiles();
    if (!needed) return;
    const { area, level, stopgap, wanted } = needed;
    this.images.show([...stopgap, ...wanted]);
    this.drawn = { image: level, labels: this.labels.show(area, level) };
  }

  /** The level for the zoom, or the next one whose tiles in sight find room. */
  private levelIn(area: Rect): number {
    let level = levelFor(this.view.scale, this.levels);
    while (level < this.levels - 1 && tilesOf(area, level).length + STOPGAP > this.slots) level++;
    return level;
  }

  private uploadPages(): void {
    if (!this.pages.changed) return;
    const { gl, pages } = this;
    gl.activeTexture(gl.TEXTURE0 + PAGES);
    const [format, type] = [gl.RED_INTEGER, gl.UNSIGNED_SHORT];
    const { width, height, entries } = pages;
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, format, type, entries);
    pages.changed = false;
  }

  /** Parts of the canvas, rows counted from below, outside of which it is as it has to be; null for all of it. */
  private areasToDraw(): Rect[] | null {
    const before = this.drawn;
    if (this.full || this.moved) this.makeResident();
    if (this.full) return null;
    const areas = isEmpty(this.dirty) ? [] : [this.dirtyArea()];
    if (!this.moved) return areas;
    const isSame = before.image === this.drawn.image && before.labels === this.drawn.labels;
    const { width, height } = this.canvas;
    const shift = this.shown && isSame && shiftTo(this.shown, { view: this.view, width, height });
    if (!shift) return null;
    this.mover.move(this.canvas, shift);
    return [...stripsOf(this.canvas, shift), ...areas];
  }

  private dirtyArea(): Rect {
    const { canvas, view, dirty } = this;
    const x = (value: number): number => (value - view.x) * view.scale + canvas.width / 2;
    const y = (value: number): number => canvas.height / 2 - (value - view.y) * view.scale;
    const [x0, x1] = [Math.floor(x(dirty.x0)) - 1, Math.ceil(x(dirty.x1)) + 1];
    const [y0, y1] = [Math.floor(y(dirty.y1)) - 1, Math.ceil(y(dirty.y0)) + 1];
    return { x0, y0, x1: Math.max(x0, x1), y1: Math.max(y0, y1) };
  }
}

function countTiles(plane: LabelPlane, levels: number): number {
  let count = 0;
  for (let level = 0; level < levels; level++) {
    count += Math.ceil(plane.columns / 2 ** level) * Math.ceil(plane.rows / 2 ** level);
  }
  return count;
}

function canvasArea({ width, height }: { width: number; height: number }): Rect {
  return { x0: 0, y0: 0, x1: width, y1: height };
}
