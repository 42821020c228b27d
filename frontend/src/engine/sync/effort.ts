/** Counts the seconds in which a person works: a pause longer than the limit does not count. */
const IDLE_AFTER_MS = 30_000;
const KEEP_EVERY_MS = 1000;

/** Where the count outlives a reload of the page. */
export interface EffortStore {
  load(): number;
  save(milliseconds: number): void;
  clear(): void;
}

/** Kept in this browser under the annotation's id; forgotten where storage is forbidden. */
export function effortStoreOf(annotation: string): EffortStore {
  const key = `cytoloop.effort.${annotation}`;
  const quietly = <T>(act: () => T, otherwise: T): T => {
    try {
      return act();
    } catch {
      return otherwise;
    }
  };
  return {
    load: () => quietly(() => Number(localStorage.getItem(key)) || 0, 0),
    save: (value) => quietly(() => localStorage.setItem(key, String(Math.round(value))), undefined),
    clear: () => quietly(() => localStorage.removeItem(key), undefined),
  };
}

export class Effort {
  private total: number;
  private last: number | null = null;
  private kept: number;

  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly store: EffortStore | null = null,
  ) {
    this.total = this.kept = store?.load() ?? 0;
  }

  /** The person did something: pointer, key, scroll. */
  touch(): void {
    const now = this.now();
    if (this.last !== null && now - this.last <= IDLE_AFTER_MS) this.total += now - this.last;
    this.last = now;
    if (this.total - this.kept < KEEP_EVERY_MS) return;
    this.kept = this.total;
    this.store?.save(this.total);
  }

  get seconds(): number {
    return Math.round(this.total / 100) / 10;
  }

  /** The answer was handed in: begin anew. */
  reset(): void {
    this.total = this.kept = 0;
    this.last = null;
    this.store?.clear();
  }
}
