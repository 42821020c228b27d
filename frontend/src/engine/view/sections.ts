/** Sections of a stack across its slices: what is read, and where it is drawn. No canvas. */
import type { Point } from '../geometry';
import type { Intensities } from '../image/intensities';
import type { Size, View } from '../renderer/view';

/** XZ lies under the picture and shares its columns; YZ lies beside it and shares its rows. */
export type SectionAxis = 'xz' | 'yz';

/** Pixels of all channels that the sections may keep: the stack is read at the level that fits. */
const MOST_PIXELS = 48 << 20;

/** The finest level at which the whole stack fits in the memory that is meant for it. */
export function sectionLevel(size: Size, planes: number, levels: number): number {
  let level = 0;
  while (level < levels - 1 && (size.width * size.height * planes) / 4 ** level > MOST_PIXELS) {
    level++;
  }
  return level;
}

/** Height of a slice in pixel widths; 1 where the distance of slices is not known. */
export function depthAspect(pixelSize: { z: number | null; x: number | null } | null): number {
  const { z, x } = pixelSize ?? { z: null, x: null };
  return z && x ? z / x : 1;
}

export interface Section {
  /** Columns and rows: x and z, or z and y. */
  width: number;
  height: number;
  channels: Float32Array<ArrayBuffer>[];
}

export interface SectionPlan {
  axis: SectionAxis;
  t: number;
  /** Where it cuts: y of an XZ section, x of a YZ section, in full-resolution pixels. */
  at: number;
  level: number;
  /** Of a slice at the level. */
  size: Size;
  depth: number;
}

/** Read a section from all slices. */
export async function loadSection(intensities: Intensities, plan: SectionPlan): Promise<Section> {
  const { axis, size, depth } = plan;
  const [width, height] = axis === 'xz' ? [size.width, depth] : [depth, size.height];
  const channels = Array.from(
    { length: intensities.channels },
    () => new Float32Array(width * height),
  );
  const readSlice = async (z: number): Promise<void> => {
    const lines = channels.map((_, c) => readLine(intensities, plan, c, z));
    (await Promise.all(lines)).forEach((line, c) => {
      if (axis === 'xz') channels[c]!.set(line, z * width);
      else line.forEach((value, y) => (channels[c]![y * width + z] = value));
    });
  };
  await Promise.all(Array.from({ length: depth }, (_, z) => readSlice(z)));
  return { width, height, channels };
}

function readLine(
  intensities: Intensities,
  { axis, t, at, level, size }: SectionPlan,
  channel: number,
  z: number,
): Promise<Float32Array<ArrayBuffer>> {
  const cut = at >> level;
  const area =
    axis === 'xz'
      ? { x0: 0, y0: cut, x1: size.width, y1: cut + 1 }
      : { x0: cut, y0: 0, x1: cut + 1, y1: size.height };
  return intensities.read(channel, { t, z }, level, area);
}

/** How a section lies on its canvas: canvas = offset + scale * (x or y, or z) in full-resolution pixels and slices. */
export interface Placement {
  x: { offset: number; scale: number };
  y: { offset: number; scale: number };
}

/** Place a section beside the picture: in line with it along one axis, slices to scale along the other. */
export function placeSection(
  axis: SectionAxis,
  view: View,
  canvas: Size,
  stack: { depth: number; aspect: number; z: number },
): Placement {
  const along = (length: number, center: number): Placement['x'] => ({
    offset: length / 2 - center * view.scale,
    scale: view.scale,
  });
  if (axis === 'xz') {
    return {
      x: along(canvas.width, view.x),
      y: acrossSlices(canvas.height, view.scale, stack),
    };
  }
  return {
    x: acrossSlices(canvas.width, view.scale, stack),
    y: along(canvas.height, view.y),
  };
}

/** The whole stack in the middle where it fits, else the slice that is looked at. */
function acrossSlices(
  length: number,
  zoom: number,
  { depth, aspect, z }: { depth: number; aspect: number; z: number },
): Placement['x'] {
  const scale = zoom * aspect;
  const center = depth * scale <= length ? depth / 2 : z + 0.5;
  return { offset: length / 2 - center * scale, scale };
}

/** The place in the stack under a point of a section's canvas; `along` is x or y. */
export function fromSection(
  axis: SectionAxis,
  { x, y }: Placement,
  point: Point,
): { along: number; z: number } {
  const column = Math.floor((point.x - x.offset) / x.scale);
  const row = Math.floor((point.y - y.offset) / y.scale);
  return axis === 'xz' ? { along: column, z: row } : { along: row, z: column };
}
