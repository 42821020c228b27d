/** Merge: join cells into the selected one. */
import type { Editor } from '../editor';
import { objectSpans } from '../labels';
import type { Pointer, Tool } from './tool';

/** The first click chooses the cell that stays, each further click joins a cell to it. */
export class Merge implements Tool {
  readonly name = 'merge';

  down(editor: Editor, pointer: Pointer): void {
    const label = editor.labelAt(pointer);
    if (!label) {
      if (!editor.selected) editor.hint('merge_pick_first');
      else editor.select(0);
      return;
    }
    if (!editor.selected) {
      editor.select(label);
      return;
    }
    if (label === editor.selected) return;
    const transaction = editor.begin();
    if (!transaction) return;
    for (const [y, x0, x1] of objectSpans(editor.plane, label).spans) {
      transaction.span(y, x0, x1, editor.selected);
    }
    editor.commit();
  }
}
