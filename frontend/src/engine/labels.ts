/** The label plane of one (t, z): chunked, authoritative on the CPU. All edits go through a Transaction, which records runs. */
import { emptyRect, growRect, type Rect } from './geometry';
import { RUN, type Runs } from './wire';

export const CHUNK = 512;
export const CHUNK_SHIFT = 9;
const CHUNK_MASK = CHUNK - 1;

export class LabelPlane {
  readonly columns: number;
  readonly rows: number;
  private readonly chunks: (Uint32Array<ArrayBuffer> | undefined)[];

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.columns = Math.ceil(width / CHUNK);
    this.rows = Math.ceil(height / CHUNK);
    this.chunks = new Array<undefined>(this.columns * this.rows);
  }

  /** A plane with the labels of a row-major (Y, X) array. */
  static from(labels: Uint32Array, width: number, height: number): LabelPlane {
    const plane = new LabelPlane(width, height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x += CHUNK) {
        const piece = labels.subarray(y * width + x, y * width + Math.min(width, x + CHUNK));
        plane.chunk(x >> CHUNK_SHIFT, y >> CHUNK_SHIFT).set(piece, (y & CHUNK_MASK) << CHUNK_SHIFT);
      }
    }
    return plane;
  }

  /** The 512 x 512 labels of a chunk, row-major; made empty when first asked for. */
  chunk(column: number, row: number): Uint32Array<ArrayBuffer> {
    const at = row * this.columns + column;
    return (this.chunks[at] ??= new Uint32Array(CHUNK * CHUNK));
  }

  get(x: number, y: number): number {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return 0;
    const chunk = this.chunks[(y >> CHUNK_SHIFT) * this.columns + (x >> CHUNK_SHIFT)];
    return chunk ? chunk[((y & CHUNK_MASK) << CHUNK_SHIFT) | (x & CHUNK_MASK)]! : 0;
  }

  /** Set one row piece; the caller has clipped it to the plane. */
  setSpan(y: number, x0: number, x1: number, label: number): void {
    const row = (y & CHUNK_MASK) << CHUNK_SHIFT;
    for (let x = x0; x < x1;) {
      const end = Math.min(x1, (x | CHUNK_MASK) + 1);
      const from = row | (x & CHUNK_MASK);
      this.chunk(x >> CHUNK_SHIFT, y >> CHUNK_SHIFT).fill(label, from, from + end - x);
      x = end;
    }
  }

  toArray(): Uint32Array<ArrayBuffer> {
    const labels = new Uint32Array(this.width * this.height);
    for (let y = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++) labels[y * this.width + x] = this.get(x, y);
    }
    return labels;
  }

  /** Visit the non-empty chunks with the rectangle of the plane that each covers. */
  *filledChunks(): Generator<{ chunk: Uint32Array<ArrayBuffer>; area: Rect }> {
    for (let at = 0; at < this.chunks.length; at++) {
      const chunk = this.chunks[at];
      if (!chunk) continue;
      const x0 = (at % this.columns) * CHUNK;
      const y0 = Math.floor(at / this.columns) * CHUNK;
      const x1 = Math.min(this.width, x0 + CHUNK);
      const y1 = Math.min(this.height, y0 + CHUNK);
      yield { chunk, area: { x0, y0, x1, y1 } };
    }
  }

  get bounds(): Rect {
    return { x0: 0, y0: 0, x1: this.width, y1: this.height };
  }
}

/** One edit in the making: writes spans to the plane and records what each pixel was. */
export class Transaction {
  readonly runs: number[] = [];
  readonly rect: Rect = emptyRect();
  constructor(readonly plane: LabelPlane) {}

  get isEmpty(): boolean {
    return this.runs.length === 0;
  }

  /** Give [x0, x1) of row y a label where `allow` says yes to the label that is there. */
  span(y: number, x0: number, x1: number, label: number, allow?: (old: number) => boolean): void {
    const plane = this.plane;
    if (y < 0 || y >= plane.height) return;
    const end = Math.min(plane.width, x1);
    for (let x = Math.max(0, x0); x < end;) {
      const old = plane.get(x, y);
      const start = x++;
      while (x < end && plane.get(x, y) === old) x++;
      if (old === label || (allow && !allow(old))) continue;
      plane.setSpan(y, start, x, label);
      this.recordRun(y, start, x - start, old, label);
      growRect(this.rect, { x0: start, y0: y, x1: x, y1: y + 1 });
    }
  }

  private recordRun(y: number, x: number, length: number, old: number, label: number): void {
    const runs = this.runs;
    const at = runs.length - 5;
    const end = at < 0 ? -1 : runs[at + 1]! + runs[at + 2]!;
    const sameRow = end === x && runs[at] === y;
    if (sameRow && runs[at + 3] === old && runs[at + 4] === label) runs[at + 2]! += length;
    else runs.push(y, x, length, old, label);
  }

  /** Put back what was there; answers the rectangle that changed. */
  rollBack(): Rect {
    const rect = applyRuns(this.plane, this.runs, 'before');
    this.runs.length = 0;
    return rect;
  }
}

/** Do (`after`) or undo (`before`) recorded runs; answers the rectangle that changed. */
export function applyRuns(plane: LabelPlane, runs: Runs, side: 'before' | 'after'): Rect {
  const rect = emptyRect();
  const count = runs.length / RUN;
  for (let k = 0; k < count; k++) {
    const at = (side === 'before' ? count - 1 - k : k) * RUN;
    const y = runs[at]!;
    const x0 = runs[at + 1]!;
    const x1 = x0 + runs[at + 2]!;
    plane.setSpan(y, x0, x1, runs[at + (side === 'before' ? 3 : 4)]!);
    growRect(rect, { x0, y0: y, x1, y1: y + 1 });
  }
  return rect;
}

/** The row pieces of an object, as [y, x0, x1], and its bounding box. */
export function objectSpans(
  plane: LabelPlane,
  label: number,
): { spans: [number, number, number][]; box: Rect } {
  const spans: [number, number, number][] = [];
  const box = emptyRect();
  for (const { chunk, area } of plane.filledChunks()) {
    for (let at = chunk.indexOf(label); at >= 0;) {
      let end = at + 1;
      const rowEnd = (at | CHUNK_MASK) + 1;
      while (end < rowEnd && chunk[end] === label) end++;
      const y = area.y0 + (at >> CHUNK_SHIFT);
      const x0 = area.x0 + (at & CHUNK_MASK);
      spans.push([y, x0, x0 + end - at]);
      growRect(box, { x0, y0: y, x1: x0 + end - at, y1: y + 1 });
      at = chunk.indexOf(label, end);
    }
  }
  return { spans, box };
}

/** True when the plane holds the label somewhere. */
export function hasObject(plane: LabelPlane, label: number): boolean {
  for (const { chunk } of plane.filledChunks()) if (chunk.includes(label)) return true;
  return false;
}

/** The number of pixels of each of these objects. */
export function areasOf(plane: LabelPlane, labels: ReadonlySet<number>): Map<number, number> {
  const areas = new Map([...labels].map((label) => [label, 0]));
  for (const { chunk } of plane.filledChunks()) {
    for (const label of chunk) {
      const area = label ? areas.get(label) : undefined;
      if (area !== undefined) areas.set(label, area + 1);
    }
  }
  return areas;
}

export interface ObjectSummary {
  id: number;
  area: number;
  x: number;
  y: number;
}

/** Area and centre of every object. `step` > 1 looks at every step-th row and column only: enough to place a mark. */
export function summarize(plane: LabelPlane, step = 1): Map<number, ObjectSummary> {
  const found = new Map<number, ObjectSummary>();
  for (const { chunk, area } of plane.filledChunks()) {
    for (let y = area.y0; y < area.y1; y += step) {
      const row = (y & CHUNK_MASK) << CHUNK_SHIFT;
      for (let x = area.x0; x < area.x1; x += step) {
        const id = chunk[row | (x & CHUNK_MASK)]!;
        if (!id) continue;
        const entry = found.get(id) ?? { id, area: 0, x: 0, y: 0 };
        entry.x += (x - entry.x) / ++entry.area;
        entry.y += (y - entry.y) / entry.area;
        found.set(id, entry);
      }
    }
  }
  for (const entry of found.values()) entry.area *= step * step;
  return found;
}

/** The largest label of a plane, 0 when it is empty. */
export function largestLabel(plane: LabelPlane): number {
  let largest = 0;
  for (const { chunk } of plane.filledChunks()) {
    for (const label of chunk) if (label > largest) largest = label;
  }
  return largest;
}
