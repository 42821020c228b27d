/**
 * The labels of one level of a plane, in chunks of 512 x 512.
 *
 * A small plane is here as a whole. Of a large one only some chunks are: what is written where no chunk is, waits and is written when
 * it comes; and the chunks that were not looked at for longest are forgotten, unless they hold what the server has not.
 */
export const CHUNK = 512;
export const CHUNK_SHIFT = 9;
export const CHUNK_MASK = CHUNK - 1;

export type Chunk = Uint32Array<ArrayBuffer>;

/** What an absent or empty chunk reads as. Never written to. */
const ZEROS: Chunk = new Uint32Array(CHUNK * CHUNK);

export class ChunkGrid {
  readonly columns: number;
  readonly rows: number;
  private readonly chunks: (Chunk | undefined)[];
  /** 1 where the labels are known; a known chunk that was never written to is zeros and takes no memory. */
  private readonly known: Uint8Array;
  /** Spans for chunks that are not here: first and last pixel in the chunk, label. */
  private readonly late = new Map<number, number[]>();
  /** Chunks that may hold what the server has not. */
  private readonly unsaved = new Set<number>();
  /** Chunks that take memory, the longest unused first. */
  private readonly used = new Set<number>();

  constructor(
    readonly width: number,
    readonly height: number,
    readonly isWhole: boolean,
  ) {
    this.columns = Math.ceil(width / CHUNK);
    this.rows = Math.ceil(height / CHUNK);
    this.chunks = new Array<undefined>(this.columns * this.rows);
    this.known = new Uint8Array(this.columns * this.rows).fill(isWhole ? 1 : 0);
  }

  indexOf(column: number, row: number): number {
    return row * this.columns + column;
  }

  has(column: number, row: number): boolean {
    return this.known[this.indexOf(column, row)] === 1;
  }

  hasPixel(x: number, y: number): boolean {
    return this.isWhole || this.has(x >> CHUNK_SHIFT, y >> CHUNK_SHIFT);
  }

  /** How many chunks take memory. */
  get size(): number {
    return this.used.size;
  }

  /** The chunk's labels to read; undefined while they are not here. */
  read(column: number, row: number): Chunk | undefined {
    const at = this.indexOf(column, row);
    return this.known[at] ? (this.chunks[at] ?? ZEROS) : undefined;
  }

  get(x: number, y: number): number {
    const chunk = this.chunks[(y >> CHUNK_SHIFT) * this.columns + (x >> CHUNK_SHIFT)];
    return chunk ? chunk[((y & CHUNK_MASK) << CHUNK_SHIFT) | (x & CHUNK_MASK)]! : 0;
  }

  /** Set one row piece; the caller has clipped it to the plane. */
  setSpan(y: number, x0: number, x1: number, label: number): void {
    const row = (y & CHUNK_MASK) << CHUNK_SHIFT;
    for (let x = x0; x < x1;) {
      const end = Math.min(x1, (x | CHUNK_MASK) + 1);
      const from = row | (x & CHUNK_MASK);
      this.fill(this.indexOf(x >> CHUNK_SHIFT, y >> CHUNK_SHIFT), from, from + end - x, label);
      x = end;
    }
  }

  /** The labels of a chunk have come; none stands for zeros. */
  arrive(column: number, row: number, labels: Chunk | undefined): void {
    const at = this.indexOf(column, row);
    this.known[at] = 1;
    if (labels) {
      this.chunks[at] = labels;
      this.used.add(at);
    }
    const late = this.late.get(at) ?? [];
    this.late.delete(at);
    for (let i = 0; i < late.length; i += 3) this.fill(at, late[i]!, late[i + 1]!, late[i + 2]!);
  }

  /** The server has everything that was written. */
  saved(): void {
    this.unsaved.clear();
  }

  /** Somebody looks at the chunk: it is kept longer than others. */
  touch(at: number): void {
    if (this.used.delete(at)) this.used.add(at);
  }

  /** Forget the chunks that were not looked at for longest, until `most` are left; unsaved and kept ones stay. */
  forget(most: number, keep: ReadonlySet<number>): void {
    for (const at of this.used) {
      if (this.used.size <= most) return;
      if (keep.has(at) || this.unsaved.has(at)) continue;
      this.chunks[at] = undefined;
      this.known[at] = 0;
      this.used.delete(at);
    }
  }

  /** The chunks with labels in them, and where they lie. */
  *filled(): Generator<{ chunk: Chunk; column: number; row: number }> {
    for (const at of this.used) {
      const chunk = this.chunks[at]!;
      yield { chunk, column: at % this.columns, row: Math.floor(at / this.columns) };
    }
  }

  private fill(at: number, from: number, to: number, label: number): void {
    if (!this.known[at]) {
      const late = this.late.get(at);
      if (late) late.push(from, to, label);
      else this.late.set(at, [from, to, label]);
      return;
    }
    if (!this.isWhole) this.unsaved.add(at);
    this.writable(at).fill(label, from, to);
  }

  private writable(at: number): Chunk {
    const known = this.chunks[at];
    if (known) return known;
    this.used.add(at);
    return (this.chunks[at] = new Uint32Array(CHUNK * CHUNK));
  }
}
