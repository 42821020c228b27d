/** A grid of samples to classify: choices, suggestions, undo, and handing them in. No React, no pixels. */
import type { LabelClass } from '../api/types';
import { Effort } from './effort';
import { randomId } from './ids';
import type { Operation } from './operations';
import type { Outbox } from './outbox';
import { Sync, type SaveState } from './sync';
import type { Item } from './tasks';
import type { Transport } from './transport';

export interface BatchSnapshot {
  /** Class index chosen for each item, null where none is. */
  choices: readonly (number | null)[];
  focus: number;
  chosen: number;
  canUndo: boolean;
  save: SaveState;
  saveDetail: string;
  pending: number;
  durable: boolean;
}

interface Step {
  changes: { at: number; before: number | null }[];
  focus: number;
}

/** The class with the highest score of the model; null where it has said nothing. */
export function suggestionOf(item: Item): number | null {
  let best: number | null = null;
  let highest = -Infinity;
  for (const [index, score] of Object.entries(item.proposal?.class_scores ?? {})) {
    if (score > highest) [best, highest] = [Number(index), score];
  }
  return best;
}

const ORDER: readonly SaveState[] = ['saved', 'saving', 'offline', 'signed_out', 'refused'];

export class Batch {
  readonly effort = new Effort();
  private readonly syncs: Sync[];
  private readonly choices: (number | null)[];
  private readonly steps: Step[] = [];
  private readonly listeners = new Set<() => void>();
  private focused = 0;
  private shown: BatchSnapshot;

  constructor(
    readonly items: readonly Item[],
    readonly classes: readonly LabelClass[],
    outbox: Outbox,
    transport: Transport,
  ) {
    this.choices = items.map((item) => item.annotation.class_index);
    this.syncs = items.map(({ annotation }, at) => {
      const events = { changed: () => this.changed(), conflict: () => this.resolve(at) };
      const sync = new Sync(annotation.id, outbox, transport, events);
      sync.hold();
      return sync;
    });
    this.focused = Math.max(0, this.choices.indexOf(null));
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
      for (const { payload } of await sync.waiting()) {
        if (payload) this.choices[at] = payload.class_index;
      }
      sync.resume(this.items[at]!.annotation.version);
    }
    this.changed();
  }

  focusOn(at: number): void {
    this.focused = Math.min(this.items.length - 1, Math.max(0, at));
    this.changed();
  }

  /** Give the focused item a class and go on to the next that has none. */
  choose(index: number): void {
    const at = this.focused;
    this.steps.push({ changes: [{ at, before: this.choices[at] ?? null }], focus: at });
    this.set(at, index, 'answer');
    this.focused = this.nextOpen(at);
    this.changed();
  }

  /** Give all items without a class this one, as one step. */
  chooseRest(index: number): void {
    const open = this.choices.flatMap((choice, at) => (choice === null ? [at] : []));
    if (open.length === 0) return;
    this.steps.push({ changes: open.map((at) => ({ at, before: null })), focus: this.focused });
    for (const at of open) this.set(at, index, 'answer');
    this.changed();
  }

  undo(): void {
    const step = this.steps.pop();
    if (!step) return;
    for (const { at, before } of step.changes) this.set(at, before, 'undo');
    this.focused = step.focus;
    this.changed();
  }

  /** All choices are stored by the server when this resolves. */
  async settle(): Promise<void> {
    await Promise.all(this.syncs.map((sync) => sync.settled()));
  }

  dispose(): void {
    this.listeners.clear();
  }

  private set(at: number, index: number | null, kind: Operation['kind']): void {
    this.choices[at] = index;
    this.syncs[at]!.push({
      op_id: randomId(),
      kind,
      t: 0,
      z: 0,
      at: new Date().toISOString(),
      payload: { class_index: index },
    });
  }

  private nextOpen(from: number): number {
    const count = this.items.length;
    for (let step = 1; step <= count; step++) {
      const at = (from + step) % count;
      if (this.choices[at] === null) return at;
    }
    return Math.min(count - 1, from + 1);
  }

  /** Another tab answered this item meanwhile: ours goes on top of it. */
  private resolve(at: number): void {
    const sync = this.syncs[at]!;
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
      focus: this.focused,
      chosen: this.choices.filter((choice) => choice !== null).length,
      canUndo: this.steps.length > 0,
      save: worst.state,
      saveDetail: worst.detail,
      pending: this.syncs.reduce((sum, sync) => sum + sync.kept, 0),
      durable: this.syncs.every((sync) => sync.durable),
    };
  }
}
