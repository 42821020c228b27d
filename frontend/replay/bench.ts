/** An editor without a page, and its labels as they are compared. */
import { Editor } from '../src/engine/labels/editor';
import type { Operation } from '../src/engine/labels/operations';
import { encodePlane, toBase64 } from '../src/engine/labels/wire';
import type { Sequence, State } from './exchange';

export class Bench {
  readonly operations: Operation[] = [];
  readonly editor: Editor;

  constructor(private readonly shape: Sequence['shape']) {
    const [, , height, width] = shape;
    this.editor = new Editor(width, height, {
      operation: (operation) => this.operations.push(operation),
      dirty: () => undefined,
      classChanged: () => undefined,
      changed: () => undefined,
      hint: () => undefined,
      preview: () => undefined,
    });
  }

  get state(): State {
    const planes: string[] = [];
    for (let t = 0; t < this.shape[0]; t++) {
      for (let z = 0; z < this.shape[1]; z++) {
        planes.push(toBase64(encodePlane(this.editor.planeAt({ t, z }).toArray())));
      }
    }
    return { planes, classes: Object.fromEntries(this.editor.classes) };
  }

  undoAll(): void {
    while (this.editor.history.canUndo) this.editor.undo();
  }

  redoAll(): void {
    while (this.editor.history.canRedo) this.editor.redo();
  }
}
