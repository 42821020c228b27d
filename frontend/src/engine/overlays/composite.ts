/**
 * Everything laid over a plane, in two bytes a pixel: which layers have a line or an area there (a bit each), and the value of the
 * heat map (0 for none). Made once when a layer changes, whatever the number of cells.
 */
import type { Rgb } from '../renderer/palette';

export const MOST_LAYERS = 8;

/** Row-major (Y, X) labels of a layer. */
export interface LayerPlane {
  labels: Uint32Array;
  width: number;
  height: number;
}

/** Row-major (Y, X) doubt of a model, 255 = as unsure as can be; may be coarser than the picture. */
export interface HeatPlane {
  values: Uint8Array;
  width: number;
  height: number;
}

/** Below this a pixel is as good as certain, and stays clear. */
const CERTAIN = 8;

export class Composite {
  /** Pairs of bits and heat, row-major. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** Colour and opacity of each bit. */
  readonly colors: { color: Rgb; opacity: number }[] = [];
  heatOpacity = 0;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.pixels = new Uint8Array(width * height * 2);
  }

  get isEmpty(): boolean {
    return this.colors.length === 0 && this.heatOpacity === 0;
  }

  /** Draw the rims of a layer's cells: their pixels that touch another label or the edge of the picture. */
  addRims({ labels, width, height }: LayerPlane, color: Rgb, opacity: number): void {
    const bit = this.newBit(color, opacity);
    const differs = (at: number, inside: boolean, id: number): boolean =>
      !inside || labels[at] !== id;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = y * width + x;
        const id = labels[at]!;
        if (id === 0) continue;
        const rim =
          differs(at - 1, x > 0, id) ||
          differs(at + 1, x < width - 1, id) ||
          differs(at - width, y > 0, id) ||
          differs(at + width, y < height - 1, id);
        if (rim) this.pixels[at * 2]! |= bit;
      }
    }
  }

  /** Tint the pixels that `isIn` says yes to. */
  addArea(isIn: (at: number) => boolean, color: Rgb, opacity: number): void {
    const bit = this.newBit(color, opacity);
    for (let at = 0; at < this.width * this.height; at++) {
      if (isIn(at)) this.pixels[at * 2]! |= bit;
    }
  }

  /** Colour each cell by a value in [0, 1]; cells without one stay clear. */
  addHeat({ labels }: LayerPlane, values: ReadonlyMap<number, number>, opacity: number): void {
    this.heatOpacity = opacity;
    for (let at = 0; at < labels.length; at++) {
      const value = labels[at] ? values.get(labels[at]!) : undefined;
      if (value !== undefined) this.pixels[at * 2 + 1] = 1 + Math.round(value * 254);
    }
  }

  /** Colour each pixel by how unsure the model is of it, the unsure ones with the low end of the scale. */
  addDoubt({ values, width, height }: HeatPlane, opacity: number): void {
    this.heatOpacity = opacity;
    for (let y = 0; y < this.height; y++) {
      const row = Math.floor((y * height) / this.height) * width;
      for (let x = 0; x < this.width; x++) {
        const value = values[row + Math.floor((x * width) / this.width)]!;
        if (value >= CERTAIN) this.pixels[(y * this.width + x) * 2 + 1] = 256 - value;
      }
    }
  }

  private newBit(color: Rgb, opacity: number): number {
    if (this.colors.length === MOST_LAYERS) throw new Error('There are too many layers.');
    this.colors.push({ color, opacity });
    return 1 << (this.colors.length - 1);
  }
}

/** Half the size: lines and the low end of the heat, which is what is unsure, are kept, so that thin rims do not break up. */
export function halve(
  pixels: Uint8Array,
  width: number,
  height: number,
): { pixels: Uint8Array<ArrayBuffer>; width: number; height: number } {
  const [w, h] = [Math.max(1, width >> 1), Math.max(1, height >> 1)];
  const out = new Uint8Array(w * h * 2);
  for (let y = 0; y < height; y++) {
    const row = Math.min(h - 1, y >> 1) * w;
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 2;
      const to = (row + Math.min(w - 1, x >> 1)) * 2;
      out[to]! |= pixels[from]!;
      const heat = pixels[from + 1]!;
      if (heat > 0 && (out[to + 1] === 0 || heat < out[to + 1]!)) out[to + 1] = heat;
    }
  }
  return { pixels: out, width: w, height: h };
}
