/** Brings the tiles of the picture in sight to the graphics memory, some in each frame. */
import type { TileSource } from '../image/imageSource';
import { CHUNK } from '../labels/labels';
import type { Slots, Tile } from './pages';

/** Channels of tiles that are uploaded before a frame is drawn; the rest follows with the next ones. */
const UPLOADS_PER_FRAME = 48;

export class ImageTiles {
  /** Tiles are here that were not uploaded yet: draw again. */
  unfinished = false;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly unit: number,
    private readonly source: TileSource,
    private readonly slots: Slots,
  ) {}

  /** The source shows another plane now. */
  forget(): void {
    this.slots.clear();
  }

  /** Make tiles resident, the first ones first. */
  show(tiles: readonly Tile[]): void {
    const { gl, source } = this;
    gl.activeTexture(gl.TEXTURE0 + this.unit);
    let budget = UPLOADS_PER_FRAME;
    this.unfinished = false;
    this.slots.ensure(tiles, (tile, slot) => {
      const channels = source.tile(tile.level, tile.column, tile.row);
      if (!channels) return false;
      budget -= channels.length;
      if (budget < 0) this.unfinished = true;
      else channels.forEach((samples, c) => this.upload(samples, slot * source.channels + c));
      return budget >= 0;
    });
  }

  private upload(samples: Uint16Array<ArrayBuffer>, layer: number): void {
    const { gl } = this;
    const target = gl.TEXTURE_2D_ARRAY;
    const [format, type] = [gl.RED_INTEGER, gl.UNSIGNED_SHORT];
    gl.texSubImage3D(target, 0, 0, 0, layer, CHUNK, CHUNK, 1, format, type, samples);
  }
}
