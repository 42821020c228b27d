/** Ellipse at any angle: the two ends of its long axis, then its width. */
import type { Editor } from '../labels/editor';
import type { Point } from '../geometry';
import { ellipseOutline, ellipseSpans, type Ellipse as Shape } from '../labels/raster';
import { drawShape } from './drawing';
import type { Pointer, Preview, Tool } from './tool';
import { CLICK_WITHIN } from './trail';

const FIRST_RATIO = 0.6;

/**
 * Click (or drag between) the ends of the long axis; then the pointer's distance from the axis is half the width. A third
 * click or Enter draws what is shown; while the pointer rests on the axis that has the proportions of the ellipse before.
 */
export class Ellipse implements Tool {
  readonly name = 'ellipse';
  private ends: Point[] = [];
  private hover: Pointer | null = null;
  private extend = false;
  private ratio = FIRST_RATIO;

  down(editor: Editor, pointer: Pointer): void {
    this.hover = pointer;
    if (this.ends.length === 0) this.extend = pointer.shift;
    if (this.ends.length === 2) this.draw(editor);
    else this.addEnd(pointer);
  }

  move(_editor: Editor, pointer: Pointer): void {
    this.hover = pointer;
  }

  up(_editor: Editor, pointer: Pointer): void {
    if (this.ends.length === 1) this.addEnd(pointer);
  }

  cancel(): void {
    this.ends = [];
  }

  key(editor: Editor, key: 'confirm' | 'back'): boolean {
    if (this.ends.length === 0) return false;
    if (key === 'back') this.ends.pop();
    else this.draw(editor);
    return true;
  }

  preview(): Preview | null {
    const [from] = this.ends;
    const shape = this.shape();
    if (shape) return { kind: 'outline', points: ellipseOutline(shape), closed: true };
    return from && this.hover ? { kind: 'line', from, to: this.hover } : null;
  }

  /** A place of its own: the press and the release of one click are one end. */
  private addEnd({ x, y, pixel }: Pointer): void {
    const near = this.ends.some((end) => Math.hypot(end.x - x, end.y - y) <= CLICK_WITHIN * pixel);
    if (!near) this.ends.push({ x, y });
  }

  private shape(): Shape | null {
    const [from, to] = this.ends;
    if (!from || !to) return null;
    const axis = { x: (to.x - from.x) / 2, y: (to.y - from.y) / 2 };
    const half = Math.hypot(axis.x, axis.y);
    const center = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    const { x, y, pixel } = this.hover ?? { ...from, pixel: 0 };
    const across = Math.abs((y - from.y) * axis.x - (x - from.x) * axis.y) / half;
    const onAxis = across <= CLICK_WITHIN * pixel;
    return { center, axis, halfWidth: onAxis ? half * this.ratio : across };
  }

  private draw(editor: Editor): void {
    const shape = this.shape();
    if (!shape) return;
    this.ratio = shape.halfWidth / Math.hypot(shape.axis.x, shape.axis.y);
    this.ends = [];
    drawShape(editor, (sink) => ellipseSpans(shape, sink), this.extend);
  }
}
