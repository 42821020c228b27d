/** How the engine reaches the labels of large planes: a table of the objects, and blocks of pixels. */
import { api } from '../../api/client';
import { CHUNK, type Chunk } from './chunks';
import { ObjectTable } from './objectTable';
import type { Slice } from './operations';
import type { Tile } from '../renderer/pages';
import { decodePlane } from './wire';
import { unpack } from '../image/zarr';

export interface LoadedObjects {
  table: ObjectTable;
  /** Of the ids in all planes. */
  largest: number;
  version: number;
}

export interface BlockTransport {
  /** The objects of a plane, without their pixels. */
  loadObjects(annotation: string, slice: Slice): Promise<LoadedObjects>;
  /** Tiles of a plane's labels, in the order asked for; undefined for zeros. */
  loadBlocks(
    annotation: string,
    slice: Slice,
    tiles: readonly Tile[],
  ): Promise<(Chunk | undefined)[]>;
}

interface ObjectTableAnswer {
  version: number;
  largest: number;
  /** id, area, x, y, x0, y0, x1, y1 */
  objects: [number, number, number, number, number, number, number, number][];
}

export const httpBlocks: BlockTransport = {
  async loadObjects(annotation, { t, z }) {
    const path = `annotations/${annotation}/labels/objects?t=${t}&z=${z}`;
    const { objects, largest, version } = await api.get<ObjectTableAnswer>(path);
    const table = new ObjectTable();
    for (const [id, area, x, y, x0, y0, x1, y1] of objects) {
      table.add({ id, area, x, y, box: { x0, y0, x1, y1 } });
    }
    return { table, largest, version };
  },

  async loadBlocks(annotation, { t, z }, tiles) {
    const names = tiles.map(({ level, row, column }) => `${level}-${row}-${column}`).join(',');
    const path = `annotations/${annotation}/labels/blocks?t=${t}&z=${z}&blocks=${names}`;
    const response = await api.raw(path);
    return Promise.all(splitBlocks(await response.arrayBuffer()).map(decodeBlock));
  },
};

/** Each block is its length (uint32, little endian) and a gzip'ed wire plane. */
export function splitBlocks(body: ArrayBuffer): ArrayBuffer[] {
  const view = new DataView(body);
  const blocks: ArrayBuffer[] = [];
  for (let at = 0; at < body.byteLength;) {
    const length = view.getUint32(at, true);
    blocks.push(body.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return blocks;
}

/** The labels of a block; undefined for zeros. */
export async function decodeBlock(packed: ArrayBuffer): Promise<Chunk | undefined> {
  if (packed.byteLength === 0) return undefined;
  return decodePlane(new Uint8Array(await unpack(packed)), CHUNK * CHUNK);
}
