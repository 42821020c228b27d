/** Draws a small picture of a sample: its region, or the whole image, with the channels' contrast. */
import type { Image, Sample } from '../../api/types';
import { brightnessOf, parseColor, type Contrast } from '../image/contrast';
import type { Rect } from '../geometry';
import { httpFetcher } from '../image/imageSource';
import { ZarrImage } from '../image/zarr';

/** Context around a cell's region, as a share of its larger side. */
const CONTEXT = 0.25;
const KEPT_IMAGES = 12;

const opened = new Map<number, ZarrImage>();

/** Crops of one image share its chunks. */
function openImage(id: number): ZarrImage {
  const known = opened.get(id) ?? new ZarrImage(httpFetcher(id));
  opened.delete(id);
  opened.set(id, known);
  for (const oldest of opened.keys()) {
    if (opened.size <= KEPT_IMAGES) break;
    opened.delete(oldest);
  }
  return known;
}

export interface CropPlan {
  level: number;
  /** In pixels of the level. */
  area: Rect;
  /** The region itself, without context, in pixels of the level; null for a whole image. */
  frame: Rect | null;
}

/** Which level and rectangle to read for a picture of about `target` pixels. */
export function planCrop(
  image: Pick<Image, 'size' | 'levels'>,
  region: Sample['region'],
  target: number,
): CropPlan {
  const { size } = image;
  const inner = region ?? { x0: 0, y0: 0, x1: size.x, y1: size.y };
  const side = Math.max(inner.x1 - inner.x0, inner.y1 - inner.y0);
  const margin = region ? Math.round(side * CONTEXT) : 0;
  const outer = {
    x0: Math.max(0, inner.x0 - margin),
    y0: Math.max(0, inner.y0 - margin),
    x1: Math.min(size.x, inner.x1 + margin),
    y1: Math.min(size.y, inner.y1 + margin),
  };
  const largest = Math.max(outer.x1 - outer.x0, outer.y1 - outer.y0);
  const wanted = Math.floor(Math.log2(Math.max(1, largest / target)));
  const level = Math.max(0, Math.min(wanted, image.levels.length - 1));
  return { level, area: scaled(outer, level), frame: region ? scaled(inner, level) : null };
}

function scaled({ x0, y0, x1, y1 }: Rect, level: number): Rect {
  const step = 2 ** level;
  return {
    x0: Math.floor(x0 / step),
    y0: Math.floor(y0 / step),
    x1: Math.max(Math.floor(x0 / step) + 1, Math.floor(x1 / step)),
    y1: Math.max(Math.floor(y0 / step) + 1, Math.floor(y1 / step)),
  };
}

/** Mix channels of intensities into 8-bit RGBA. */
export function mixChannels(
  channels: readonly ArrayLike<number>[],
  contrast: readonly Contrast[],
  size: number,
): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(size * 4);
  for (const [c, samples] of channels.entries()) {
    const look = contrast[c];
    if (!look?.on) continue;
    const [r, g, b] = parseColor(look.color);
    for (let i = 0; i < size; i++) {
      const value = 255 * brightnessOf(samples[i]!, look);
      out[i * 4]! += value * r;
      out[i * 4 + 1]! += value * g;
      out[i * 4 + 2]! += value * b;
    }
  }
  for (let i = 3; i < out.length; i += 4) out[i] = 255;
  return out;
}

export interface Crop {
  width: number;
  height: number;
  channels: Float32Array<ArrayBuffer>[];
  frame: Rect | null;
}

/** Load the intensities of a sample's picture of about `target` pixels. */
export async function loadCrop(
  image: Image,
  region: Sample['region'],
  target: number,
): Promise<Crop> {
  const { level, area, frame } = planCrop(image, region, target);
  const zarr = openImage(image.id);
  const at = { level, t: region?.t ?? 0, z: region?.z ?? Math.floor(image.size.z / 2) };
  const reads = Array.from({ length: image.size.c }, (_, c) => zarr.read({ ...at, c }, area));
  const inside = frame && {
    x0: frame.x0 - area.x0,
    y0: frame.y0 - area.y0,
    x1: frame.x1 - area.x0,
    y1: frame.y1 - area.y0,
  };
  return {
    width: area.x1 - area.x0,
    height: area.y1 - area.y0,
    channels: await Promise.all(reads),
    frame: inside,
  };
}
