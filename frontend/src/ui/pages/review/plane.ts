/** Loads a plane of an image and of labels, and draws outlines into pixels. Pure but for the loading. */
import { api, ApiProblem, type Channel, type Image } from '../../../api';
import { decodePlane } from '../../../engine/wire';
import { ZarrImage } from '../../../engine/zarr';

/** Planes are drawn at most this wide; a finer level is not read. */
const MAX_SIDE = 1100;

export interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export interface LabelPlane {
  width: number;
  height: number;
  labels: Uint32Array;
}

/** The first pyramid level whose part of `box` is no larger than what is drawn. */
export function levelFor(image: Pick<Image, 'levels' | 'size'>, box: Box): number {
  const side = Math.max(box.x1 - box.x0, box.y1 - box.y0);
  for (let level = 0; level < image.levels.length; level += 1) {
    const size = image.levels[level];
    if (size && (side * size.x) / image.size.x <= MAX_SIDE) return level;
  }
  return Math.max(0, image.levels.length - 1);
}

export function colorOf(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.replace('#', ''), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** Add one channel's intensities, windowed, in its colour, to RGBA pixels. */
export function addChannel(
  pixels: Uint8ClampedArray,
  values: ArrayLike<number>,
  { low, high, color }: Pick<Channel, 'low' | 'high' | 'color'>,
): void {
  const [r, g, b] = colorOf(color);
  const span = Math.max(1e-9, high - low);
  for (let i = 0; i < values.length; i += 1) {
    const share = Math.min(1, Math.max(0, ((values[i] ?? 0) - low) / span));
    const at = i * 4;
    pixels[at] = (pixels[at] ?? 0) + share * r;
    pixels[at + 1] = (pixels[at + 1] ?? 0) + share * g;
    pixels[at + 2] = (pixels[at + 2] ?? 0) + share * b;
    pixels[at + 3] = 255;
  }
}

/** The picture of `box` in the first plane as RGBA. */
export async function loadPicture(image: Image, box: Box): Promise<ImageData> {
  const level = levelFor(image, box);
  const size = image.levels[level] ?? { x: image.size.x, y: image.size.y };
  const scaleX = size.x / image.size.x;
  const scaleY = size.y / image.size.y;
  const x0 = Math.floor(box.x0 * scaleX);
  const y0 = Math.floor(box.y0 * scaleY);
  const area = {
    x0,
    y0,
    x1: Math.max(x0 + 1, Math.round(box.x1 * scaleX)),
    y1: Math.max(y0 + 1, Math.round(box.y1 * scaleY)),
  };
  const zarr = new ZarrImage(async (path) => {
    try {
      return await (await api.raw(`images/${image.id}/zarr/${path}`)).arrayBuffer();
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 404) return null;
      throw error;
    }
  });
  const picture = new ImageData(area.x1 - area.x0, area.y1 - area.y0);
  const planes = await Promise.all(
    image.channels.map((_, c) => zarr.read({ level, t: 0, c, z: 0 }, area)),
  );
  planes.forEach((plane, c) => {
    const channel = image.channels[c];
    if (channel) addChannel(picture.data, plane, channel);
  });
  return picture;
}

/** A label plane of the API, decoded; null where there is none. */
export async function loadLabels(
  path: string,
  whole: { x: number; y: number },
): Promise<LabelPlane | null> {
  try {
    const response = await api.raw(path, { headers: { Accept: 'application/octet-stream, */*' } });
    const shape = response.headers.get('X-Cytoloop-Shape');
    const [h, w] = shape ? shape.split(',').map(Number) : [whole.y, whole.x];
    const height = h ?? whole.y;
    const width = w ?? whole.x;
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { width, height, labels: decodePlane(bytes, width * height) };
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

/**
 * Draw outlines as an RGBA layer of `width` x `height` pixels over `box` of the labels.
 *
 * `colorFor` answers the colour of a label. The layer may be finer than the labels.
 */
export function outlineLayer(
  plane: LabelPlane,
  box: Box,
  size: { width: number; height: number },
  colorFor: (label: number) => [number, number, number],
): ImageData {
  const layer = new ImageData(size.width, size.height);
  // Two pixels wide, but one where that would fill small objects.
  const reach = size.width >= 2 * (box.x1 - box.x0) ? 2 : 1;
  const stepX = (box.x1 - box.x0) / size.width;
  const stepY = (box.y1 - box.y0) / size.height;
  const pick = (px: number, py: number): number => {
    const x = Math.floor(box.x0 + (px + 0.5) * stepX);
    const y = Math.floor(box.y0 + (py + 0.5) * stepY);
    if (x < 0 || y < 0 || x >= plane.width || y >= plane.height) return 0;
    return plane.labels[y * plane.width + x] ?? 0;
  };
  for (let py = 0; py < size.height; py += 1) {
    for (let px = 0; px < size.width; px += 1) {
      const label = pick(px, py);
      if (!label) continue;
      const edge =
        pick(px - reach, py) !== label ||
        pick(px + reach, py) !== label ||
        pick(px, py - reach) !== label ||
        pick(px, py + reach) !== label;
      if (!edge) continue;
      const at = (py * size.width + px) * 4;
      const [r, g, b] = colorFor(label);
      layer.data.set([r, g, b, 255], at);
    }
  }
  return layer;
}
