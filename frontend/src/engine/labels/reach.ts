/** The planes that an edit of whole cells goes to, and edits of whole cells. */
import type { Editor } from './editor';
import type { Rect } from '../geometry';
import { boxesOf, objectSpans, type LabelPlane } from './labels';
import type { Slice } from './operations';

export interface Extent {
  frames: number;
  depth: number;
}

/** The person is told when loading takes longer. */
export const SLOW_MS = 300;

function firstNumbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Brings the labels of a plane: all of it, or of a large one these places. */
export type LoadPlane = (
  slice: Slice,
  places: (plane: LabelPlane) => readonly Rect[],
) => Promise<void>;

export class Reach {
  constructor(
    readonly extent: Extent,
    readonly load: LoadPlane,
  ) {}

  /**
   * The planes that the person means by a whole cell. In a stack a cell is one body through its slices; in a movie each frame is
   * judged by itself, unless the person says otherwise.
   */
  slicesOf(editor: Editor): Slice[] {
    const { reach } = editor.options;
    const here = editor.currentSlice;
    if (reach === 'plane') return [here];
    const { frames, depth } = this.extent;
    const times = reach === 'movie' && frames > 1 ? firstNumbers(frames) : [here.t];
    const depths = depth > 1 ? firstNumbers(depth) : [here.z];
    return times.flatMap((t) => depths.map((z) => ({ t, z })));
  }

  /** Run an edit of some cells when all of them is here: at once if it is. */
  whenHere(
    editor: Editor,
    labels: readonly number[],
    edit: (slices: readonly Slice[]) => void,
  ): void {
    const slices = this.slicesOf(editor);
    const isHere = (slice: Slice): boolean =>
      editor.hasPlane(slice) && !editor.planeAt(slice).paged;
    if (slices.every(isHere)) {
      edit(slices);
      return;
    }
    const slow = setTimeout(() => editor.hint('planes_loading'), SLOW_MS);
    const load = async (): Promise<void> => {
      for (const slice of slices) await this.load(slice, (plane) => boxesOf(plane, labels));
    };
    load()
      .finally(() => clearTimeout(slow))
      .then(
        () => edit(slices),
        () => editor.hint('planes_failed'),
      );
  }
}

/** Give all pixels of some cells another label, 0 to delete them, in one step on all planes within reach. */
export function relabelCells(editor: Editor, labels: readonly number[], label: number): void {
  editor.reach.whenHere(editor, labels, (slices) => {
    if (!editor.begin()) return;
    for (const slice of slices) {
      const transaction = editor.also(slice);
      for (const old of labels) {
        for (const [y, x0, x1] of objectSpans(transaction.plane, old).spans) {
          transaction.span(y, x0, x1, label);
        }
      }
    }
    if (label === 0 && labels.includes(editor.selected)) editor.selected = 0;
    editor.commit(null);
  });
}
