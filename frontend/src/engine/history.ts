/** What was done and can be undone, and what was undone and can be done again. */
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
  /** Where the person was. */
  slice: Slice;
  edits: PlaneEdit[];
  classes: ClassChange[];
}

export class History {
  private past: Entry[] = [];
  private future: Entry[] = [];

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  record(entry: Entry): void {
    this.past.push(entry);
    this.future = [];
  }

  undo(): Entry | null {
    const entry = this.past.pop();
    if (!entry) return null;
    this.future.push(entry);
    return entry;
  }

  redo(): Entry | null {
    const entry = this.future.pop();
    if (!entry) return null;
    this.past.push(entry);
    return entry;
  }

  clear(): void {
    this.past = [];
    this.future = [];
  }
}
