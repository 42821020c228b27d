/** The edit operations that the server's append-only log is made of. */
export interface Operation {
  op_id: string;
  kind: 'patch' | 'undo' | 'redo' | 'class' | 'answer';
  /** What the person did, takes back or repeats: the operations of one step are undone together. */
  step?: string;
  t: number;
  z: number;
  /** When it was made, ISO 8601. */
  at: string;
  /** Base64 of a patch (see wire.ts). */
  patch?: string;
  payload?: { object?: number; class_index: number | null };
}

/** An operation as the server's log has it, with what takes it back. */
export interface LoggedOperation extends Operation {
  /** Its number in the log, from 1. */
  seq: number;
  patch: string;
  undo_patch: string;
  undo_class: number | null;
}

/** A part of the log; `next` is where to go on reading, null at its end. */
export interface LogPart {
  version: number;
  next: number | null;
  ops: LoggedOperation[];
}

/** A plane of a stack or movie. */
export interface Slice {
  t: number;
  z: number;
}

export function sliceKey({ t, z }: Slice): string {
  return `${t}/${z}`;
}
