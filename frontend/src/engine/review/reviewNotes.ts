/** Notes that a reviewer placed on the picture, as the annotator works through them. */
import type { ReviewNote } from '../../api/types';
import type { Slice } from '../labels/operations';
import type { Pin } from '../renderer/pins';

export interface NotesHost {
  /** Show a place of the sample. */
  lookAt(slice: Slice, point: { x: number; y: number }): void;
  /** Pins must be drawn again. */
  redraw(): void;
  /** Tell the server; raises when it refuses. */
  tick(id: number, done: boolean): Promise<unknown>;
}

export interface NotesSnapshot {
  list: readonly ReviewNote[];
  /** Place in the list of the note that is looked at. */
  current: number | null;
  open: number;
}

export class ReviewNotes {
  private shown: NotesSnapshot = { list: [], current: null, open: 0 };
  private readonly listeners = new Set<() => void>();

  constructor(private readonly host: NotesHost) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): NotesSnapshot => this.shown;

  /** Take the notes as the server has them. */
  set(list: readonly ReviewNote[]): void {
    this.show({ list });
  }

  /** Look at a note by its place in the list. */
  goTo(at: number): void {
    const note = this.shown.list[at];
    if (!note) return;
    this.show({ current: at });
    this.host.lookAt({ t: note.t, z: note.z }, note);
  }

  /** Look at the next note that is not done (any, once all are), round the end. */
  step(by: 1 | -1): void {
    const { list, current, open } = this.shown;
    const count = list.length;
    const from = current ?? (by === 1 ? -1 : count);
    for (let step = 1; step <= count; step++) {
      const at = (from + by * step + 2 * count) % count;
      if (open === 0 || !list[at]!.done) {
        this.goTo(at);
        return;
      }
    }
  }

  /** Say that a note is dealt with, or is not after all; shown at once, taken back when the server refuses. */
  async tick(at: number, done: boolean): Promise<void> {
    const note = this.shown.list[at];
    if (!note || note.done === done) return;
    this.mark(note.id, done);
    try {
      await this.host.tick(note.id, done);
    } catch (error) {
      this.mark(note.id, !done);
      throw error;
    }
  }

  pins(slice: Slice): Pin[] {
    return this.shown.list.flatMap((note, at) => {
      if (note.t !== slice.t || note.z !== slice.z) return [];
      const { x, y, done } = note;
      return [{ x, y, text: String(at + 1), done, current: at === this.shown.current }];
    });
  }

  private mark(id: number, done: boolean): void {
    this.show({ list: this.shown.list.map((note) => (note.id === id ? { ...note, done } : note)) });
  }

  private show(change: Partial<NotesSnapshot>): void {
    const next = { ...this.shown, ...change };
    this.shown = { ...next, open: next.list.filter((note) => !note.done).length };
    this.host.redraw();
    for (const listener of this.listeners) listener();
  }
}
