/** Which tile lies in which slot of a texture array: a page table with least-recently-used eviction. */
export interface Tile {
  level: number;
  column: number;
  row: number;
}

export class PageTable {
  readonly width: number;
  readonly height: number;
  /** Slot + 1 of every tile, 0 for none; (columns * levels) x (2 * rows), images above labels. */
  readonly entries: Uint16Array<ArrayBuffer>;
  changed = true;

  constructor(
    readonly columns: number,
    readonly rows: number,
    readonly levels: number,
  ) {
    this.width = columns * levels;
    this.height = rows * 2;
    this.entries = new Uint16Array(this.width * this.height);
  }

  set(kind: 0 | 1, { level, column, row }: Tile, slot: number): void {
    this.entries[(row + this.rows * kind) * this.width + column + this.columns * level] = slot + 1;
    this.changed = true;
  }
}

/** The tiles of one kind that are in the graphics memory. */
export class Slots {
  private readonly held = new Map<string, { tile: Tile; slot: number }>();
  private readonly free: number[];

  constructor(
    private readonly kind: 0 | 1,
    readonly count: number,
    private readonly table: PageTable,
  ) {
    this.free = Array.from({ length: count }, (_, i) => count - 1 - i);
  }

  get resident(): Iterable<{ tile: Tile; slot: number }> {
    return this.held.values();
  }

  get size(): number {
    return this.held.size;
  }

  /** Make the wanted tiles resident, the first ones first; `upload` answers false while a tile's data is on its way. */
  ensure(wanted: readonly Tile[], upload: (tile: Tile, slot: number) => boolean): void {
    const keys = new Set(wanted.map(keyOf));
    for (const tile of wanted) {
      const key = keyOf(tile);
      const known = this.held.get(key);
      if (known) {
        this.held.delete(key);
        this.held.set(key, known); // newest last
        continue;
      }
      const slot = this.free.pop() ?? this.evict(keys);
      if (slot === null) return;
      if (!upload(tile, slot)) {
        this.free.push(slot);
        continue;
      }
      this.held.set(key, { tile, slot });
      this.table.set(this.kind, tile, slot);
    }
  }

  /** Forget one tile. */
  drop(tile: Tile): void {
    const known = this.held.get(keyOf(tile));
    if (!known) return;
    this.table.set(this.kind, tile, -1);
    this.free.push(known.slot);
    this.held.delete(keyOf(tile));
  }

  clear(): void {
    for (const { tile, slot } of this.held.values()) {
      this.table.set(this.kind, tile, -1);
      this.free.push(slot);
    }
    this.held.clear();
  }

  private evict(keep: Set<string>): number | null {
    for (const [key, { tile, slot }] of this.held) {
      if (keep.has(key)) continue;
      this.held.delete(key);
      this.table.set(this.kind, tile, -1);
      return slot;
    }
    return null;
  }
}

function keyOf({ level, column, row }: Tile): string {
  return `${level}/${column}/${row}`;
}
