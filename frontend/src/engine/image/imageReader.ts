/** Intensities at full resolution for the tools: a rectangle of a plane, of one channel or of what is seen. */
import { brightnessOf, type Contrast } from './contrast';
import { intersect, type Rect } from '../geometry';
import type { Slice } from '../labels/operations';
import type { Patch } from '../pixels/mask';
import type { ZarrImage } from './zarr';

/** A channel by its number, or all visible ones as they are shown. */
export type ChannelChoice = number | 'visible';

/** What a mix of channels has from black to white. */
const MIX_RANGE = 100;

export interface Reading extends Patch {
  /** What the screen shows as black and as white: tools measure differences by it. */
  low: number;
  high: number;
}

export class ImageReader {
  constructor(
    private readonly zarr: ZarrImage,
    /** Where the sample lies in the image. */
    private readonly origin: { t: number; z: number; y: number; x: number },
    private readonly channels: { readonly shown: readonly Contrast[] },
  ) {}

  /** Read a rectangle, in pixels of the sample; what lies outside of the image is 0. Decoded tiles are kept by the image. */
  async read(slice: Slice, area: Rect, choice: ChannelChoice): Promise<Reading> {
    const contrast = this.channels.shown;
    const channel = contrast.length === 1 ? 0 : choice;
    const chosen = channel === 'visible' ? undefined : contrast[channel];
    if (channel !== 'visible' && chosen) {
      const { low, high } = chosen;
      return { area, values: await this.channel(slice, area, channel), low, high };
    }
    const visible = contrast.flatMap(({ on }, c) => (on ? [c] : []));
    const parts = await Promise.all(visible.map((c) => this.channel(slice, area, c)));
    const looks = visible.map((c) => contrast[c]!);
    return { area, values: mixOf(parts, looks), low: 0, high: MIX_RANGE };
  }

  private channel({ t, z }: Slice, area: Rect, c: number): Promise<Float32Array<ArrayBuffer>> {
    const { origin } = this;
    const at = { level: 0, t: origin.t + t, c, z: origin.z + z };
    return this.zarr.read(at, {
      x0: area.x0 + origin.x,
      y0: area.y0 + origin.y,
      x1: area.x1 + origin.x,
      y1: area.y1 + origin.y,
    });
  }
}

/** The mean of channels as bright as they are shown, from 0 to 100. */
function mixOf(parts: readonly Float32Array[], looks: readonly Contrast[]): Float32Array {
  const mix = new Float32Array(parts[0]?.length ?? 0);
  const share = MIX_RANGE / parts.length;
  parts.forEach((values, i) => {
    for (let at = 0; at < mix.length; at++)
      mix[at]! += share * brightnessOf(values[at]!, looks[i]!);
  });
  return mix;
}

/** The square around a point, cut to the plane. */
export function around({ x, y }: { x: number; y: number }, reach: number, bounds: Rect): Rect {
  return intersect(bounds, {
    x0: x - reach,
    y0: y - reach,
    x1: x + reach + 1,
    y1: y + reach + 1,
  });
}
