/** A cross-hair that keys move over the picture, so that every tool can be used without a pointer. */
import type { Editor } from '../labels/editor';
import type { Point } from '../geometry';
import type { Size } from '../renderer/view';
import type { Pointer, Tool } from '../tools';
import type { Viewport } from './viewport';

export interface CursorHost {
  readonly editor: Editor;
  readonly tool: Tool;
  /** True while edits wait for labels to load, say. */
  readonly busy: boolean;
  readonly plane: Size;
  viewport(): Viewport | null;
  /** What the page tells about the cross-hair changed. */
  changed(): void;
}

/** What the page says about the cross-hair: whole image pixels, and the cell they lie in. */
export interface CursorState extends Point {
  label: number;
  pressed: boolean;
}

/** Image pixels per screen pixel as tools see them: a cross-hair is exact, it needs no tolerance. */
const EXACT = 0.1;

export class KeyboardCursor {
  private point: Point | null = null;
  /** The tool that is pressed down at the cross-hair; a tool with nothing to do on release never is. */
  private held: Tool | null = null;

  constructor(private readonly host: CursorHost) {}

  get isOn(): boolean {
    return this.point !== null;
  }

  get state(): CursorState | null {
    if (!this.point) return null;
    const label = this.host.editor.labelAt(this.point);
    return { ...this.point, label, pressed: this.isPressed };
  }

  toggle(): void {
    if (this.point) this.hide();
    else this.show();
  }

  /** The pointer takes over: what the keys began is kept, as a stroke taken away by the system is. */
  hide(): void {
    if (!this.point) return;
    this.release(false);
    this.point = null;
    this.shown();
  }

  /** Forget the press: the tool gave up what it began. */
  drop(): void {
    this.held = null;
    if (this.point) this.shown();
  }

  /** Move by steps of one pixel, or of the brush's radius. */
  move(dx: number, dy: number, far: boolean): void {
    if (!this.point) return;
    const { plane, editor, tool } = this.host;
    const step = far ? Math.max(1, Math.round(editor.radius)) : 1;
    const within = (value: number, size: number): number => Math.min(size - 1, Math.max(0, value));
    this.point = {
      x: within(this.point.x + dx * step, plane.width),
      y: within(this.point.y + dy * step, plane.height),
    };
    tool.move?.(editor, this.pointer(this.point, false), this.isPressed);
    this.host.viewport()?.reveal(this.point);
    this.shown();
  }

  /** Press the tool, or lift it. */
  press(shift: boolean): void {
    if (!this.point) return;
    if (this.isPressed) {
      this.release(shift);
    } else if (!this.host.busy) {
      const { tool, editor } = this.host;
      const pointer = this.pointer(this.point, shift);
      tool.down?.(editor, pointer);
      this.held = tool.up ? tool : null;
    }
    this.shown();
  }

  /** Another tool in hand ends the press. */
  private get isPressed(): boolean {
    return this.held !== null && this.held === this.host.tool;
  }

  private show(): void {
    this.host.viewport()?.overlay.focus({ preventScroll: true });
    const { plane, tool, editor } = this.host;
    const middle = this.host.viewport()?.middle ?? { x: plane.width / 2, y: plane.height / 2 };
    this.point = {
      x: Math.min(plane.width - 1, Math.max(0, Math.floor(middle.x))),
      y: Math.min(plane.height - 1, Math.max(0, Math.floor(middle.y))),
    };
    tool.move?.(editor, this.pointer(this.point, false), false);
    this.shown();
  }

  private release(shift: boolean): void {
    const held = this.isPressed ? this.held : null;
    this.held = null;
    if (held && this.point) held.up?.(this.host.editor, this.pointer(this.point, shift));
  }

  private pointer(point: Point, shift: boolean): Pointer {
    return { ...point, shift, pixel: EXACT };
  }

  private shown(): void {
    const viewport = this.host.viewport();
    if (viewport) viewport.cross = this.point;
    viewport?.draw();
    this.host.changed();
  }
}
