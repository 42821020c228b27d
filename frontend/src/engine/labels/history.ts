/**
 * What was done and can be undone, and what was undone and can be done again.
 *
 * Kept as the list of what happened, from the newest part of the log on: older parts are put before it when the person goes back that
 * far, and past and future are played anew from the whole.
 */
import type { Slice } from './operations';

export interface ClassChange {
  object: number;
  before: number | null;
  after: number | null;
}

/** What a step wrote on one plane. */
export interface PlaneEdit {
  slice: Slice;
  runs: Float64Array;
}

/** One step for the person: runs on one or more planes, class changes, or both. */
export interface Entry {
  /** Names the step in the log. */
  id: string;
  /** Where the person was. */
  slice: Slice;
  edits: PlaneEdit[];
  classes: ClassChange[];
}

export type How = 'do' | 'undo' | 'redo';

/** A step was done, taken back or repeated; the entry says what doing it changes, whatever happened to it here. */
export interface HistoryEvent {
  how: How;
  entry: Entry;
}

export class History {
  /** The operations of the log up to here are not in this history yet. */
  horizon = 0;
  private events: HistoryEvent[] = [];
  private past: Entry[] = [];
  private future: Entry[] = [];

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** The step that undo or redo would take; null when this history knows of none. */
  next(how: 'undo' | 'redo'): Entry | null {
    return (how === 'undo' ? this.past : this.future).at(-1) ?? null;
  }

  /** True when an older part of the log may hold the step that `next` does not know. */
  hasOlder(how: 'undo' | 'redo'): boolean {
    if (this.horizon === 0 || this.next(how)) return false;
    // What was undone before something new was done is gone.
    return how === 'undo' || !this.events.some((event) => event.how === 'do');
  }

  record(entry: Entry): void {
    this.add({ how: 'do', entry });
  }

  undo(): Entry | null {
    return this.take('undo');
  }

  redo(): Entry | null {
    return this.take('redo');
  }

  /** What happened after all that is known. */
  append(events: readonly HistoryEvent[]): void {
    this.replaceEvents([...this.events, ...events]);
  }

  /** What happened before all that is known, from operation `horizon` + 1 on. */
  prepend(events: readonly HistoryEvent[], horizon: number): void {
    this.horizon = horizon;
    this.replaceEvents([...events, ...this.events]);
  }

  /** Begin anew behind the first `horizon` operations of the log. */
  clear(horizon = 0): void {
    this.horizon = horizon;
    this.replaceEvents([]);
  }

  private take(how: 'undo' | 'redo'): Entry | null {
    const entry = this.next(how);
    if (entry) this.add({ how, entry });
    return entry;
  }

  private add(event: HistoryEvent): void {
    this.events.push(event);
    this.play(event);
  }

  private replaceEvents(events: readonly HistoryEvent[]): void {
    this.events = joinSteps(events);
    this.past = [];
    this.future = [];
    for (const event of this.events) this.play(event);
  }

  private play({ how, entry }: HistoryEvent): void {
    if (how === 'do') {
      this.past.push(entry);
      this.future = [];
      return;
    }
    const [from, to] = how === 'undo' ? [this.past, this.future] : [this.future, this.past];
    const at = from.findLastIndex(({ id }) => id === entry.id);
    // A step that was done beyond the horizon is known by what took it back.
    to.push(at < 0 ? entry : from.splice(at, 1)[0]!);
  }
}

/** Operations of one step stand one after another: make them one event. */
function joinSteps(events: readonly HistoryEvent[]): HistoryEvent[] {
  const joined: HistoryEvent[] = [];
  for (const { how, entry } of events) {
    const last = joined.at(-1);
    if (last?.how !== how || last.entry.id !== entry.id) {
      joined.push({ how, entry });
    } else if (last.entry !== entry) {
      const edits = [...last.entry.edits, ...entry.edits];
      const classes = [...last.entry.classes, ...entry.classes];
      joined[joined.length - 1] = { how, entry: { ...entry, edits, classes } };
    }
  }
  return joined;
}
