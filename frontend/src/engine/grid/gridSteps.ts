/** Undo and redo of a grid. Kept in this browser, so that they go on after a reload. */
import { sameChoice, type Choice } from '../choice';

export interface Change {
  at: number;
  before: Choice;
  after: Choice;
}

/** What the person did at once, and the picture that had the focus. */
export interface Step {
  changes: Change[];
  focus: number;
}

export interface StepStore {
  load(): string | null;
  save(text: string): void;
}

const KEY = 'cytoloop.gridSteps';

/** The last grid's steps; nothing where storage is forbidden. */
export const browserSteps: StepStore = {
  load: () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  },
  save: (text) => {
    try {
      localStorage.setItem(KEY, text);
    } catch {
      // Undo then lasts until the page is left.
    }
  },
};

type Choices = readonly Choice[];

interface Stored {
  ids: string[];
  past: Step[];
  future: Step[];
}

export class GridSteps {
  private past: Step[] = [];
  private future: Step[] = [];

  constructor(
    /** Annotations of the pictures, in the order of the grid. */
    private readonly ids: readonly string[],
    private readonly store: StepStore,
  ) {}

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  push(step: Step): void {
    this.past.push(step);
    this.future = [];
    this.save();
  }

  /** The step to take back or to repeat; it changes sides. */
  walk(kind: 'undo' | 'redo'): Step | undefined {
    const [from, to] = kind === 'undo' ? [this.past, this.future] : [this.future, this.past];
    const step = from.pop();
    if (step) to.push(step);
    this.save();
    return step;
  }

  /** Take up what an earlier visit did, as far as it still leads to these choices. */
  restore(choices: Choices): void {
    const stored = this.read();
    if (!stored) return;
    this.past = this.translate(stored.past, stored.ids);
    this.future = this.translate(stored.future, stored.ids);
    this.fit(choices);
  }

  /** Leave out steps that do not lead to, or on from, these choices any more: somebody answered elsewhere. */
  fit(choices: Choices): void {
    this.past = fitting(this.past, choices, 'after', 'before');
    this.future = fitting(this.future, choices, 'before', 'after');
    this.save();
  }

  /** Pictures may stand elsewhere now, or be gone: older steps than one that lacks any are left out. */
  private translate(steps: readonly Step[], ids: readonly string[]): Step[] {
    const places = ids.map((id) => this.ids.indexOf(id));
    const moved = steps.map(({ changes, focus }) => ({
      changes: changes.map((change) => ({ ...change, at: places[change.at] ?? -1 })),
      focus: Math.max(0, places[focus] ?? 0),
    }));
    const lacking = moved.findLastIndex(({ changes }) => changes.some(({ at }) => at < 0));
    return moved.slice(lacking + 1);
  }

  private read(): Stored | null {
    try {
      const stored = JSON.parse(this.store.load() ?? 'null') as Partial<Stored> | null;
      const { ids, past, future } = stored ?? {};
      return ids && past && future ? { ids, past, future } : null;
    } catch {
      return null;
    }
  }

  private save(): void {
    const { ids, past, future } = this;
    this.store.save(JSON.stringify({ ids, past, future }));
  }
}

/** The newest steps of a stack (its end) that can be walked from some choices. */
function fitting(
  steps: readonly Step[],
  choices: Choices,
  from: 'before' | 'after',
  to: 'before' | 'after',
): Step[] {
  const now = [...choices];
  let first = steps.length;
  for (; first > 0; first--) {
    const { changes } = steps[first - 1]!;
    if (changes.some((change) => !sameChoice(now[change.at] ?? null, change[from]))) break;
    for (const change of changes) now[change.at] = change[to];
  }
  return steps.slice(first);
}
