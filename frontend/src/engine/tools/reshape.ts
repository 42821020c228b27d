/** What can be done to a whole cell by one command: hull, smooth, pieces. */
import type { Editor } from '../labels/editor';
import type { Span } from '../geometry';
import { objectSpans } from '../labels/labels';
import { hullSpans, smoothSpans } from '../labels/morphology';
import { piecesOf } from '../labels/regions';
import { fillHoles } from './fill';

/** Give a cell the background in its convex hull. */
export function fillHull(editor: Editor, label: number): void {
  const spans = hullSpans(objectSpans(editor.plane, label).spans);
  const transaction = editor.begin();
  if (!transaction) return;
  for (const [y, x0, x1] of spans) transaction.span(y, x0, x1, label, (old) => old === 0);
  if (transaction.isEmpty) editor.hint('already_convex');
  editor.commit(null);
}

/** Round a cell's outline; it takes background only, never from another cell. */
export function smooth(editor: Editor, label: number): void {
  const { spans, box } = objectSpans(editor.plane, label);
  const { bounds } = editor.plane;
  const kept = smoothSpans(spans, box, { radius: editor.options.smoothing, bounds });
  if (kept.length === 0) {
    editor.hint('too_small_to_smooth');
    return;
  }
  const transaction = editor.begin();
  if (!transaction) return;
  const inside = pixelsOf(kept, editor.width);
  for (const [y, x0, x1] of spans) {
    for (let x = x0; x < x1; x++) {
      if (!inside.has(y * editor.width + x)) transaction.span(y, x, x + 1, 0);
    }
  }
  for (const [y, x0, x1] of kept) transaction.span(y, x0, x1, label, (old) => old === 0);
  if (transaction.isEmpty) editor.hint('already_smooth');
  editor.commit(null);
}

function pixelsOf(spans: readonly Span[], width: number): Set<number> {
  const pixels = new Set<number>();
  for (const [y, x0, x1] of spans) for (let x = x0; x < x1; x++) pixels.add(y * width + x);
  return pixels;
}

/** Of cells in pieces keep the largest piece; the others become background. */
export function keepLargest(editor: Editor, labels: readonly number[]): void {
  recast(editor, labels, () => 0);
}

/** Of cells in pieces each piece but the largest becomes a cell of its own, with the class of the old. */
export function splitPieces(editor: Editor, labels: readonly number[]): void {
  recast(editor, labels, () => editor.newLabel());
}

/** Give the smaller pieces of cells other labels, in one step. */
function recast(editor: Editor, labels: readonly number[], makeLabel: () => number): void {
  const smaller = labels.flatMap((label) =>
    piecesOf(editor.plane, label)
      .slice(1)
      .map(({ spans }) => ({ label, spans })),
  );
  if (smaller.length === 0) {
    editor.hint('one_piece');
    return;
  }
  const transaction = editor.begin();
  if (!transaction) return;
  const classes = new Map<number, number | null>();
  for (const { label, spans } of smaller) {
    const fresh = makeLabel();
    classes.set(fresh, editor.classes.get(label) ?? null);
    for (const [y, x0, x1] of spans) transaction.span(y, x0, x1, fresh);
  }
  editor.commit((label) => classes.get(label) ?? null);
}

/** What can be done to the selected cell. */
export const CELL_ACTIONS = {
  fillHoles,
  hull: fillHull,
  smooth,
} satisfies Record<string, (editor: Editor, label: number) => void>;

export type CellAction = keyof typeof CELL_ACTIONS;
export const CELL_ACTION_NAMES = Object.keys(CELL_ACTIONS) as CellAction[];
