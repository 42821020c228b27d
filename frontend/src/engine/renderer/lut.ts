/** The look of single labels, in pages of 65,536 that are made when first written to: every id can have its own. */
import { makeTexture } from './gl';
import type { Rgb } from './palette';

const SIDE = 256;
const PAGE = SIDE * SIDE;
const MOST_PAGES = 16;

/** Alpha of an entry; 0 stands for "not set". */
const HIDDEN = 1;
const SHOWN = 255;

export type Look = Rgb | 'hidden';

export class LabelLut {
  /** Layer + 1 of each page of labels. */
  private readonly pages = new Uint8Array(PAGE);
  private readonly layers: Uint8Array<ArrayBuffer>[] = [];
  /** The first and last row of each layer that the graphics memory does not have. */
  private readonly dirty = new Map<number, [number, number]>();
  private pagesDirty = true;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly unit: number,
    private readonly pagesUnit: number,
  ) {
    makeTexture(gl, unit, gl.TEXTURE_2D_ARRAY);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.RGBA8, SIDE, SIDE, MOST_PAGES);
    makeTexture(gl, pagesUnit, gl.TEXTURE_2D);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R8UI, SIDE, SIDE);
  }

  /** Give a label a look of its own; null takes it away. */
  set(label: number, look: Look | null): void {
    const at = this.layerOf(label, look !== null);
    if (at < 0) return;
    const index = label % PAGE;
    const rgba = look === null ? [0, 0, 0, 0] : look === 'hidden' ? [0, 0, 0, HIDDEN] : look;
    this.layers[at]!.set(rgba.length === 4 ? rgba : [...rgba, SHOWN], index * 4);
    const row = Math.floor(index / SIDE);
    const [first, last] = this.dirty.get(at) ?? [row, row];
    this.dirty.set(at, [Math.min(first, row), Math.max(last, row)]);
  }

  /** Take every look away. */
  clear(): void {
    this.layers.forEach((layer, at) => {
      layer.fill(0);
      this.dirty.set(at, [0, SIDE - 1]);
    });
  }

  /** Bring what changed to the graphics memory. */
  upload(): void {
    const { gl } = this;
    if (this.pagesDirty) {
      gl.activeTexture(gl.TEXTURE0 + this.pagesUnit);
      const [format, type] = [gl.RED_INTEGER, gl.UNSIGNED_BYTE];
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, SIDE, SIDE, format, type, this.pages);
      this.pagesDirty = false;
    }
    if (this.dirty.size === 0) return;
    gl.activeTexture(gl.TEXTURE0 + this.unit);
    for (const [at, [first, last]] of this.dirty) {
      const rows = this.layers[at]!.subarray(first * SIDE * 4, (last + 1) * SIDE * 4);
      const target = gl.TEXTURE_2D_ARRAY;
      const [format, type, tall] = [gl.RGBA, gl.UNSIGNED_BYTE, last + 1 - first];
      gl.texSubImage3D(target, 0, 0, first, at, SIDE, tall, 1, format, type, rows);
    }
    this.dirty.clear();
  }

  /** The layer that has the label's page, made if need be; -1 where there is none. */
  private layerOf(label: number, make: boolean): number {
    const page = Math.floor(label / PAGE);
    const known = this.pages[page]! - 1;
    if (known >= 0 || !make || this.layers.length === MOST_PAGES) return known;
    this.layers.push(new Uint8Array(PAGE * 4));
    this.pages[page] = this.layers.length;
    this.pagesDirty = true;
    return this.layers.length - 1;
  }
}

/** The shader's side: `lookOf(id)` answers the colour of a label, alpha below a half where it is hidden. */
export function lutShader(colors: number): string {
  return `
uniform mediump sampler2DArray lut;
uniform usampler2D lutPages;
uniform vec3 palette[${colors}];
uniform vec4 unset;  // of labels without an entry; alpha 0: a colour by id

vec4 lookOf(uint id) {
  int layer = int(texelFetch(lutPages, ivec2(int((id >> 16) & 255u), int(id >> 24)), 0).r) - 1;
  if (layer >= 0) {
    vec4 look = texelFetch(lut, ivec3(int(id & 255u), int((id >> 8) & 255u), layer), 0);
    if (look.a > 0.0) return look;
  }
  return unset.a > 0.0 ? unset : vec4(palette[int(id % ${colors}u)], 1.0);
}`;
}
