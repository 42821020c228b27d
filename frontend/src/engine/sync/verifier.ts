/** Compares sums of what is on the screen with the server's, after many edits and before an answer is handed in. */
import type { Editor } from '../labels/editor';
import type { Rect } from '../geometry';
import { CHUNK_SHIFT } from '../labels/labels';
import type { LogTransport, Square } from './logTransport';
import { sliceKey, type Slice } from '../labels/operations';
import type { Sync } from './sync';
import { Refusal } from './transport';

const COMPARE_EVERY = 64; // operations
const MOST_SQUARES = 64;

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of labels as little-endian 32-bit numbers. */
export function crcOf(labels: Uint32Array): number {
  let crc = 0xffffffff;
  for (const label of labels) {
    crc ^= label;
    crc = TABLE[crc & 255]! ^ (crc >>> 8);
    crc = TABLE[crc & 255]! ^ (crc >>> 8);
    crc = TABLE[crc & 255]! ^ (crc >>> 8);
    crc = TABLE[crc & 255]! ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

export interface VerifierParts {
  annotation: string;
  editor: Editor;
  sync: Sync;
  log: LogTransport;
}

interface Touched {
  slice: Slice;
  column: number;
  row: number;
}

export class Verifier {
  private readonly touched = new Map<string, Touched>();
  /** The version at the last comparison. */
  private compared = 0;
  private running: Promise<boolean> | null = null;

  constructor(private readonly parts: VerifierParts) {}

  /** Labels of a plane changed. */
  note(slice: Slice, rect: Rect): void {
    if (rect.x1 <= rect.x0) return;
    for (let row = rect.y0 >> CHUNK_SHIFT; row <= (rect.y1 - 1) >> CHUNK_SHIFT; row++) {
      for (let column = rect.x0 >> CHUNK_SHIFT; column <= (rect.x1 - 1) >> CHUNK_SHIFT; column++) {
        this.touched.set(`${sliceKey(slice)}/${column}/${row}`, { slice, column, row });
      }
    }
  }

  /** True when enough was stored since the last comparison. */
  get isDue(): boolean {
    return this.parts.sync.version - this.compared >= COMPARE_EVERY;
  }

  /** Begin anew: the labels were loaded. */
  reset(): void {
    this.touched.clear();
    this.compared = this.parts.sync.version;
  }

  /** Compare what was touched since the last time. Answers false when the server has other labels. */
  compare(): Promise<boolean> {
    this.running ??= this.compareAll().finally(() => (this.running = null));
    return this.running;
  }

  private async compareAll(): Promise<boolean> {
    while (this.touched.size > 0) {
      const { sync, editor } = this.parts;
      if (sync.state !== 'saved' || editor.isDrawing) return true;
      const some = [...this.touched].slice(0, MOST_SQUARES);
      for (const [key] of some) this.touched.delete(key);
      this.compared = sync.version;
      try {
        if (!(await this.areEqual(some.map(([, square]) => square)))) return false;
      } catch (error) {
        // The log went on meanwhile, or the server cannot be reached: the next comparison looks again.
        if (!(error instanceof Refusal)) throw error;
        for (const [key, square] of some) this.touched.set(key, square);
        return true;
      }
    }
    return true;
  }

  private async areEqual(touched: readonly Touched[]): Promise<boolean> {
    const { annotation, editor, sync, log } = this.parts;
    const squares = touched.flatMap(({ slice, column, row }): Square[] => {
      const labels = editor.planeAt(slice).finest.read(column, row);
      return labels ? [{ ...slice, column, row, crc: crcOf(labels) }] : [];
    });
    if (squares.length === 0) return true;
    return (await log.compare(annotation, sync.version, squares)).length === 0;
  }
}
