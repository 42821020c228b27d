/** Intensities of a sample as they are in the file, in the sample's own coordinates. */
import type { Point, Rect } from '../geometry';
import type { Slice } from '../labels/operations';
import type { ZarrImage } from './zarr';

/** Where a sample lies in its image. */
export interface Corner extends Slice {
  x: number;
  y: number;
}

export class Intensities {
  constructor(
    private readonly zarr: ZarrImage,
    readonly channels: number,
    readonly corner: Corner,
  ) {}

  /** A rectangle of one channel; `area` and the answer are in pixels of the level. */
  read(
    channel: number,
    slice: Slice,
    level: number,
    area: Rect,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { x, y, t, z } = this.corner;
    const [left, top] = [x >> level, y >> level];
    const { x0, y0, x1, y1 } = area;
    const inImage = { x0: x0 + left, y0: y0 + top, x1: x1 + left, y1: y1 + top };
    return this.zarr.read({ level, t: t + slice.t, z: z + slice.z, c: channel }, inImage);
  }

  /** Every channel's value of one pixel of the full resolution. */
  async at(slice: Slice, { x, y }: Point): Promise<number[]> {
    const area = { x0: x, y0: y, x1: x + 1, y1: y + 1 };
    const reads = Array.from({ length: this.channels }, (_, c) => this.read(c, slice, 0, area));
    return (await Promise.all(reads)).map((samples) => samples[0]!);
  }
}
