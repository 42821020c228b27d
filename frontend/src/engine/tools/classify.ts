/** Class: the clicked cell, or all that lie in a lasso, get the class that is chosen. */
import type { Editor } from '../labels/editor';
import type { Pointer, Preview, Tool } from './tool';
import { cellsInside, Trail } from './trail';

export class Classify implements Tool {
  readonly name = 'classify';
  private readonly trail = new Trail();

  down(_editor: Editor, pointer: Pointer): void {
    this.trail.begin(pointer);
  }

  move(_editor: Editor, pointer: Pointer, pressed: boolean): void {
    if (pressed) this.trail.add(pointer);
  }

  up(editor: Editor, pointer: Pointer): void {
    this.trail.add(pointer);
    const { points, isClick } = this.trail;
    this.trail.clear();
    const under = editor.labelAt(pointer);
    if (isClick) this.assign(editor, under ? [under] : []);
    else this.assign(editor, cellsInside(editor, points));
  }

  cancel(): void {
    this.trail.clear();
  }

  preview(): Preview | null {
    if (this.trail.isClick) return null;
    return { kind: 'outline', points: this.trail.points, closed: true };
  }

  private assign(editor: Editor, labels: readonly number[]): void {
    const [first] = labels;
    if (editor.activeClass === null) editor.hint('no_classes');
    else if (!first) editor.hint('no_cells_inside');
    else {
      if (labels.length === 1) editor.select(first);
      editor.setClasses(labels, editor.activeClass);
    }
  }
}
