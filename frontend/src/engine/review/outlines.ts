/** Outlines of a label plane as canvas pixels, for the part of it that is in sight. Pure. */
import type { Rgb } from '../renderer/palette';
import type { Size, View } from '../renderer/view';

export interface OutlinedPlane {
  width: number;
  height: number;
  /** Row-major (Y, X). */
  labels: Uint32Array;
}

/** Enlarged by so much, an outline of two canvas pixels fills no cell. */
const THICK_FROM_SCALE = 2;

/**
 * RGBA pixels of `size` in which the borders of all cells are drawn, inside the cells.
 *
 * `colorOf` answers a cell's colour, or null where it is not to be drawn.
 */
export function outlinePixels(
  plane: OutlinedPlane,
  view: View,
  size: Size,
  colorOf: (label: number) => Rgb | null,
): Uint8ClampedArray<ArrayBuffer> {
  const { width, height } = size;
  const out = new Uint8ClampedArray(width * height * 4);
  const reach = view.scale >= THICK_FROM_SCALE ? 2 : 1;
  // The label column (row) under each canvas column (row), -1 outside; with a margin of `reach`.
  const columns = places(view.x, view.scale, width, plane.width, reach);
  const rows = places(view.y, view.scale, height, plane.height, reach);
  const at = (py: number, px: number): number => {
    const x = columns[px + reach]!;
    const y = rows[py + reach]!;
    return x < 0 || y < 0 ? 0 : plane.labels[y * plane.width + x]!;
  };
  const colors = new Map<number, Rgb | null>();
  for (let py = 0; py < height; py++) {
    if (rows[py + reach]! < 0) continue;
    for (let px = 0; px < width; px++) {
      const label = at(py, px);
      if (label === 0) continue;
      const isEdge =
        at(py, px - reach) !== label ||
        at(py, px + reach) !== label ||
        at(py - reach, px) !== label ||
        at(py + reach, px) !== label;
      if (!isEdge) continue;
      let color = colors.get(label);
      if (color === undefined) colors.set(label, (color = colorOf(label)));
      if (!color) continue;
      out.set(color, (py * width + px) * 4);
      out[(py * width + px) * 4 + 3] = 255;
    }
  }
  return out;
}

function places(
  middle: number,
  scale: number,
  canvas: number,
  plane: number,
  margin: number,
): Int32Array {
  return Int32Array.from({ length: canvas + 2 * margin }, (_, i) => {
    const place = Math.floor(middle + (i - margin + 0.5 - canvas / 2) / scale);
    return place >= 0 && place < plane ? place : -1;
  });
}
