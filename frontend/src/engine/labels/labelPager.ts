/**
 * Brings the chunks of large label planes from the server: what is on the screen, and round it what an edit there may need.
 *
 * All of the objects that reach into the screen are loaded, however far they go beyond it, so that tools find each object whole.
 */
import type { BlockTransport } from './blockTransport';
import { CHUNK, CHUNK_SHIFT, type Chunk } from './chunks';
import type { HintCode } from '../hints';
import { intersect, isEmpty, type Rect } from '../geometry';
import type { LabelPlane } from './labels';
import type { Slice } from './operations';
import type { Tile } from '../renderer/pages';
import { tilesOf } from '../renderer/view';

/** Chunks with labels that are kept of each level, 1 MB each. */
const KEPT = 192;
/** So many chunks may be loaded for editing; with more in sight one has to zoom in first. */
const MOST_IN_SIGHT = 160;
const PER_REQUEST = 32;
const RETRY_MS = 2000;

export interface PagerParts {
  annotation: string;
  blocks: BlockTransport;
  /** The labels of a part of a plane, in full-resolution pixels, have come. */
  arrived(slice: Slice, rect: Rect): void;
}

export class LabelPager {
  /** Why nothing may be edited now; null when all that is in sight is here. */
  refusal: HintCode | null = 'labels_loading';
  private readonly onTheWay = new Map<string, Promise<void>>();
  private stopped = false;
  /** What was looked at last. */
  private seen = '';

  constructor(
    private readonly parts: PagerParts,
    private readonly plane: LabelPlane,
    private readonly slice: Slice,
  ) {}

  stop(): void {
    this.stopped = true;
  }

  /** The screen shows `area`; `missing` are the tiles that it lacks, `selected` is an object that edits may go to. */
  look(area: Rect, missing: readonly Tile[], selected: number): void {
    const place = `${area.x0} ${area.y0} ${area.x1} ${area.y1} ${selected}`;
    if (place === this.seen && missing.length === 0 && this.refusal === null) return;
    this.seen = place;
    const near = this.near(area, selected);
    const tooMany = near.length > MOST_IN_SIGHT;
    const lacking = tooMany ? [] : near.filter((tile) => this.lacks(tile));
    if (tooMany) this.refusal = 'zoom_to_edit';
    else this.refusal = lacking.length > 0 ? 'labels_loading' : null;
    const wanted = [...missing.filter((tile) => this.lacks(tile)), ...lacking];
    if (wanted.length > 0) void this.load(wanted).catch(() => undefined);
    this.keep(tooMany ? [] : near, area);
  }

  /** Load tiles that are not here. Rejects when the server cannot be reached; what is in sight is asked for again later. */
  async load(tiles: readonly Tile[]): Promise<void> {
    const fresh = tiles.filter((tile) => this.lacks(tile) && !this.onTheWay.has(keyOf(tile)));
    for (let at = 0; at < fresh.length; at += PER_REQUEST) {
      this.request(fresh.slice(at, at + PER_REQUEST));
    }
    const jobs = tiles.map((tile) => this.onTheWay.get(keyOf(tile)));
    await Promise.all(jobs.filter((job) => job !== undefined));
  }

  /** Load all of some places of the plane. */
  loadAreas(areas: readonly Rect[]): Promise<void> {
    const tiles = areas.flatMap((area) => this.tilesIn(area));
    return this.load([...new Map(tiles.map((tile) => [keyOf(tile), tile])).values()]);
  }

  /** The server has every edit: chunks with edits may be forgotten as well. */
  saved(): void {
    for (const grid of this.plane.grids) grid.saved();
  }

  private request(tiles: readonly Tile[]): void {
    const { annotation, blocks } = this.parts;
    const done = blocks
      .loadBlocks(annotation, this.slice, tiles)
      .then((chunks) => {
        for (const tile of tiles) this.onTheWay.delete(keyOf(tile));
        this.take(tiles, chunks);
      })
      .catch((error: unknown) => {
        // Asked for again when it is looked for next, but not in a busy loop.
        setTimeout(() => {
          for (const tile of tiles) this.onTheWay.delete(keyOf(tile));
          if (!this.stopped) this.parts.arrived(this.slice, areaOf(tiles[0]!));
        }, RETRY_MS);
        throw error;
      });
    done.catch(() => undefined); // whoever waits for it is told
    for (const tile of tiles) this.onTheWay.set(keyOf(tile), done);
  }

  private take(tiles: readonly Tile[], chunks: readonly (Chunk | undefined)[]): void {
    if (this.stopped) return;
    tiles.forEach(({ level, column, row }, i) => {
      this.plane.grids[level]!.arrive(column, row, chunks[i]);
    });
    for (const tile of tiles) this.parts.arrived(this.slice, areaOf(tile));
  }

  private lacks({ level, column, row }: Tile): boolean {
    const grid = this.plane.grids[level];
    return grid !== undefined && !grid.has(column, row);
  }

  /** The finest tiles in sight, one round them, and those of every object that reaches in. */
  private near(area: Rect, selected: number): Tile[] {
    const around = {
      x0: area.x0 - CHUNK,
      y0: area.y0 - CHUNK,
      x1: area.x1 + CHUNK,
      y1: area.y1 + CHUNK,
    };
    const tiles = this.tilesIn(around);
    if (tiles.length > MOST_IN_SIGHT) return tiles;
    const found = new Map(tiles.map((tile) => [keyOf(tile), tile]));
    for (const { id, box } of this.plane.table.objects.values()) {
      const inSight = box.x0 < area.x1 && box.x1 > area.x0 && box.y0 < area.y1 && box.y1 > area.y0;
      if (!inSight && id !== selected) continue;
      for (const tile of this.tilesIn(box)) found.set(keyOf(tile), tile);
    }
    return [...found.values()];
  }

  private tilesIn(area: Rect): Tile[] {
    const inside = intersect(area, this.plane.bounds);
    return isEmpty(inside) ? [] : tilesOf(inside, 0);
  }

  /** Forget what was not looked at for longest. */
  private keep(near: readonly Tile[], area: Rect): void {
    this.plane.grids.forEach((grid, level) => {
      const inSight = level === 0 ? [...near, ...tilesOf(area, 0)] : tilesOf(area, level);
      const kept = new Set(inSight.map(({ column, row }) => grid.indexOf(column, row)));
      for (const at of kept) grid.touch(at);
      grid.forget(KEPT, kept);
    });
  }
}

function keyOf({ level, column, row }: Tile): string {
  return `${level}-${row}-${column}`;
}

/** What a tile covers, in full-resolution pixels. */
function areaOf({ level, column, row }: Tile): Rect {
  const shift = CHUNK_SHIFT + level;
  const [x0, y0] = [column << shift, row << shift];
  return { x0, y0, x1: x0 + (1 << shift), y1: y0 + (1 << shift) };
}
