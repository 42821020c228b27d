/** What the shader is told for each frame: where one looks, how channels and labels are to look. */
import { parseColor, type Contrast } from '../image/contrast';
import type { TextureScale } from '../image/imageSource';
import type { OverlayTexture } from './overlayTexture';
import { PALETTE, SCALE, type Rgb } from './palette';
import type { LabelStyle } from './renderer';
import { INVERTED, LOG_CURVE } from './shaders';
import type { View } from './view';

interface Size {
  width: number;
  height: number;
}

export interface Frame {
  view: View;
  canvas: Size;
  plane: Size;
  /** Of each level, the finest first. */
  sizes: readonly Size[];
  /** The levels that are drawn, of the image and of the labels. */
  drawn: { image: number; labels: number };
  contrast: readonly Contrast[];
  scales: readonly TextureScale[];
  style: LabelStyle;
  selected: number;
  /** The colour of labels without a look of their own; null for a colour by id. */
  restColor: Rgb | null;
  layers: OverlayTexture;
}

export class Uniforms {
  private readonly locations = new Map<string, WebGLUniformLocation | null>();

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly program: WebGLProgram,
  ) {}

  /** What stays the same: the units of the textures, by their samplers' names, and the palettes. */
  setFixed(units: Readonly<Record<string, number>>): void {
    const { gl } = this;
    for (const [name, unit] of Object.entries(units)) gl.uniform1i(this.at(name), unit);
    gl.uniform3fv(this.at('palette'), PALETTE.flat().map(share));
    gl.uniform3fv(this.at('scale'), SCALE.flat().map(share));
  }

  set(frame: Frame): void {
    this.setPlace(frame);
    this.setChannels(frame);
    this.setLabels(frame);
    this.setLayers(frame.layers);
  }

  private setPlace({ view, canvas, plane, sizes, drawn }: Frame): void {
    const { gl } = this;
    const halfWidth = canvas.width / 2 / view.scale;
    const halfHeight = canvas.height / 2 / view.scale;
    gl.uniform2f(this.at('origin'), view.x - halfWidth, view.y + halfHeight);
    gl.uniform1f(this.at('pixel'), 1 / view.scale);
    gl.uniform2i(this.at('size'), plane.width, plane.height);
    gl.uniform2iv(
      this.at('levelSize'),
      sizes.flatMap(({ width, height }) => [width, height]),
    );
    gl.uniform1i(this.at('level'), drawn.image);
    gl.uniform1i(this.at('levels'), sizes.length);
    gl.uniform1i(this.at('labelLevel'), drawn.labels);
  }

  private setChannels({ contrast, scales }: Frame): void {
    const { gl } = this;
    const windows = contrast.flatMap(({ low, high, gamma, on }, c) => {
      const { offset, factor } = scales[c]!;
      const from = (low - offset) * factor;
      const range = Math.max(1e-6, (high - low) * factor);
      return [from, 1 / range, gamma, on ? 1 : 0];
    });
    gl.uniform4fv(this.at('window'), windows);
    gl.uniform1iv(
      this.at('curve'),
      contrast.map(({ log, invert }) => (log ? LOG_CURVE : 0) | (invert ? INVERTED : 0)),
    );
    gl.uniform3fv(
      this.at('color'),
      contrast.flatMap(({ color }) => parseColor(color)),
    );
  }

  private setLabels({ style, selected, restColor }: Frame): void {
    const { gl } = this;
    gl.uniform1f(this.at('opacity'), style.opacity);
    gl.uniform1i(this.at('showLabels'), style.visible ? 1 : 0);
    gl.uniform1i(this.at('fill'), style.fill ? 1 : 0);
    gl.uniform1i(this.at('lines'), style.lines ? 1 : 0);
    gl.uniform1i(this.at('onlySelected'), style.onlySelected ? 1 : 0);
    gl.uniform1ui(this.at('selected'), selected);
    gl.uniform4fv(this.at('unset'), [...(restColor ?? [0, 0, 0]).map(share), restColor ? 1 : 0]);
  }

  private setLayers(layers: OverlayTexture): void {
    const { gl } = this;
    gl.uniform1i(this.at('showOver'), layers.isOn ? 1 : 0);
    if (!layers.isOn) return;
    const { heat, layers: colors } = layers.uniforms();
    gl.uniform1f(this.at('heat'), heat);
    gl.uniform4fv(this.at('layer'), colors);
  }

  private at(name: string): WebGLUniformLocation | null {
    let location = this.locations.get(name);
    if (location === undefined) {
      location = this.gl.getUniformLocation(this.program, name);
      this.locations.set(name, location);
    }
    return location;
  }
}

/** A part of a colour, 0 to 255, as the shader has it. */
function share(part: number): number {
  return part / 255;
}
