/** The labels under edit: planes, selection, classes, history. Tools call it; it says what changed and makes the operations. */
import type { Point, Rect } from '../geometry';
import {
  History,
  type ClassChange,
  type Entry,
  type HistoryEvent,
  type PlaneEdit,
} from './history';
import type { HintCode, HintValues } from '../hints';
import { randomId } from '../ids';
import type { ImageReader } from '../image/imageReader';
import { operationsOf, type Doing } from './entryOperations';
import { applyRuns, hasObject, isPaged, LabelPlane, largestLabel, Transaction } from './labels';
import { sliceKey, type Operation, type Slice } from './operations';
import { eventOf, labelsWritten, largestWritten, writePatch } from './patches';
import { Reach } from './reach';
import { RunningStep, type WrittenPart } from './runningStep';
import type { Outliner } from '../tools/outliner';
import { standardOptions, type ToolOptions } from '../tools/options';

/** The class of new objects; null for none. */
export type NewClass = number | null | ((label: number) => number | null);

export interface StartingClasses {
  classes: readonly { index: number }[];
  objectClasses: Readonly<Record<string, number>>;
  proposed: readonly { id: number }[];
}

export interface EditorEvents {
  operation(operation: Operation): void;
  /** Pixels of a plane changed. */
  dirty(slice: Slice, rect: Rect): void;
  /** An object has another class now, or none. */
  classChanged(label: number): void;
  /** Something that the page shows changed: selection, history, classes. */
  changed(): void;
  /** A step was done, undone or done again. */
  walked?(entry: Entry): void;
  /** A tool could not do what was asked, and why. */
  hint(code: HintCode, values?: HintValues): void;
  /** A tool's preview changed without the pointer: what it waited for is here. */
  preview(): void;
}

export class Editor {
  radius = 6;
  options: ToolOptions = standardOptions();
  /** Intensities of the picture; null where there is none to look at. */
  image: ImageReader | null = null;
  /** The planes that edits of whole cells go to. */
  reach = new Reach({ frames: 1, depth: 1 }, () => Promise.resolve());
  /** The object that edits go to; 0: none. */
  selected = 0;
  /** The class that new objects get; null where the project has no classes. */
  activeClass: number | null = null;
  readOnly = false;
  /** Why the plane on the screen may not be edited now. */
  guard: () => HintCode | null = () => null;
  /** Outlines the cell that is clicked; null where nobody can be asked. */
  outliner: Outliner | null = null;
  readonly classes = new Map<number, number>();
  readonly history = new History();
  private slice: Slice = { t: 0, z: 0 };
  private readonly planes = new Map<string, LabelPlane>();
  /** Planes whose labels have come; others may be there as well, empty until then. */
  private readonly loaded = new Set<string>();
  /** The running edit. */
  private step: RunningStep | null = null;
  private nextLabel = 1;

  constructor(
    readonly width: number,
    readonly height: number,
    private readonly events: EditorEvents,
  ) {}

  /** The classes of objects that are there, and ids that new ones must not get. */
  startWith({ classes, objectClasses, proposed }: StartingClasses): void {
    for (const [id, index] of Object.entries(objectClasses)) {
      this.classes.set(Number(id), index);
      this.reserve(Number(id));
    }
    for (const { id } of proposed) this.reserve(id);
    this.activeClass = classes[0]?.index ?? null;
  }

  get currentSlice(): Slice {
    return this.slice;
  }

  get plane(): LabelPlane {
    return this.planeAt(this.slice);
  }

  get isDrawing(): boolean {
    return this.step !== null;
  }

  hasPlane(slice: Slice): boolean {
    return this.loaded.has(sliceKey(slice));
  }

  planeAt(slice: Slice): LabelPlane {
    const key = sliceKey(slice);
    const known = this.planes.get(key);
    if (known) return known;
    const plane = new LabelPlane(this.width, this.height, isPaged(this));
    this.planes.set(key, plane);
    return plane;
  }

  /** The planes that are here, by the key of their slice. */
  knownPlanes(): Iterable<[string, LabelPlane]> {
    return this.planes;
  }

  setPlane(slice: Slice, plane: LabelPlane): void {
    this.planes.set(sliceKey(slice), plane);
    this.loaded.add(sliceKey(slice));
    this.reserve(largestLabel(plane));
  }

  /** Forget all planes and the history; the ids in use stay reserved. */
  clear(): void {
    this.endStep();
    this.planes.clear();
    this.loaded.clear();
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

  hint(code: HintCode, values: HintValues = {}): void {
    this.events.hint(code, values);
  }

  /** Show the tool's preview again, after what it waited for has come. */
  showPreview(): void {
    this.events.preview();
  }

  /** Begin an edit of the plane on the screen. Answers null when the labels may not be changed now. */
  begin(): Transaction | null {
    const refusal = this.readOnly ? 'read_only' : this.guard();
    if (refusal) {
      this.events.hint(refusal);
      return null;
    }
    this.commit();
    this.step = new RunningStep((slice) => this.planeAt(slice));
    return this.also(this.slice);
  }

  /** Write on another plane too, in the same step of undo. Only while an edit runs. */
  also(slice: Slice): Transaction {
    if (!this.step) throw new Error('No edit is running.');
    return this.step.on(slice);
  }

  /** Write on a plane outside of any edit: to be rolled back, or kept. */
  sketch(slice: Slice): Transaction {
    return new Transaction(this.planeAt(slice));
  }

  /** Show what the running edit has written so far. */
  touch(rect: Rect): void {
    this.events.dirty(this.slice, rect);
  }

  /** End the running edit; new objects get the class given, or worked out for each. */
  commit(newClass: NewClass = this.activeClass): void {
    this.keep(this.endStep(), newClass);
  }

  /** Make what was written on planes a step. Answers false when nothing was. */
  keep(parts: readonly WrittenPart[], newClass: NewClass = this.activeClass): boolean {
    const done = parts.filter(({ transaction }) => !transaction.isEmpty);
    if (done.length === 0) return false;
    const edits = done.map(({ slice, transaction }) => {
      this.events.dirty(slice, transaction.rect);
      return { slice, runs: Float64Array.from(transaction.runs) };
    });
    this.record({ slice: this.slice, edits, classes: this.classesOf(edits, newClass) });
    return true;
  }

  rollBack(): void {
    const undone = this.endStep();
    for (const { slice, transaction } of undone) this.events.dirty(slice, transaction.rollBack());
  }

  setClass(object: number, after: number): void {
    this.setClasses([object], after);
  }

  /** Give objects a class, in one step. */
  setClasses(objects: readonly number[], after: number): void {
    if (this.readOnly) {
      this.events.hint('read_only');
      return;
    }
    const classes = objects
      .map((object) => ({ object, before: this.classes.get(object) ?? null, after }))
      .filter(({ before }) => before !== after);
    if (classes.length > 0) this.record({ slice: this.slice, edits: [], classes });
  }

  undo(): void {
    if (this.step) {
      this.rollBack();
      return;
    }
    const entry = this.readOnly ? null : this.history.undo();
    if (entry) this.walk(entry, 'before');
  }

  redo(): void {
    const entry = this.readOnly || this.step ? null : this.history.redo();
    if (entry) this.walk(entry, 'after');
  }

  /** Apply operations that are in the outbox already: no new ones are made, and they can be undone. */
  replay(...operations: readonly Operation[]): void {
    this.history.append(operations.map((operation) => this.apply(operation)));
    this.events.changed();
  }

  /** What the running edit has written so far. */
  writtenParts(): WrittenPart[] {
    return this.step?.written ?? [];
  }

  /** Close the running step; answers the parts that something was written on. */
  private endStep(): WrittenPart[] {
    const written = this.writtenParts();
    this.step?.close();
    this.step = null;
    return written;
  }

  private apply(operation: Operation): HistoryEvent {
    const { t, z, payload, patch } = operation;
    let before: number | null = null;
    if (payload?.object !== undefined) {
      before = this.classes.get(payload.object) ?? null;
      this.assignClass(payload.object, payload.class_index);
    }
    if (patch === undefined) return eventOf(operation, null, before);
    const plane = this.planeAt({ t, z });
    const { runs, rect, isEmpty } = writePatch(plane, patch);
    this.reserve(largestWritten(runs));
    if (!isEmpty) this.events.dirty({ t, z }, rect);
    return eventOf(operation, Float64Array.from(runs), before);
  }

  private classesOf(edits: readonly PlaneEdit[], newClass: NewClass): ClassChange[] {
    const fresh = [...labelsWritten(edits)].filter((label) => !this.classes.has(label));
    return fresh.flatMap((object) => {
      const after = typeof newClass === 'function' ? newClass(object) : newClass;
      return after === null ? [] : [{ object, before: null, after }];
    });
  }

  private record(done: Omit<Entry, 'id'>): void {
    const entry = { id: randomId(), ...done };
    this.history.record(entry);
    this.emit(entry, 'do');
  }

  /** Undo (`before`) or redo (`after`) a step, and show the plane where it was made. */
  private walk(entry: Entry, side: 'before' | 'after'): void {
    if (sliceKey(entry.slice) !== sliceKey(this.slice)) this.slice = entry.slice;
    const edits = side === 'after' ? entry.edits : [...entry.edits].reverse();
    for (const { slice, runs } of edits) {
      this.events.dirty(slice, applyRuns(this.planeAt(slice), runs, side));
      // A step from the log may bring back ids that no label had when the page was opened.
      this.reserve(largestWritten(runs, side));
    }
    this.emit(entry, side === 'before' ? 'undo' : 'redo');
    const painted = side === 'after' ? (entry.edits[0]?.runs[4] ?? 0) : 0;
    if (painted) this.selected = painted;
    else if (this.selected && !hasObject(this.plane, this.selected)) this.selected = 0;
    this.events.changed();
  }

  private emit(entry: Entry, how: Doing): void {
    const side = how === 'undo' ? 'before' : 'after';
    for (const change of entry.classes) this.assignClass(change.object, change[side]);
    for (const operation of operationsOf(entry, how, this.width)) this.events.operation(operation);
    this.events.walked?.(entry);
    this.events.changed();
  }

  private assignClass(object: number, value: number | null): void {
    if (value === null) this.classes.delete(object);
    else this.classes.set(object, value);
    this.events.classChanged(object);
  }
}
