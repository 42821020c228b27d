/** Polygon: click corners, close with Enter, a click on the first corner or a double click. */
import type { Editor } from '../labels/editor';
import type { Point } from '../geometry';
import { polygonSpans } from '../labels/raster';
import { drawShape } from './drawing';
import type { Pointer, Preview, Tool } from './tool';

const CLOSE_WITHIN = 8; // screen pixels

export class Polygon implements Tool {
  readonly name = 'polygon';
  private points: Point[] = [];
  private hover: Point | null = null;
  private extend = false;

  down(editor: Editor, pointer: Pointer): void {
    const near = CLOSE_WITHIN * pointer.pixel;
    const closes = [this.points[0], this.points.at(-1)].some(
      (point) => point && Math.hypot(point.x - pointer.x, point.y - pointer.y) < near,
    );
    if (closes && this.points.length > 2) {
      this.close(editor);
      return;
    }
    if (this.points.length === 0) this.extend = pointer.shift;
    if (!closes) this.points.push({ x: pointer.x, y: pointer.y });
  }

  move(_editor: Editor, pointer: Pointer): void {
    this.hover = { x: pointer.x, y: pointer.y };
  }

  cancel(): void {
    this.points = [];
  }

  /** Only the corner of this press: the others were set before. */
  abort(): void {
    this.points.pop();
  }

  key(editor: Editor, key: 'confirm' | 'back'): boolean {
    if (this.points.length === 0) return false;
    if (key === 'back') this.points.pop();
    else this.close(editor);
    return true;
  }

  preview(): Preview | null {
    if (this.points.length === 0) return null;
    const points = this.hover ? [...this.points, this.hover] : this.points;
    return { kind: 'path', points, closed: this.points.length > 2 };
  }

  private close(editor: Editor): void {
    const points = this.points;
    this.points = [];
    if (points.length < 3) return;
    drawShape(editor, (sink) => polygonSpans(points, sink), this.extend);
  }
}
