/**
 * Watches for cells that an edit left in pieces. A cell has one connected piece unless the annotator says otherwise: nothing is
 * changed silently, the person is offered what can be done.
 */
import type { Editor } from './editor';
import type { Point } from './geometry';
import type { Entry } from './history';
import type { LabelPlane } from './labels';
import { sliceKey, type Slice } from './operations';
import { piecesAt, piecesOf } from './regions';
import { keepLargest, splitPieces } from './tools/reshape';
import { RUN, type Runs } from './wire';

/** Cells that lie in pieces, and how many pieces the first of them has. */
export interface PiecesNotice {
  labels: readonly number[];
  pieces: number;
}

/** For each object that an edit changed, the pixels of it in and around the edit. */
function seedsOf(plane: LabelPlane, runs: Runs): Map<number, Point[]> {
  const seeds = new Map<number, Point[]>();
  for (let at = 0; at < runs.length; at += RUN) {
    for (const label of [runs[at + 3]!, runs[at + 4]!]) if (label) seeds.set(label, []);
  }
  for (let at = 0; at < runs.length; at += RUN) {
    const [y, x0] = [runs[at]!, runs[at + 1]!];
    for (let row = y - 1; row <= y + 1; row++) {
      let before = 0;
      for (let x = x0 - 1; x <= x0 + runs[at + 2]!; x++) {
        const label = plane.get(x, row);
        if (label !== before) seeds.get(label)?.push({ x, y: row });
        before = label;
      }
    }
  }
  return seeds;
}

/**
 * For each object that an edit changed, the number of its pieces. The pieces that touch the edit are followed; when they add up
 * to the whole object there are no others, so that the cost does not grow with the plane.
 */
function piecesAfter(plane: LabelPlane, runs: Runs): Map<number, number> {
  const areas = plane.table.objects;
  const counts = new Map<number, number>();
  for (const [label, seeds] of seedsOf(plane, runs)) {
    const near = piecesAt(plane, seeds);
    const found = near.reduce((size, piece) => size + piece.size, 0);
    const elsewhere = found < (areas.get(label)?.area ?? 0);
    counts.set(label, elsewhere ? piecesOf(plane, label).length : near.length);
  }
  return counts;
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
      if (sliceKey(slice) === here) this.note(piecesAfter(plane, runs));
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

  private note(counts: ReadonlyMap<number, number>): void {
    for (const [label, pieces] of counts) {
      if (pieces > 1 && !this.accepted.has(label)) this.open.set(label, pieces);
      else this.open.delete(label);
    }
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
