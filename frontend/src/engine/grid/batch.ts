/** A grid of samples to classify: choices, selection, order, undo and redo, and sending. No React, no pixels. */
import type { LabelClass } from '../../api/types';
import {
  choiceOf,
  classesOf,
  payloadsOf,
  sameChoice,
  suggestedChoice,
  toggled,
  withOperation,
  type Choice,
} from '../choice';
import { Effort } from '../sync/effort';
import { browserSteps, GridSteps, type StepStore } from './gridSteps';
import { randomId } from '../ids';
import type { Outbox } from '../sync/outbox';
import { Selection, type ClickKeys } from './selection';
import { Sync, type SaveState } from '../sync/sync';
import type { Draft, Item } from '../sync/tasks';
import type { Transport } from '../sync/transport';

/** What was done last to several pictures at once: the page says it, with a way back. */
export interface Sweep {
  count: number;
  /** What they have now; null where nothing is chosen for them any more. */
  choice: Choice;
}

export interface BatchSnapshot {
  /** What is chosen for each item, null where nothing is. */
  choices: readonly Choice[];
  focus: number;
  selected: ReadonlySet<number>;
  /** Items in the order in which they are shown. */
  order: readonly number[];
  chosen: number;
  canUndo: boolean;
  canRedo: boolean;
  sweep: Sweep | null;
  /** Items that were answered otherwise elsewhere meanwhile, with that answer: the person must choose. */
  asked: ReadonlyMap<number, Choice>;
  save: SaveState;
  saveDetail: string;
  pending: number;
  durable: boolean;
}

const ORDER: readonly SaveState[] = ['saved', 'saving', 'offline', 'signed_out', 'refused'];

export class Batch {
  readonly effort = new Effort();
  private readonly syncs: Sync[];
  private readonly choices: Choice[];
  private readonly selection: Selection;
  private readonly steps: GridSteps;
  private sweep: Sweep | null = null;
  private readonly asked = new Map<number, Choice>();
  private readonly listeners = new Set<() => void>();
  private shown: BatchSnapshot;

  constructor(
    readonly items: readonly Item[],
    readonly classes: readonly LabelClass[],
    outbox: Outbox,
    private readonly transport: Transport,
    /** What the server has for an annotation now. */
    private readonly stored: (annotation: string) => Promise<Draft>,
    steps: StepStore = browserSteps,
    /** A picture may have several classes, or none. */
    readonly several = false,
  ) {
    const ids = items.map(({ annotation }) => annotation.id);
    this.steps = new GridSteps(ids, steps);
    this.choices = items.map((item) => choiceOf(item.annotation, several));
    this.selection = new Selection(items.length);
    this.syncs = items.map(({ annotation }, at) => {
      const events = { changed: () => this.changed(), conflict: () => void this.resolve(at) };
      const sync = new Sync(annotation.id, outbox, this.transport, events);
      sync.hold();
      return sync;
    });
    this.selection.only(Math.max(0, this.choices.indexOf(null)));
    this.shown = this.makeSnapshot();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): BatchSnapshot => this.shown;

  /** Take up what an earlier page left in the outbox, and begin to send. */
  async open(): Promise<void> {
    for (const [at, sync] of this.syncs.entries()) {
      for (const operation of await sync.waiting()) {
        this.choices[at] = withOperation(this.choices[at]!, operation, this.several);
      }
      sync.resume(this.items[at]!.annotation.version);
    }
    this.steps.restore(this.choices);
    this.changed();
  }

  // --- which pictures ---

  click(at: number, keys: ClickKeys = {}): void {
    this.selection.click(at, keys);
    this.changed();
  }

  move(steps: number, extend = false): void {
    this.selection.move(steps, extend);
    this.changed();
  }

  selectAll(): void {
    this.selection.all();
    this.changed();
  }

  /** Mean exactly these. */
  select(items: Iterable<number>): void {
    this.selection.set(items);
    this.changed();
  }

  /** Mean the one in focus alone again. */
  deselect(): void {
    this.selection.only(this.selection.focus);
    this.changed();
  }

  arrange(order: readonly number[]): void {
    this.selection.arrange(order);
    this.changed();
  }

  // --- their classes ---

  /**
   * Give what is selected a class; one picture alone hands the focus on to the next that has none. Where there may be
   * several, the class is added to all, or taken from all where each has it, and the focus stays.
   */
  choose(index: number): void {
    const { targets } = this.selection;
    if (this.several) {
      const on = !targets.every((at) => classesOf(this.choices[at]!).includes(index));
      this.record(targets.map((at) => ({ at, after: toggled(this.choices[at]!, index, on) })));
      this.changed();
      return;
    }
    this.apply(targets, index);
    this.goOn(targets);
  }

  /** Take the class of what is selected away; where there may be several, say that it has none of them. */
  clear(): void {
    if (this.several) {
      const { targets } = this.selection;
      this.apply(targets, []);
      this.goOn(targets);
      return;
    }
    this.apply(
      this.selection.targets.filter((at) => this.choices[at] !== null),
      null,
    );
    this.changed();
  }

  /** Give all items without a class this one, as one step. */
  chooseRest(index: number): void {
    this.apply(
      this.selection.order.filter((at) => this.choices[at] === null),
      this.several ? [index] : index,
    );
    this.changed();
  }

  /** Take the model's suggestion for what is selected, where it has one, as one step. */
  acceptSuggestions(): void {
    const { targets } = this.selection;
    const changes = targets.flatMap((at) => {
      const after = suggestedChoice(this.items[at]!, this.several);
      return after === null ? [] : [{ at, after }];
    });
    this.record(changes);
    if (changes.length > 0) this.goOn(targets);
  }

  undo(): void {
    this.walk('undo');
  }

  redo(): void {
    this.walk('redo');
  }

  /** Keep ours or the answer that came from elsewhere, for some of the items that are asked about. */
  async keep(items: Iterable<number>, side: 'mine' | 'theirs'): Promise<void> {
    await Promise.all([...items].map((at) => this.decide(at, side)));
    this.steps.fit(this.choices);
    this.changed();
  }

  /** All choices are stored by the server when this resolves. */
  async settle(): Promise<void> {
    await Promise.all(this.syncs.map((sync) => sync.settled()));
  }

  dispose(): void {
    this.listeners.clear();
  }

  /** To the next picture without a class, else simply to the next. */
  private goOn(done: readonly number[]): void {
    const last = done.at(-1)!;
    const open = this.selection.next(last, (at) => this.choices[at] === null);
    this.selection.only(open ?? last);
    if (open === null) this.selection.move(1);
    this.changed();
  }

  private apply(targets: readonly number[], after: Choice): void {
    this.record(targets.map((at) => ({ at, after })));
  }

  private record(wanted: readonly { at: number; after: Choice }[]): void {
    const changes = wanted
      .map(({ at, after }) => ({ at, before: this.choices[at]!, after }))
      .filter(({ before, after }) => !sameChoice(before, after));
    if (changes.length === 0) return;
    this.steps.push({ changes, focus: this.selection.focus });
    for (const { at, after } of changes) this.set(at, after, 'answer');
    this.sweep = changes.length > 1 ? { count: changes.length, choice: changes[0]!.after } : null;
  }

  private walk(kind: 'undo' | 'redo'): void {
    const step = this.steps.walk(kind);
    if (!step) return;
    for (const { at, before, after } of step.changes) {
      this.set(at, kind === 'undo' ? before : after, kind);
    }
    this.selection.only(step.focus);
    if (step.changes.length > 1) this.selection.set(step.changes.map(({ at }) => at));
    this.sweep = null;
    this.changed();
  }

  private set(at: number, choice: Choice, kind: 'answer' | 'undo' | 'redo'): void {
    const payloads = payloadsOf(this.choices[at]!, choice, this.several);
    this.choices[at] = choice;
    const sync = this.syncs[at]!;
    for (const payload of payloads) {
      sync.push({
        op_id: randomId(),
        kind: this.several && kind === 'answer' ? 'class' : kind,
        t: 0,
        z: 0,
        at: new Date().toISOString(),
        payload,
      });
    }
    // Answering it anew is a choice too.
    if (this.asked.delete(at)) sync.resume(sync.serverVersion);
  }

  /** It was answered elsewhere meanwhile: the person is asked, where that answer is another. */
  private async resolve(at: number): Promise<void> {
    const sync = this.syncs[at]!;
    const theirs = choiceOf(await this.stored(this.items[at]!.annotation.id), this.several);
    if (sameChoice(theirs, this.choices[at]!)) sync.resume(sync.serverVersion);
    else this.asked.set(at, theirs);
    this.changed();
  }

  private async decide(at: number, side: 'mine' | 'theirs'): Promise<void> {
    const theirs = this.asked.get(at);
    if (theirs === undefined) return;
    const sync = this.syncs[at]!;
    this.asked.delete(at);
    if (side === 'theirs') {
      this.choices[at] = theirs;
      await sync.rest();
      await sync.replace([]);
    }
    sync.resume(sync.serverVersion);
  }

  private changed(): void {
    this.shown = this.makeSnapshot();
    for (const listener of this.listeners) listener();
  }

  private makeSnapshot(): BatchSnapshot {
    const worst = this.syncs.reduce((a, b) =>
      ORDER.indexOf(b.state) > ORDER.indexOf(a.state) ? b : a,
    );
    return {
      choices: [...this.choices],
      focus: this.selection.focus,
      selected: new Set(this.selection.items),
      order: this.selection.order,
      chosen: this.choices.filter((choice) => choice !== null).length,
      canUndo: this.steps.canUndo,
      canRedo: this.steps.canRedo,
      sweep: this.sweep,
      asked: new Map(this.asked),
      save: worst.state,
      saveDetail: worst.detail,
      pending: this.syncs.reduce((sum, sync) => sum + sync.kept, 0),
      durable: this.syncs.every((sync) => sync.durable),
    };
  }
}
