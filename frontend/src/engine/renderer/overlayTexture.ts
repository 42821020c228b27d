/** The composite of the layers in the graphics memory, with coarser levels for views from afar. */
import { halve, MOST_LAYERS, type Composite } from '../overlays/composite';
import { makeTexture } from './gl';

/** Pictures with more pixels get no layers: two bytes each would fill the memory of small machines. */
export const MOST_PIXELS = 1 << 26;

export class OverlayTexture {
  private texture: WebGLTexture | null = null;
  private shown: Composite | null = null;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly unit: number,
  ) {}

  get isOn(): boolean {
    return this.shown !== null;
  }

  show(composite: Composite | null): void {
    const { gl } = this;
    gl.deleteTexture(this.texture);
    this.shown = composite;
    this.texture = makeTexture(gl, this.unit, gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST_MIPMAP_NEAREST);
    let level = composite ?? { pixels: new Uint8Array(2), width: 1, height: 1 };
    const levels = 1 + Math.floor(Math.log2(Math.max(level.width, level.height)));
    gl.texStorage2D(gl.TEXTURE_2D, levels, gl.RG8UI, level.width, level.height);
    for (let at = 0; at < levels; at++) {
      const { pixels, width, height } = level;
      const [format, type] = [gl.RG_INTEGER, gl.UNSIGNED_BYTE];
      gl.texSubImage2D(gl.TEXTURE_2D, at, 0, 0, width, height, format, type, pixels);
      level = halve(pixels, width, height);
    }
  }

  /** The opacity of the heat map, and colour and opacity of each bit. */
  uniforms(): { heat: number; layers: number[] } {
    const layers = new Array<number>(MOST_LAYERS * 4).fill(0);
    this.shown?.colors.forEach(({ color, opacity }, at) => {
      layers.splice(at * 4, 4, ...color.map((part) => part / 255), opacity);
    });
    return { heat: this.shown?.heatOpacity ?? 0, layers };
  }
}

/** The shader's side: what the layers do to the colour of an image pixel. */
export const OVERLAY_SHADER = `
uniform usampler2D over;
uniform bool showOver;
uniform float heat;
uniform vec4 layer[${MOST_LAYERS}];
uniform vec3 scale[3];  // colours of the heat map, from low to high

vec3 heatedBy(vec3 rgb, ivec2 p, int level) {
  uint value = texelFetch(over, min(p >> level, textureSize(over, level) - 1), level).g;
  if (value == 0u) return rgb;
  float share = float(value - 1u) / 254.0;
  vec3 tint = share < 0.5 ? mix(scale[0], scale[1], share * 2.0)
                          : mix(scale[1], scale[2], share * 2.0 - 1.0);
  return mix(rgb, tint, heat);
}

vec3 layeredBy(vec3 rgb, ivec2 p, int level) {
  uint bits = texelFetch(over, min(p >> level, textureSize(over, level) - 1), level).r;
  for (int i = 0; i < ${MOST_LAYERS}; i++) {
    if ((bits & (1u << i)) != 0u) rgb = mix(rgb, layer[i].rgb, layer[i].a);
  }
  return rgb;
}`;
