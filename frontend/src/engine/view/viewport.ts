/** The two canvases of a picture: WebGL below, previews above; their size, the view, and when they are drawn. */
import type { Point, Rect } from '../geometry';
import type { Tail } from '../overlays/tracks';
import { drawCross } from '../renderer/cross';
import { drawOverlay, drawSectionLines, type Mark } from '../renderer/overlay';
import { drawPins, type Pin } from '../renderer/pins';
import { Renderer } from '../renderer/renderer';
import type { Tile } from '../renderer/pages';
import {
  fitView,
  panBy,
  toCanvas,
  toImage,
  visibleRect,
  zoomAt,
  type Size,
  type View,
} from '../renderer/view';
import type { Preview } from '../tools';

const REFINE_AFTER_MS = 160;
/** CSS pixels between the keyboard's cross-hair and the edge of the screen. */
const REVEAL_MARGIN = 24;

export class Viewport {
  renderer: Renderer | null = null;
  preview: () => Preview | null = () => null;
  marks: readonly Mark[] = [];
  /** What is in sight was drawn, all but the tiles of labels that are missing. */
  drawn: (area: Rect, missing: readonly Tile[]) => void = () => undefined;
  tails: readonly Tail[] = [];
  pins: () => readonly Pin[] = () => [];
  /** The image point that sections of the stack go through. */
  sectionCross: Point | null = null;
  /** The image point of the keyboard's cross-hair. */
  cross: Point | null = null;
  private view: View = { x: 0, y: 0, scale: 1 };
  private fitted = true;
  private frame = 0;
  private coarse = false;
  private refine: ReturnType<typeof setTimeout> | undefined;
  private readonly context: CanvasRenderingContext2D | null;
  private readonly observer: ResizeObserver;
  private readonly listening = new AbortController();

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly overlay: HTMLCanvasElement,
    private readonly plane: Size,
    private readonly makeRenderer: (canvas: HTMLCanvasElement) => Renderer,
    /** The view changed: the page shows the zoom. */
    private readonly changed: () => void,
  ) {
    this.context = overlay.getContext('2d');
    const { signal } = this.listening;
    canvas.addEventListener('webglcontextlost', (event) => event.preventDefault(), { signal });
    canvas.addEventListener('webglcontextrestored', () => this.restart(), { signal });
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(overlay);
    this.resize();
    this.restart();
    this.fit();
  }

  get zoom(): number {
    return this.view.scale;
  }

  /** In the pixels of the overlay. */
  get shownView(): View {
    return this.view;
  }

  /** The view in the pixels of the overlay, which are device pixels. */
  get size(): Size {
    return { width: this.overlay.width, height: this.overlay.height };
  }

  imagePoint(event: { offsetX: number; offsetY: number }): Point {
    const ratio = this.ratio;
    const point = { x: event.offsetX * ratio, y: event.offsetY * ratio };
    return toImage(this.view, this.size, point);
  }

  /** Device pixels per CSS pixel. */
  get ratio(): number {
    return this.overlay.width / Math.max(1, this.overlay.clientWidth);
  }

  fit(): void {
    this.setView(fitView(this.plane, this.size));
    this.fitted = true;
  }

  zoomTo(scale: number): void {
    this.zoomBy(scale / this.view.scale);
  }

  /** Zoom about an image point, or about the middle. */
  zoomBy(factor: number, at?: Point): void {
    const center = at ?? { x: this.view.x - 0.5, y: this.view.y - 0.5 };
    this.moving();
    this.setView(zoomAt(this.view, this.plane, this.size, center, factor));
  }

  /** Move by CSS pixels. */
  pan(dx: number, dy: number): void {
    if (this.coarse) this.moving(); // what zooming began; panning alone moves the frame, which is quick
    this.setView(panBy(this.view, this.plane, dx * this.ratio, dy * this.ratio));
  }

  /** The image point in the middle of the screen. */
  get middle(): Point {
    return { x: this.view.x - 0.5, y: this.view.y - 0.5 };
  }

  /** Move the view just as far as it takes to see an image point. */
  reveal(point: Point): void {
    const { width, height } = this.size;
    const margin = Math.min(REVEAL_MARGIN * this.ratio, width / 4, height / 4);
    const { x, y } = toCanvas(this.view, this.size, point);
    const lack = (at: number, size: number): number =>
      Math.min(0, size - margin - at) + Math.max(0, margin - at);
    const [dx, dy] = [lack(x, width), lack(y, height)];
    if (dx !== 0 || dy !== 0) this.setView(panBy(this.view, this.plane, dx, dy));
  }

  /** Bring an image point to the middle. */
  centerOn(point: Point): void {
    const moved = { ...this.view, x: point.x + 0.5, y: point.y + 0.5 };
    this.moving();
    this.setView(panBy(moved, this.plane, 0, 0));
  }

  /** Bring an image point to the middle, large enough to work on. */
  focus(point: Point, scale: number): void {
    this.setView({ x: point.x + 0.5, y: point.y + 0.5, scale: Math.max(this.view.scale, scale) });
  }

  labelsChanged(rect: Rect): void {
    this.renderer?.labelsChanged(rect);
    this.draw();
  }

  /** All of the picture must be drawn again. */
  invalidate(): void {
    this.renderer?.invalidate();
    this.draw();
  }

  draw(): void {
    this.frame ||= requestAnimationFrame(() => this.drawNow());
  }

  drawNow(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const { renderer } = this;
    if (renderer?.render()) {
      this.drawn(visibleRect(this.view, this.plane, this.size), renderer.missingLabels);
      if (renderer.unfinished) this.invalidate();
    }
    if (!this.context) return;
    drawOverlay(this.context, this.size, this.view, this.preview(), this);
    drawPins(this.context, this.size, this.view, this.pins(), this.ratio);
    if (this.sectionCross) {
      const at = toCanvas(this.view, this.size, this.sectionCross);
      drawSectionLines(this.context, this.size, at);
    }
    if (this.cross) drawCross(this.context, this.size, this.view, this.cross);
  }

  dispose(): void {
    this.listening.abort();
    this.observer.disconnect();
    clearTimeout(this.refine);
    cancelAnimationFrame(this.frame);
    this.renderer?.dispose();
    this.renderer = null;
  }

  private restart(): void {
    this.renderer = this.makeRenderer(this.canvas);
    this.applyView();
    this.draw();
  }

  private setView(view: View): void {
    this.fitted = false;
    this.view = view;
    this.applyView();
    this.draw();
    this.changed();
  }

  private applyView(): void {
    if (!this.renderer) return;
    const scale = (this.view.scale * this.canvas.width) / Math.max(1, this.overlay.width);
    this.renderer.moveTo({ ...this.view, scale });
  }

  /** Software drawing is bound by pixels: draw a quarter of them while the zoom changes. */
  private moving(): void {
    if (!this.renderer?.inSoftware) return;
    clearTimeout(this.refine);
    this.refine = setTimeout(() => this.setCoarse(false), REFINE_AFTER_MS);
    if (!this.coarse) this.setCoarse(true);
  }

  private setCoarse(coarse: boolean): void {
    this.coarse = coarse;
    this.resizeCanvas();
    this.applyView();
    this.draw();
  }

  private resize(): void {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(this.overlay.clientWidth * ratio));
    const height = Math.max(1, Math.round(this.overlay.clientHeight * ratio));
    if (this.overlay.width === width && this.overlay.height === height && this.renderer) return;
    this.overlay.width = width;
    this.overlay.height = height;
    this.resizeCanvas();
    if (this.fitted) this.fit();
    this.applyView();
    this.drawNow(); // a resized canvas is empty: waiting for the next frame would flicker
  }

  private resizeCanvas(): void {
    const share = this.coarse ? 0.5 : 1;
    this.canvas.width = Math.max(1, Math.round(this.overlay.width * share));
    this.canvas.height = Math.max(1, Math.round(this.overlay.height * share));
    this.renderer?.invalidate(); // the canvas is empty now
  }
}
