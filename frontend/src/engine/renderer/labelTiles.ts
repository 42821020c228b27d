/** Brings the labels in sight to the graphics memory, tile by tile, and what of them changes. */
import type { Chunk } from '../labels/chunks';
import { intersect, isEmpty, type Rect } from '../geometry';
import { CHUNK, CHUNK_SHIFT, type LabelPlane } from '../labels/labels';
import type { Slots, Tile } from './pages';
import { sampleLabels } from './sampling';
import { tilesOf } from './view';

export class LabelTiles {
  /** Tiles of the plane in sight that are not loaded yet. */
  missing: Tile[] = [];

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly unit: number,
    private plane: LabelPlane,
    private readonly slots: Slots,
    private readonly levels: number,
  ) {}

  setPlane(plane: LabelPlane): void {
    this.plane = plane;
    this.slots.clear();
  }

  /** Make what lies in `area` resident; answers the finest level from `level` on of which all is there. */
  show(area: Rect, level: number): number {
    this.gl.activeTexture(this.gl.TEXTURE0 + this.unit);
    const coarsest = this.levels - 1;
    this.missing = this.absent(tilesOf(area, coarsest));
    if (level < coarsest) this.missing.push(...this.absent(tilesOf(area, level)));
    for (let drawn = level; drawn <= coarsest; drawn++) {
      const wanted = tilesOf(area, drawn);
      if (this.absent(wanted).length === 0 || drawn === coarsest) {
        this.slots.ensure(wanted, (tile, slot) => this.upload(tile, slot));
        return drawn;
      }
    }
    return level;
  }

  /** Labels changed inside `rect` (full-resolution pixels). */
  changed(rect: Rect): void {
    this.gl.activeTexture(this.gl.TEXTURE0 + this.unit);
    for (const { tile, slot } of [...this.slots.resident]) {
      const { level } = tile;
      const scaled = {
        x0: rect.x0 >> level,
        y0: rect.y0 >> level,
        x1: ((rect.x1 - 1) >> level) + 1,
        y1: ((rect.y1 - 1) >> level) + 1,
      };
      const part = intersect(scaled, areaOf(tile));
      if (isEmpty(part)) continue;
      // What is not here any more comes anew, with the change on it.
      if (this.absent([tile]).length > 0) this.slots.drop(tile);
      else this.uploadPart(tile, slot, part);
    }
  }

  private absent(tiles: readonly Tile[]): Tile[] {
    if (!this.plane.paged) return [];
    return tiles.filter(({ level, column, row }) => !this.plane.grids[level]?.has(column, row));
  }

  private upload(tile: Tile, slot: number): boolean {
    if (this.absent([tile]).length > 0) return false;
    this.uploadPart(tile, slot, areaOf(tile));
    return true;
  }

  /** `part` is in pixels of the tile's level. */
  private uploadPart({ level, column, row }: Tile, slot: number, part: Rect): void {
    const { gl, plane } = this;
    const [x, y] = [part.x0 & (CHUNK - 1), part.y0 & (CHUNK - 1)];
    const [width, height] = [part.x1 - part.x0, part.y1 - part.y0];
    const kept = plane.grids[level]?.read(column, row);
    if (kept) this.setRowLength(CHUNK, x, y);
    const pixels: Chunk = kept ?? sampleLabels(plane.finest, level, part);
    const [format, type] = [gl.RED_INTEGER, gl.UNSIGNED_INT];
    const target = gl.TEXTURE_2D_ARRAY;
    gl.texSubImage3D(target, 0, x, y, slot, width, height, 1, format, type, pixels);
    if (kept) this.setRowLength(0, 0, 0);
  }

  private setRowLength(length: number, x: number, y: number): void {
    const { gl } = this;
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, length);
    // Without the image height some drivers drop the upload, with a console warning only.
    gl.pixelStorei(gl.UNPACK_IMAGE_HEIGHT, length);
    gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, x);
    gl.pixelStorei(gl.UNPACK_SKIP_ROWS, y);
  }
}

function areaOf({ column, row }: Tile): Rect {
  const [x, y] = [column << CHUNK_SHIFT, row << CHUNK_SHIFT];
  return { x0: x, y0: y, x1: x + CHUNK, y1: y + CHUNK };
}
