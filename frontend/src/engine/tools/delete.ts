/** Delete: the clicked cell, or all that lie in a lasso, become background. */
import type { Editor } from '../labels/editor';
import { relabelCells } from '../labels/reach';
import type { Pointer, Preview, Tool } from './tool';
import { cellsInside, Trail } from './trail';

export class Delete implements Tool {
  readonly name = 'delete';
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
    if (isClick) deleteObject(editor, editor.labelAt(pointer));
    else deleteInside(editor, cellsInside(editor, points));
  }

  cancel(): void {
    this.trail.clear();
  }

  preview(): Preview | null {
    if (this.trail.isClick) return null;
    return { kind: 'outline', points: this.trail.points, closed: true };
  }
}

function deleteInside(editor: Editor, labels: readonly number[]): void {
  if (labels.length === 0) editor.hint('no_cells_inside');
  else deleteObjects(editor, labels);
}

/** Make an object background. */
export function deleteObject(editor: Editor, label: number): void {
  if (label) deleteObjects(editor, [label]);
  else editor.hint('no_cell_here');
}

/** Make objects background, in one step. */
export function deleteObjects(editor: Editor, labels: readonly number[]): void {
  relabelCells(editor, labels, 0);
}
