/** Select a cell, and pan: both let a drag move the view. */
import type { Editor } from '../labels/editor';
import type { Pointer, Tool } from './tool';

export class Select implements Tool {
  readonly name = 'select';
  readonly pans = true;

  down(editor: Editor, pointer: Pointer): void {
    editor.select(editor.labelAt(pointer));
  }
}

export class Pan implements Tool {
  readonly name = 'pan';
  readonly pans = true;
}
