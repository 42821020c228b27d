/** Notes that a reviewer places before sending answers back; kept in this browser until they are sent. */
import { useCallback, useRef, useState } from 'react';

import { randomId } from '../../../engine/ids';

/** A note in the making. */
export interface DraftNote {
  id: string;
  /** The answer that it is placed on; null for all that are sent back. */
  annotation: string | null;
  text: string;
  t: number;
  z: number;
  x: number;
  y: number;
  object: number | null;
}

export interface DraftNotes {
  list: readonly DraftNote[];
  add: (note: Omit<DraftNote, 'id' | 'text'>) => void;
  write: (id: string, text: string) => void;
  remove: (id: string) => void;
  clear: () => void;
}

const keyOf = (sample: number): string => `cytoloop.notes.${sample}`;

function stored(sample: number): DraftNote[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(keyOf(sample)) ?? '[]');
    return Array.isArray(found) ? (found as DraftNote[]) : [];
  } catch {
    return []; // forbidden or damaged storage
  }
}

function store(sample: number, notes: readonly DraftNote[]): void {
  try {
    if (notes.length > 0) localStorage.setItem(keyOf(sample), JSON.stringify(notes));
    else localStorage.removeItem(keyOf(sample));
  } catch {
    // The notes then last until the page is left.
  }
}

export function useNotes(sample: number): DraftNotes {
  const [list, setList] = useState(() => stored(sample));
  const newest = useRef(list);
  // Stored at once and not with the next drawing: the page may be left before that.
  const change = useCallback(
    (next: DraftNote[]) => {
      newest.current = next;
      store(sample, next);
      setList(next);
    },
    [sample],
  );
  const add = useCallback(
    (note: Omit<DraftNote, 'id' | 'text'>) =>
      change([...newest.current, { ...note, id: randomId(), text: '' }]),
    [change],
  );
  const write = useCallback(
    (id: string, text: string) =>
      change(newest.current.map((note) => (note.id === id ? { ...note, text } : note))),
    [change],
  );
  const remove = useCallback(
    (id: string) => change(newest.current.filter((note) => note.id !== id)),
    [change],
  );
  const clear = useCallback(() => change([]), [change]);
  return { list, add, write, remove, clear };
}
