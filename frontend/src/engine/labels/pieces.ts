/**
 * Watches for cells that an edit left in pieces. A cell has one connected piece unless the annotator says otherwise: nothing is
 * changed silently, the person is offered what can be done.
 */
import type { Editor } from './editor';
import type { Entry } from './history';
import { sliceKey, type Slice } from './operations';
import { piecesOf } from './regions';
import { keepLargest, splitPieces } from '../tools/reshape';
import { RUN, type Runs } from './wire';

/** Cells that lie in pieces, and how many pieces the first of them has. */
export interface PiecesNotice {
  labels: readonly number[];
  pieces: number;
}

/** The objects that an edit took pixels from or gave some to. */
function touchedBy(runs: Runs): Set<number> {
  const labels = new Set<number>();
  for (let at = 0; at < runs.length; at += RUN) labels.add(runs[at + 3]!).add(runs[at + 4]!);
  labels.delete(0);
  return labels;
}

export class PiecesWatch {
  notice: PiecesNotice | null = null;
  /** Cells that the annotator wants in pieces. */
  private readonly accepted = new Set<number>();
  private slice: Slice | null = null;
  private readonly open = new Map<number, number>();

  constructor(
    private readonly editor: Editor,
    private readonly changed: () => void,
  ) {}

  /** A step was done, undone or done again. */
  walked(entry: Entry): void {
    const { currentSlice, plane } = this.editor;
    const here = sliceKey(currentSlice);
    if (this.slice && sliceKey(this.slice) !== here) this.open.clear();
    this.slice = currentSlice;
    for (const { slice, runs } of entry.edits) {
      if (sliceKey(slice) !== here) continue;
      for (const label of touchedBy(runs)) this.note(label, piecesOf(plane, label).length);
    }
    this.tell();
  }

  /** The cells in the notice are meant to be in pieces. */
  accept(): void {
    for (const label of this.open.keys()) this.accepted.add(label);
    this.forget();
    this.changed();
  }

  /** Another plane is shown, or the same loaded again. */
  forget(): void {
    this.open.clear();
    this.tell();
  }

  /** Of the cells in the notice, or else of the selected one, keep the largest piece. */
  keepLargest(): void {
    this.recast(keepLargest);
  }

  /** Make the smaller pieces cells of their own. */
  splitPieces(): void {
    this.recast(splitPieces);
  }

  private note(label: number, pieces: number): void {
    if (pieces > 1 && !this.accepted.has(label)) this.open.set(label, pieces);
    else this.open.delete(label);
  }

  private tell(): void {
    const labels = [...this.open.keys()];
    const [first] = labels;
    this.notice = first ? { labels, pieces: this.open.get(first)! } : null;
  }

  private recast(how: (editor: Editor, labels: readonly number[]) => void): void {
    const { editor } = this;
    const labels = this.notice?.labels ?? (editor.selected ? [editor.selected] : []);
    if (labels.length > 0) how(editor, labels);
    else editor.hint('select_first');
  }
}
