/** The label plane of one (t, z), authoritative on the CPU. All edits go through a Transaction, which records runs. */
import { CHUNK, CHUNK_MASK, CHUNK_SHIFT, ChunkGrid, type Chunk } from './chunks';
import { emptyRect, growRect, intersect, isEmpty, type Rect } from '../geometry';
import { ObjectTable, type ObjectSummary } from './objectTable';
import { RUN, type Runs } from './wire';

export { CHUNK, CHUNK_SHIFT } from './chunks';
export type { ObjectSummary } from './objectTable';

/** Larger planes are not loaded as a whole, but by chunks as they are looked at. */
const LARGEST_WHOLE = 1 << 24; // pixels

/** Whether a plane is too large to be loaded as a whole. */
export function isPaged({ width, height }: { width: number; height: number }): boolean {
  return width * height > LARGEST_WHOLE;
}

export class LabelPlane {
  /** The labels, and coarser levels where they are kept: a plane that is here as a whole is sampled instead. */
  readonly grids: readonly ChunkGrid[];
  private counted: ObjectTable | null = null;

  constructor(
    readonly width: number,
    readonly height: number,
    /** Chunks come as they are asked for. */
    readonly paged = false,
  ) {
    const grids = [new ChunkGrid(width, height, !paged)];
    for (let level = 1; paged; level++) {
      const finer = grids.at(-1)!;
      if (Math.max(finer.width, finer.height) <= CHUNK) break;
      grids.push(new ChunkGrid((finer.width + 1) >> 1, (finer.height + 1) >> 1, false));
    }
    this.grids = grids;
  }

  /** A plane with the labels of a row-major (Y, X) array. */
  static from(labels: Uint32Array, width: number, height: number): LabelPlane {
    const plane = new LabelPlane(width, height);
    for (let row = 0; row < plane.rows; row++) {
      for (let column = 0; column < plane.columns; column++) {
        plane.finest.arrive(column, row, cut(labels, width, height, column, row));
      }
    }
    return plane;
  }

  get finest(): ChunkGrid {
    return this.grids[0]!;
  }

  get columns(): number {
    return this.finest.columns;
  }

  get rows(): number {
    return this.finest.rows;
  }

  get bounds(): Rect {
    return { x0: 0, y0: 0, x1: this.width, y1: this.height };
  }

  /** The objects; counted when first asked for, then kept up to date. */
  get table(): ObjectTable {
    return (this.counted ??= count(this));
  }

  /** Take what the server says of objects whose chunks are not here. */
  setTable(table: ObjectTable): void {
    this.counted = table;
  }

  get(x: number, y: number): number {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return 0;
    return this.finest.get(x, y);
  }

  /** Write one row piece over labels that are known; the caller has clipped it to the plane. */
  exchange(y: number, x0: number, x1: number, before: number, after: number): void {
    this.counted?.move(y, x0, x1, before, after);
    this.write(y, x0, x1, after);
  }

  /** Write one row piece, whatever is there; the caller has clipped it to the plane. */
  setSpan(y: number, x0: number, x1: number, label: number): void {
    for (let x = x0; x < x1;) {
      const end = this.runEnd(x, y, x1);
      if (this.finest.hasPixel(x, y)) this.exchange(y, x, end, this.finest.get(x, y), label);
      else this.write(y, x, end, label);
      x = end;
    }
  }

  private write(y: number, x0: number, x1: number, label: number): void {
    this.finest.setSpan(y, x0, x1, label);
    for (let level = 1; level < this.grids.length; level++) {
      const step = 1 << level;
      if ((y & (step - 1)) !== step >> 1) continue;
      const up = (step >> 1) - 1; // of a pixel the one in the middle is kept
      const [from, to] = [(x0 + up) >> level, (x1 + up) >> level];
      if (from < to) this.grids[level]!.setSpan(y >> level, from, to, label);
    }
  }

  /** Where the run of equal labels that begins at (x, y) ends, at `most` at the latest; what is not loaded ends with its chunk. */
  runEnd(x: number, y: number, most: number): number {
    const label = this.finest.get(x, y);
    const row = (y & CHUNK_MASK) << CHUNK_SHIFT;
    const isHere = this.finest.hasPixel(x, y);
    for (let at = x; at < most;) {
      const stop = Math.min(most, (at | CHUNK_MASK) + 1);
      const chunk = this.finest.read(at >> CHUNK_SHIFT, y >> CHUNK_SHIFT);
      if (!chunk) return isHere ? at : stop;
      while (at < stop && chunk[row | (at & CHUNK_MASK)] === label) at++;
      if (at < stop) return at;
    }
    return most;
  }

  toArray(): Uint32Array<ArrayBuffer> {
    const labels = new Uint32Array(this.width * this.height);
    for (const { chunk, area } of this.filledChunks()) {
      for (let y = area.y0; y < area.y1; y++) {
        const from = (y & CHUNK_MASK) << CHUNK_SHIFT;
        labels.set(chunk.subarray(from, from + area.x1 - area.x0), y * this.width + area.x0);
      }
    }
    return labels;
  }

  /** Visit the chunks with labels in them, each with the rectangle of the plane that it covers. */
  *filledChunks(): Generator<{ chunk: Chunk; area: Rect }> {
    for (const { chunk, column, row } of this.finest.filled()) {
      const [x0, y0] = [column * CHUNK, row * CHUNK];
      const x1 = Math.min(this.width, x0 + CHUNK);
      yield { chunk, area: { x0, y0, x1, y1: Math.min(this.height, y0 + CHUNK) } };
    }
  }
}

/** A chunk of a row-major array; undefined where it is all zeros. */
function cut(
  labels: Uint32Array,
  width: number,
  height: number,
  column: number,
  row: number,
): Chunk | undefined {
  const chunk = new Uint32Array(CHUNK * CHUNK);
  let any = false;
  for (let y = row * CHUNK; y < Math.min(height, (row + 1) * CHUNK); y++) {
    const from = y * width + column * CHUNK;
    const piece = labels.subarray(from, from + Math.min(CHUNK, width - column * CHUNK));
    any ||= piece.some((label) => label > 0);
    chunk.set(piece, (y & CHUNK_MASK) << CHUNK_SHIFT);
  }
  return any ? chunk : undefined;
}

/** One edit in the making: writes spans to the plane and records what each pixel was. */
export class Transaction {
  readonly runs: number[] = [];
  readonly rect: Rect = emptyRect();
  private closed = false;
  constructor(readonly plane: LabelPlane) {}

  get isEmpty(): boolean {
    return this.runs.length === 0;
  }

  /** Give [x0, x1) of row y a label where `allow` says yes to the label that is there. */
  span(y: number, x0: number, x1: number, label: number, allow?: (old: number) => boolean): void {
    const plane = this.plane;
    if (this.closed || y < 0 || y >= plane.height) return;
    const end = Math.min(plane.width, x1);
    for (let x = Math.max(0, x0); x < end;) {
      const old = plane.get(x, y);
      const start = x;
      x = plane.runEnd(start, y, end);
      // What is not loaded cannot be recorded, so it cannot be changed.
      if (old === label || !plane.finest.hasPixel(start, y) || (allow && !allow(old))) continue;
      plane.exchange(y, start, x, old, label);
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

  /** The step has ended: a tool that still holds the transaction writes nothing any more. */
  close(): void {
    this.closed = true;
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
    const [before, after] = [runs[at + 3]!, runs[at + 4]!];
    if (side === 'after') plane.exchange(y, x0, x1, before, after);
    else plane.exchange(y, x0, x1, after, before);
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
  const entry = plane.table.objects.get(label);
  if (!entry) return { spans, box };
  for (const { chunk, area } of plane.filledChunks()) {
    const part = intersect(area, entry.box);
    if (isEmpty(part)) continue;
    for (let y = part.y0; y < part.y1; y++) {
      const from = ((y & CHUNK_MASK) << CHUNK_SHIFT) - area.x0;
      for (let x = part.x0; x < part.x1; x++) {
        if (chunk[from + x] !== label) continue;
        const start = x;
        while (x < part.x1 && chunk[from + x] === label) x++;
        spans.push([y, start, x]);
        growRect(box, { x0: start, y0: y, x1: x, y1: y + 1 });
      }
    }
  }
  return { spans, box };
}

/** True when the plane holds the label somewhere. */
export function hasObject(plane: LabelPlane, label: number): boolean {
  return plane.table.has(label);
}

/** Where these objects lie, as far as the plane has them. */
export function boxesOf(plane: LabelPlane, labels: readonly number[]): Rect[] {
  return labels.flatMap((label) => plane.table.objects.get(label)?.box ?? []);
}

/** The number of pixels of each of these objects. */
export function areasOf(plane: LabelPlane, labels: ReadonlySet<number>): Map<number, number> {
  const { objects } = plane.table;
  return new Map([...labels].map((label) => [label, objects.get(label)?.area ?? 0]));
}

/** Place and size of every object. */
export function summarize(plane: LabelPlane): ReadonlyMap<number, ObjectSummary> {
  return plane.table.objects;
}

/** The largest label of a plane, 0 when it is empty. */
export function largestLabel(plane: LabelPlane): number {
  return plane.table.largest;
}

function count(plane: LabelPlane): ObjectTable {
  const table = new ObjectTable();
  for (const { chunk, area } of plane.filledChunks()) {
    for (let y = area.y0; y < area.y1; y++) {
      const from = ((y & CHUNK_MASK) << CHUNK_SHIFT) - area.x0;
      for (let x = area.x0; x < area.x1;) {
        const label = chunk[from + x]!;
        const start = x++;
        while (x < area.x1 && chunk[from + x] === label) x++;
        table.move(y, start, x, 0, label);
      }
    }
  }
  return table;
}
