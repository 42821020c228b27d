/** Where the renderer gets an image's tiles from: 512 x 512, one 16-bit array per channel, loaded as they are asked for. */
import { api, ApiProblem } from '../../api/client';
import type { Image, Sample } from '../../api/types';
import { Intensities } from './intensities';
import { CHUNK } from '../labels/labels';
import { newestFirst } from './newestFirst';
import type { Slice } from '../labels/operations';
import { projectMaximum, rangeOf, type Projection } from '../view/projection';
import type { Tile } from '../renderer/pages';
import { ZarrImage, type Fetcher } from './zarr';

export interface TileSource {
  readonly channels: number;
  /** Width and height of every level; each is half of the one before. */
  readonly levels: readonly { width: number; height: number }[];
  /** The tile's channels, or undefined while it is on its way (`onTile` follows). */
  tile(level: number, column: number, row: number): Uint16Array<ArrayBuffer>[] | undefined;
}

/** How intensities become 16-bit texture values: value = (intensity - offset) * factor. */
export interface TextureScale {
  offset: number;
  factor: number;
}

export function textureScale(dtype: string, low: number, high: number): TextureScale {
  if (['uint8', 'uint16', 'bool'].includes(dtype)) return { offset: 0, factor: 1 };
  const range = high - low;
  return { offset: low, factor: range > 0 ? 65535 / range : 1 };
}

/** As many as browsers send to one server at once. */
const REQUESTS_AT_ONCE = 6;

export function httpFetcher(imageId: number): Fetcher {
  return newestFirst(REQUESTS_AT_ONCE, async (path: string) => {
    try {
      const response = await api.raw(`images/${imageId}/zarr/${path}`, {
        headers: { Accept: '*/*' },
      });
      return await response.arrayBuffer();
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 404) return null;
      throw error;
    }
  });
}

const CACHED_TILES = 96;

/** The part of an image that a sample is about, at one time and depth. */
export class SampleSource implements TileSource {
  readonly channels: number;
  readonly levels: { width: number; height: number }[];
  readonly width: number;
  readonly height: number;
  /** Frames and slices of the sample. */
  readonly frames: number;
  readonly depth: number;
  readonly intensities: Intensities;
  /** µm; null where it is not known. */
  readonly pixelSize: Image['pixel_size_um'];
  onTile: () => void = () => undefined;
  onError: (error: Error) => void = () => undefined;
  /** The slices whose brightest pixels are shown, instead of one slice. */
  projection: Projection = { kind: 'off' };
  private slice: Slice = { t: 0, z: 0 };
  private readonly tiles = new Map<string, Uint16Array<ArrayBuffer>[] | null>();

  constructor(
    private readonly zarr: ZarrImage,
    image: Pick<Image, 'size' | 'levels' | 'dtype'> & Partial<Pick<Image, 'pixel_size_um'>>,
    region: Sample['region'],
    private readonly scales: TextureScale[],
  ) {
    const { size } = image;
    const whole = { x0: 0, y0: 0, x1: size.x, y1: size.y };
    const area = region && Number.isFinite(region.x1) ? { ...whole, ...region } : whole;
    const corner = { t: region?.t ?? 0, z: region?.z ?? 0, y: area.y0, x: area.x0 };
    this.width = area.x1 - area.x0;
    this.height = area.y1 - area.y0;
    this.frames = typeof region?.t === 'number' ? 1 : size.t;
    this.depth = typeof region?.z === 'number' ? 1 : size.z;
    this.channels = size.c;
    this.levels = usableLevels(image, area);
    this.pixelSize = image.pixel_size_um ?? null;
    this.intensities = new Intensities(zarr, size.c, corner);
  }

  goTo(slice: Slice): void {
    this.slice = slice;
  }

  tile(level: number, column: number, row: number): Uint16Array<ArrayBuffer>[] | undefined {
    return this.lookUp(this.slice, { level, column, row });
  }

  has({ t, z }: Slice): boolean {
    return t >= 0 && z >= 0 && t < this.frames && z < this.depth;
  }

  /** Load tiles of a plane that may be looked at next. */
  prefetch(slice: Slice, tiles: readonly Tile[]): void {
    if (!this.has(slice)) return;
    for (const tile of tiles) this.lookUp(slice, tile);
  }

  isLoaded(slice: Slice, tiles: readonly Tile[]): boolean {
    return tiles.every((tile) => this.tiles.get(this.keyOf(slice, tile)));
  }

  private keyOf(slice: Slice, { level, column, row }: Tile): string {
    const { from, to } = rangeOf(this.projection, slice.z, this.depth);
    return `${slice.t}/${from}-${to}/${level}/${column}/${row}`;
  }

  private lookUp(slice: Slice, tile: Tile): Uint16Array<ArrayBuffer>[] | undefined {
    const key = this.keyOf(slice, tile);
    const known = this.tiles.get(key);
    if (known) {
      this.tiles.delete(key);
      this.tiles.set(key, known);
      return known;
    }
    if (known === undefined) void this.load(key, slice, tile);
    return undefined;
  }

  private async load(key: string, slice: Slice, tile: Tile): Promise<void> {
    this.tiles.set(key, null);
    try {
      const channels = this.scales.map((_, c) => this.loadChannel(c, slice, tile));
      this.tiles.set(key, await Promise.all(channels));
      this.forgetOldest();
      if (key === this.keyOf(this.slice, tile)) this.onTile();
    } catch (error) {
      // Asked for again at the next frame that needs it, but not in a busy loop.
      setTimeout(() => this.tiles.delete(key), 2000);
      this.onError(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private loadChannel(
    c: number,
    slice: Slice,
    { level, column, row }: Tile,
  ): Promise<Uint16Array<ArrayBuffer>> {
    const { corner } = this.intensities;
    const x0 = (corner.x >> level) + column * CHUNK;
    const y0 = (corner.y >> level) + row * CHUNK;
    const area = { x0, y0, x1: x0 + CHUNK, y1: y0 + CHUNK };
    const t = corner.t + slice.t;
    return projectMaximum(rangeOf(this.projection, slice.z, this.depth), (z) =>
      this.zarr.readTexture({ level, t, c, z: corner.z + z }, area, this.scales[c]!),
    );
  }

  private forgetOldest(): void {
    for (const [key, tile] of this.tiles) {
      if (this.tiles.size <= CACHED_TILES) return;
      if (tile) this.tiles.delete(key);
    }
  }
}

/** The levels that can be used for an area: its corner must lie on a pixel of the level. */
function usableLevels(
  image: Pick<Image, 'size' | 'levels'>,
  area: { x0: number; y0: number; x1: number; y1: number },
): { width: number; height: number }[] {
  const whole =
    area.x0 === 0 && area.y0 === 0 && area.x1 === image.size.x && area.y1 === image.size.y;
  const sizes = image.levels.length > 0 ? image.levels : [{ y: image.size.y, x: image.size.x }];
  const usable: { width: number; height: number }[] = [];
  for (const [level, size] of sizes.entries()) {
    const step = 2 ** level;
    if (area.x0 % step || area.y0 % step) break;
    if (whole) usable.push({ width: size.x, height: size.y });
    else {
      const width = Math.ceil((area.x1 - area.x0) / step);
      usable.push({ width, height: Math.ceil((area.y1 - area.y0) / step) });
    }
  }
  return usable;
}
