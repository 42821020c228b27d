/** What cells a plane has: their places and sizes, counted again a moment after each edit. */
import { summarize, type LabelPlane, type ObjectSummary } from './labels';

const WAIT_MS = 150;
const EXACT_UP_TO = 4 << 20; // pixels

export class Census {
  objects: ReadonlyMap<number, ObjectSummary> = new Map();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly plane: () => LabelPlane,
    private readonly counted: () => void,
  ) {}

  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), WAIT_MS);
  }

  now(): void {
    clearTimeout(this.timer);
    const plane = this.plane();
    const step = plane.width * plane.height > EXACT_UP_TO ? 2 : 1;
    this.objects = summarize(plane, step);
    this.counted();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Radius of a disc with the median area; 0 without objects. */
  get typicalRadius(): number {
    const areas = [...this.objects.values()].map(({ area }) => area).sort((a, b) => a - b);
    return Math.sqrt((areas[Math.floor(areas.length / 2)] ?? 0) / Math.PI);
  }

  /** Objects of each class; 0 counts those without one. */
  byClass(classOf: (label: number) => number | undefined): Map<number, number> {
    const counts = new Map<number, number>();
    for (const id of this.objects.keys()) {
      const index = classOf(id) ?? 0;
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    return counts;
  }
}
