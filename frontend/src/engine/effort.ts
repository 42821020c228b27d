/** Counts the seconds in which a person works: a pause longer than the limit does not count. */
const IDLE_AFTER_MS = 30_000;

export class Effort {
  private total = 0;
  private last: number | null = null;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The person did something: pointer, key, scroll. */
  touch(): void {
    const now = this.now();
    if (this.last !== null && now - this.last <= IDLE_AFTER_MS) this.total += now - this.last;
    this.last = now;
  }

  get seconds(): number {
    return Math.round(this.total / 100) / 10;
  }

  reset(): void {
    this.total = 0;
    this.last = null;
  }
}
