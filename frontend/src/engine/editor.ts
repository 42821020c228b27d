/** The labels under edit: planes, selection, classes, history. Tools call it; it says what changed and makes the operations. */
import type { Point, Rect } from './geometry';
import { History, type ClassChange, type Entry } from './history';
import { randomId } from './ids';
import { applyRuns, hasObject, LabelPlane, largestLabel, Transaction } from './labels';
import { sliceKey, type Operation, type Slice } from './operations';
import { decodePatch, encodePatch, fromBase64, toBase64 } from './wire';

export type HintCode =
  'no_cell_here' | 'region_open' | 'no_holes' | 'merge_pick_first' | 'split_missed' | 'read_only';

export interface EditorEvents {
  operation(operation: Operation): void;
  /** Pixels of a plane changed. */
  dirty(slice: Slice, rect: Rect): void;
  /** An object has another class now, or none. */
  classChanged(label: number): void;
  /** Something that the page shows changed: selection, history, classes. */
  changed(): void;
  /** A tool could not do what was asked, and why. */
  hint(code: HintCode): void;
}

export class Editor {
  radius = 6;
  /** The object that edits go to; 0: none. */
  selected = 0;
  /** The class that new objects get; null where the project has no classes. */
  activeClass: number | null = null;
  readOnly = false;
  readonly classes = new Map<number, number>();
  readonly history = new History();
  private slice: Slice = { t: 0, z: 0 };
  private readonly planes = new Map<string, LabelPlane>();
  private transaction: Transaction | null = null;
  private nextLabel = 1;

  constructor(
    readonly width: number,
    readonly height: number,
    private readonly events: EditorEvents,
  ) {}

  get currentSlice(): Slice {
    return this.slice;
  }

  get plane(): LabelPlane {
    return this.planeAt(this.slice);
  }

  get isDrawing(): boolean {
    return this.transaction !== null;
  }

  hasPlane(slice: Slice): boolean {
    return this.planes.has(sliceKey(slice));
  }

  planeAt(slice: Slice): LabelPlane {
    const key = sliceKey(slice);
    const known = this.planes.get(key);
    if (known) return known;
    const plane = new LabelPlane(this.width, this.height);
    this.planes.set(key, plane);
    return plane;
  }

  setPlane(slice: Slice, plane: LabelPlane): void {
    this.planes.set(sliceKey(slice), plane);
    this.reserve(largestLabel(plane));
  }

  /** Forget all planes and the history; the ids in use stay reserved. */
  clear(): void {
    this.transaction = null;
    this.planes.clear();
    this.history.clear();
  }

  goTo(slice: Slice): void {
    this.commit();
    this.slice = slice;
    this.events.changed();
  }

  /** New objects get ids above `label`. */
  reserve(label: number): void {
    this.nextLabel = Math.max(this.nextLabel, label + 1);
  }

  newLabel(): number {
    return this.nextLabel++;
  }

  labelAt(point: Point): number {
    return this.plane.get(Math.round(point.x), Math.round(point.y));
  }

  select(label: number): void {
    this.selected = label;
    this.events.changed();
  }

  hint(code: HintCode): void {
    this.events.hint(code);
  }

  /** Begin an edit. Answers null when the labels may not be changed now. */
  begin(): Transaction | null {
    if (this.readOnly) {
      this.events.hint('read_only');
      return null;
    }
    this.commit();
    this.transaction = new Transaction(this.plane);
    return this.transaction;
  }

  /** Show what the running edit has written so far. */
  touch(rect: Rect): void {
    this.events.dirty(this.slice, rect);
  }

  commit(): void {
    const done = this.transaction;
    this.transaction = null;
    if (!done || done.isEmpty) return;
    const runs = Float64Array.from(done.runs);
    const classes = this.classesOfNewObjects(runs);
    this.events.dirty(this.slice, done.rect);
    this.record({ slice: this.slice, runs, classes });
  }

  rollBack(): void {
    const undone = this.transaction;
    this.transaction = null;
    if (!undone || undone.isEmpty) return;
    this.events.dirty(this.slice, undone.rollBack());
  }

  setClass(object: number, after: number): void {
    const before = this.classes.get(object) ?? null;
    if (before === after || this.readOnly) return;
    const change = { object, before, after };
    this.record({ slice: this.slice, runs: null, classes: [change] });
  }

  undo(): void {
    if (this.transaction) {
      this.rollBack();
      return;
    }
    const entry = this.readOnly ? null : this.history.undo();
    if (entry) this.step(entry, 'before');
  }

  redo(): void {
    const entry = this.readOnly || this.transaction ? null : this.history.redo();
    if (entry) this.step(entry, 'after');
  }

  /** Apply an operation that is already in the log or in the outbox: no new operation is made. */
  replay(operation: Operation): void {
    if (operation.payload?.object !== undefined) {
      this.assignClass(operation.payload.object, operation.payload.class_index);
    }
    if (operation.patch === undefined) return;
    const plane = this.planeAt(operation);
    decodePatch(fromBase64(operation.patch), (y, x0, x1, label) => {
      plane.setSpan(y, x0, x1, label);
      this.reserve(label);
    });
    this.events.dirty({ t: operation.t, z: operation.z }, plane.bounds);
  }

  private classesOfNewObjects(runs: Float64Array): ClassChange[] {
    const after = this.activeClass;
    if (after === null) return [];
    const fresh = new Set<number>();
    for (let at = 4; at < runs.length; at += 5) {
      const label = runs[at]!;
      if (label && !this.classes.has(label)) fresh.add(label);
    }
    return [...fresh].map((object) => ({ object, before: null, after }));
  }

  private record(entry: Entry): void {
    this.history.record(entry);
    this.emit(entry, 'after', 'do');
  }

  private step(entry: Entry, side: 'before' | 'after'): void {
    const { slice, runs } = entry;
    if (sliceKey(slice) !== sliceKey(this.slice)) this.slice = slice;
    if (runs) this.events.dirty(slice, applyRuns(this.planeAt(slice), runs, side));
    this.emit(entry, side, side === 'before' ? 'undo' : 'redo');
    const painted = side === 'after' && runs ? runs[4]! : 0;
    if (painted) this.selected = painted;
    else if (this.selected && !hasObject(this.plane, this.selected)) this.selected = 0;
    this.events.changed();
  }

  private emit(entry: Entry, side: 'before' | 'after', how: 'do' | 'undo' | 'redo'): void {
    const common = { ...entry.slice, at: new Date().toISOString() };
    if (entry.runs) {
      const patch = toBase64(encodePatch(entry.runs, this.width, side));
      const kind = how === 'do' ? 'patch' : how;
      this.events.operation({ op_id: randomId(), kind, ...common, patch });
    }
    for (const change of entry.classes) {
      const value = side === 'after' ? change.after : change.before;
      this.assignClass(change.object, value);
      const kind = how === 'do' ? 'class' : how;
      const payload = { object: change.object, class_index: value };
      this.events.operation({ op_id: randomId(), kind, ...common, payload });
    }
    this.events.changed();
  }

  private assignClass(object: number, value: number | null): void {
    if (value === null) this.classes.delete(object);
    else this.classes.set(object, value);
    this.events.classChanged(object);
  }
}
