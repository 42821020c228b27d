/** A step of the history as operations for the log: it is done, undone or done again. */
import type { Entry } from './history';
import { randomId } from '../ids';
import type { Operation } from './operations';
import { encodePatch, toBase64 } from './wire';

export type Doing = 'do' | 'undo' | 'redo';

/** An operation for each plane that the step wrote, and for each class that it changed. */
export function operationsOf(entry: Entry, how: Doing, width: number): Operation[] {
  const at = new Date().toISOString();
  const step = entry.id;
  const side = how === 'undo' ? 'before' : 'after';
  const patches = entry.edits.map(({ slice, runs }): Operation => {
    const patch = toBase64(encodePatch(runs, width, side));
    return { op_id: randomId(), kind: how === 'do' ? 'patch' : how, step, ...slice, at, patch };
  });
  const classes = entry.classes.map((change): Operation => {
    const payload = { object: change.object, class_index: change[side] };
    const kind = how === 'do' ? 'class' : how;
    return { op_id: randomId(), kind, step, ...entry.slice, at, payload };
  });
  return [...patches, ...classes];
}
