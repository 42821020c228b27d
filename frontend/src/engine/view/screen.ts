/** The canvas that a session is drawn on, while there is one. */
import type { Rect } from '../geometry';
import { sliceKey, type Slice } from '../labels/operations';
import type { Tile } from '../renderer/pages';
import { Renderer } from '../renderer/renderer';
import type { Session } from '../session';
import { listenToPointer, type PointerHost } from './pointer';
import { Viewport } from './viewport';

/** What is drawn, and the tool that draws with it. */
export type ScreenParts = Pick<
  Session,
  'editor' | 'source' | 'display' | 'labelView' | 'toolbox' | 'notes'
>;

export interface ScreenEvents {
  changed(): void;
  /** The person looks at a part of the plane; some of its labels are not here yet. */
  looked(area: Rect, missing: readonly Tile[]): void;
}

export class Screen {
  viewport: Viewport | null = null;

  constructor(
    /** Read when the canvas comes: parts are still being put together before. */
    private readonly parts: ScreenParts,
    private readonly events: ScreenEvents,
  ) {}

  attach(canvas: HTMLCanvasElement, overlay: HTMLCanvasElement, hand: PointerHost): () => void {
    const { source, toolbox, notes, editor, labelView } = this.parts;
    const plane = { width: source.width, height: source.height };
    const make = (target: HTMLCanvasElement): Renderer => this.makeRenderer(target);
    const viewport = new Viewport(canvas, overlay, plane, make, () => this.events.changed());
    viewport.preview = () => toolbox.preview;
    viewport.pins = () => notes.pins(editor.currentSlice);
    viewport.drawn = (area, missing) => this.events.looked(area, missing);
    this.viewport = viewport;
    labelView.attach(viewport);
    const stop = listenToPointer(viewport, hand);
    return () => {
      stop();
      viewport.dispose();
      this.viewport = null;
      labelView.attach(null);
    };
  }

  draw(): void {
    this.viewport?.draw();
  }

  /** All of the picture must be drawn again. */
  invalidate(): void {
    this.viewport?.invalidate();
  }

  /** Another plane is looked at now, or its labels were loaded anew. */
  showPlane(): void {
    const renderer = this.viewport?.renderer;
    renderer?.forgetImage();
    renderer?.setPlane(this.parts.editor.plane);
    this.draw();
  }

  labelsArrived(slice: Slice): void {
    if (this.shows(slice)) this.invalidate();
  }

  labelsChanged(slice: Slice, rect: Rect): void {
    if (this.shows(slice)) this.viewport?.labelsChanged(rect);
  }

  showSelection(): void {
    const renderer = this.viewport?.renderer;
    const { selected } = this.parts.editor;
    if (!renderer || renderer.selected === selected) return;
    renderer.selected = selected;
    this.invalidate();
  }

  private shows(slice: Slice): boolean {
    return sliceKey(slice) === sliceKey(this.parts.editor.currentSlice);
  }

  private makeRenderer(canvas: HTMLCanvasElement): Renderer {
    const { editor, source, display, labelView } = this.parts;
    const renderer = new Renderer(canvas, editor.plane, source, display.channels.scales);
    renderer.selected = editor.selected;
    display.applyTo(renderer);
    labelView.applyTo(renderer);
    return renderer;
  }
}
