/** The edit operations that the server's append-only log is made of. */
export interface Operation {
  op_id: string;
  kind: 'patch' | 'undo' | 'redo' | 'class' | 'answer';
  t: number;
  z: number;
  /** When it was made, ISO 8601. */
  at: string;
  /** Base64 of a patch (see wire.ts). */
  patch?: string;
  payload?: { object?: number; class_index: number | null };
}

/** A plane of a stack or movie. */
export interface Slice {
  t: number;
  z: number;
}

export function sliceKey({ t, z }: Slice): string {
  return `${t}/${z}`;
}
