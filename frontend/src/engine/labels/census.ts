/** What cells a plane has: their places and sizes, told a moment after each edit. */
import type { LabelPlane, ObjectSummary } from './labels';

const WAIT_MS = 150;

export class Census {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private classCounts: ReadonlyMap<number, number> | null = null;

  constructor(
    private readonly plane: () => LabelPlane,
    private readonly counted: () => void,
  ) {}

  get objects(): ReadonlyMap<number, ObjectSummary> {
    return this.plane().table.objects;
  }

  /** Cells, or their classes, changed. */
  soon(): void {
    this.classCounts = null;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.counted, WAIT_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Radius of a disc with the median area; 0 without objects. */
  get typicalRadius(): number {
    const areas = [...this.objects.values()].map(({ area }) => area).sort((a, b) => a - b);
    return Math.sqrt((areas[Math.floor(areas.length / 2)] ?? 0) / Math.PI);
  }

  /** Objects of each class; 0 counts those without one. Counted once after each change. */
  byClass(classOf: (label: number) => number | undefined): ReadonlyMap<number, number> {
    if (this.classCounts) return this.classCounts;
    const counts = new Map<number, number>();
    for (const id of this.objects.keys()) {
      const index = classOf(id) ?? 0;
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    return (this.classCounts = counts);
  }
}
