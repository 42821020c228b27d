/** Box and point, for detection: what is stored is a cell of that shape, with the chosen class. */
import type { Editor } from '../labels/editor';
import type { Point, Rect, SpanSink } from '../geometry';
import { discSpans } from '../labels/raster';
import { drawShape } from './drawing';
import type { Pointer, Preview, Tool } from './tool';
import { Trail } from './trail';

/** The pixels from one to another, both included. */
function pixelsBetween(a: Point, b: Point): Rect {
  return {
    x0: Math.round(Math.min(a.x, b.x)),
    y0: Math.round(Math.min(a.y, b.y)),
    x1: Math.round(Math.max(a.x, b.x)) + 1,
    y1: Math.round(Math.max(a.y, b.y)) + 1,
  };
}

/** Drag from corner to corner. */
export class Box implements Tool {
  readonly name = 'box';
  private readonly trail = new Trail();
  private extend = false;

  down(_editor: Editor, pointer: Pointer): void {
    this.trail.begin(pointer);
    this.extend = pointer.shift;
  }

  move(_editor: Editor, pointer: Pointer, pressed: boolean): void {
    if (pressed) this.trail.add(pointer);
  }

  up(editor: Editor, pointer: Pointer): void {
    this.trail.add(pointer);
    const { isClick } = this.trail;
    const rect = this.rect();
    this.trail.clear();
    if (!rect) return;
    if (isClick) {
      editor.hint('box_drag');
      return;
    }
    const rows = (sink: SpanSink): void => {
      for (let y = rect.y0; y < rect.y1; y++) sink(y, rect.x0, rect.x1);
    };
    drawShape(editor, rows, this.extend);
  }

  cancel(): void {
    this.trail.clear();
  }

  preview(): Preview | null {
    const rect = this.trail.isClick ? null : this.rect();
    if (!rect) return null;
    // Along the edges of the pixels, whose centres are whole numbers.
    const [left, right, top, bottom] = [rect.x0, rect.x1, rect.y0, rect.y1].map((v) => v - 0.5);
    const points = [
      { x: left!, y: top! },
      { x: right!, y: top! },
      { x: right!, y: bottom! },
      { x: left!, y: bottom! },
    ];
    return { kind: 'outline', points, closed: true };
  }

  private rect(): Rect | null {
    const [from, to] = [this.trail.points[0], this.trail.points.at(-1)];
    return from && to ? pixelsBetween(from, to) : null;
  }
}

/** Click a cell's middle: a disc as large as the brush. */
export class PointMark implements Tool {
  readonly name = 'point';
  private hover: Point | null = null;

  down(editor: Editor, pointer: Pointer): void {
    const { x, y, shift } = pointer;
    drawShape(editor, (sink) => discSpans({ x, y, radius: editor.radius }, sink), shift);
  }

  move(_editor: Editor, { x, y }: Pointer): void {
    this.hover = { x, y };
  }

  preview(editor: Editor): Preview | null {
    if (!this.hover) return null;
    return { kind: 'disc', center: this.hover, radius: editor.radius, erases: false };
  }
}
