/** Lasso: draw round a cell by hand; letting go closes the outline. */
import type { Editor } from '../labels/editor';
import { polygonSpans } from '../labels/raster';
import { drawShape } from './drawing';
import type { Pointer, Preview, Tool } from './tool';
import { Trail } from './trail';

export class Lasso implements Tool {
  readonly name = 'lasso';
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
    const { points, isClick } = this.trail;
    this.trail.clear();
    if (isClick) editor.hint('lasso_drag');
    else drawShape(editor, (sink) => polygonSpans(points, sink), this.extend);
  }

  cancel(): void {
    this.trail.clear();
  }

  preview(): Preview | null {
    const { points } = this.trail;
    return points.length > 1 ? { kind: 'outline', points, closed: true } : null;
  }
}
