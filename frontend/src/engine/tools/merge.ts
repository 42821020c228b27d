/** Merge: one cell instead of several, by a stroke across them or by clicks. */
import type { Editor } from '../labels/editor';
import { relabelCells } from '../labels/reach';
import type { Pointer, Preview, Tool } from './tool';
import { cellsAlong, Trail } from './trail';

/**
 * A stroke joins the cells it runs over to the one it meets first. A click chooses the cell that stays, each further click
 * joins a cell to it.
 */
export class Merge implements Tool {
  readonly name = 'merge';
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
    if (isClick) this.click(editor, editor.labelAt(pointer));
    else this.stroke(editor, cellsAlong(editor, points));
  }

  cancel(): void {
    this.trail.clear();
  }

  preview(): Preview | null {
    if (this.trail.isClick) return null;
    return { kind: 'outline', points: this.trail.points, closed: false };
  }

  private stroke(editor: Editor, [kept, ...others]: number[]): void {
    if (!kept || others.length === 0) {
      editor.hint('merge_missed');
      return;
    }
    editor.select(kept);
    relabelCells(editor, others, kept);
  }

  private click(editor: Editor, label: number): void {
    if (!label) {
      if (!editor.selected) editor.hint('merge_pick_first');
      else editor.select(0);
    } else if (!editor.selected) editor.select(label);
    else if (label !== editor.selected) relabelCells(editor, [label], editor.selected);
  }
}
