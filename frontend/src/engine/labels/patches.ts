/** Between patches of the wire and runs of edits: the runs that two patches, forth and back, stand for. */
import type { HistoryEvent, PlaneEdit } from './history';
import { Transaction, type LabelPlane } from './labels';
import type { LoggedOperation, Operation } from './operations';
import { decodePatch, fromBase64, RUN } from './wire';

type Piece = [y: number, x0: number, x1: number, label: number];

function piecesOf(patch: string): Piece[] {
  const pieces: Piece[] = [];
  decodePatch(fromBase64(patch), (y, x0, x1, label) => pieces.push([y, x0, x1, label]));
  return pieces;
}

/** Runs (y, x, length, before, after) of an edit whose patch writes `after` and whose undoing writes `before`, on the same pixels. */
export function runsOf(after: string, before: string): Float64Array {
  const olds = piecesOf(before);
  const runs: number[] = [];
  let at = 0;
  for (const [y, x0, x1, label] of piecesOf(after)) {
    for (let x = x0; x < x1;) {
      while (at < olds.length && isBefore(olds[at]!, y, x)) at++;
      const old = olds[at];
      if (old?.[0] !== y || old[1] >= x1) break;
      const from = Math.max(x, old[1]);
      const end = Math.min(x1, old[2]);
      runs.push(y, from, end - from, old[3], label);
      x = end;
    }
  }
  return Float64Array.from(runs);
}

function isBefore([y, , x1]: Piece, row: number, x: number): boolean {
  return y < row || (y === row && x1 <= x);
}

/** Write a patch on a plane; answers the runs that it made. */
export function writePatch(plane: LabelPlane, patch: string): Transaction {
  const transaction = new Transaction(plane);
  decodePatch(fromBase64(patch), (y, x0, x1, label) => transaction.span(y, x0, x1, label));
  return transaction;
}

/** The same runs from the other side: what undoing them changes. */
export function reversed(runs: ArrayLike<number>): Float64Array {
  const turned = Float64Array.from(runs);
  for (let at = 0; at < turned.length; at += 5) {
    [turned[at + 3], turned[at + 4]] = [turned[at + 4]!, turned[at + 3]!];
  }
  return turned;
}

/** What an operation did to the history; `runs` and `classBefore` say what it changed. */
export function eventOf(
  operation: Operation,
  runs: Float64Array | null,
  classBefore: number | null,
): HistoryEvent {
  const { t, z, kind, payload } = operation;
  const how = kind === 'undo' || kind === 'redo' ? kind : 'do';
  const slice = { t, z };
  const isBack = how === 'undo';
  const edits = runs ? [{ slice, runs: isBack ? reversed(runs) : runs }] : [];
  const classes = [];
  if (payload?.object !== undefined) {
    const [before, after] = isBack
      ? [payload.class_index, classBefore]
      : [classBefore, payload.class_index];
    classes.push({ object: payload.object, before, after });
  }
  return { how, entry: { id: operation.step ?? operation.op_id, slice, edits, classes } };
}

/** The same of an operation in the server's log. */
export function eventOfLogged(operation: LoggedOperation): HistoryEvent {
  const { patch, undo_patch, undo_class } = operation;
  return eventOf(operation, patch ? runsOf(patch, undo_patch) : null, undo_class);
}

/** The largest label of runs, as it was or is. */
export function largestWritten(
  runs: ArrayLike<number>,
  side: 'before' | 'after' = 'after',
): number {
  let largest = 0;
  for (let at = side === 'after' ? 4 : 3; at < runs.length; at += RUN)
    largest = Math.max(largest, runs[at]!);
  return largest;
}

/** The objects that edits drew, in the order in which they did. */
export function labelsWritten(edits: readonly PlaneEdit[]): ReadonlySet<number> {
  const written = new Set<number>();
  for (const { runs } of edits) {
    for (let at = 4; at < runs.length; at += RUN) if (runs[at]) written.add(runs[at]!);
  }
  return written;
}
