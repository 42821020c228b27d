/** Delete: the cell under the pointer becomes background. */
import type { Editor } from '../editor';
import { objectSpans } from '../labels';
import type { Pointer, Tool } from './tool';

export class Delete implements Tool {
  readonly name = 'delete';

  down(editor: Editor, pointer: Pointer): void {
    deleteObject(editor, editor.labelAt(pointer));
  }
}

/** Make an object background. */
export function deleteObject(editor: Editor, label: number): void {
  if (!label) {
    editor.hint('no_cell_here');
    return;
  }
  const transaction = editor.begin();
  if (!transaction) return;
  for (const [y, x0, x1] of objectSpans(editor.plane, label).spans) transaction.span(y, x0, x1, 0);
  if (editor.selected === label) editor.selected = 0;
  editor.commit();
}
