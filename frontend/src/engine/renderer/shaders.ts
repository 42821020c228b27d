/** The shaders: one triangle over the canvas, every pixel looks its tile up in the page table. */
import { LOG_STEPS } from '../image/contrast';
import { CHUNK, CHUNK_SHIFT } from '../labels/labels';
import { lutShader } from './lut';
import { OVERLAY_SHADER } from './overlayTexture';
import { PALETTE } from './palette';

export const MAX_LEVELS = 12;

export const VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

/** Bits of a channel's `curve`. */
export const LOG_CURVE = 1;
export const INVERTED = 2;

/** One channel's part: window, gamma and colour are uniforms, so contrast costs no upload. */
function mixChannel(index: number, channels: number): string {
  return `
    if (window[${index}].w > 0.0) {
      float raw = float(texelFetch(image, ivec3(texel, slot * ${channels} + ${index}), 0).r);
      float value = clamp((raw - window[${index}].x) * window[${index}].y, 0.0, 1.0);
      if ((curve[${index}] & ${LOG_CURVE}) != 0) value = log2(1.0 + ${LOG_STEPS}.0 * value) / 8.0;
      if (window[${index}].z != 1.0) value = pow(value, window[${index}].z);
      if ((curve[${index}] & ${INVERTED}) != 0) value = 1.0 - value;
      rgb += value * color[${index}];
    }`;
}

export function fragmentShader(channels: number, columns: number, rows: number): string {
  const mix = Array.from({ length: channels }, (_, i) => mixChannel(i, channels)).join('');
  return `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2DArray;
precision highp usampler2D;
uniform usampler2DArray image;
uniform usampler2DArray labels;
uniform usampler2D pages;
uniform vec2 origin;      // image point at the lower left corner of the canvas
uniform float pixel;      // image pixels per canvas pixel
uniform ivec2 size;       // of the plane
uniform ivec2 levelSize[${MAX_LEVELS}];
uniform int level, levels, labelLevel;
uniform vec4 window[${channels}];  // low, 1 / (high - low), gamma, on
uniform int curve[${channels}];
uniform vec3 color[${channels}];
uniform float opacity;    // of the labels' fill
uniform bool showLabels, fill, lines, onlySelected;
uniform uint selected;
out vec4 result;
${lutShader(PALETTE.length)}
${OVERLAY_SHADER}

int slotOf(ivec2 tile, int l, int kind) {
  return int(texelFetch(pages, ivec2(tile.x + ${columns} * l, tile.y + ${rows} * kind), 0).r) - 1;
}

int knownSlot;
ivec2 knownTile;

uint labelAt(ivec2 p) {
  p = clamp(p, ivec2(0), (size - 1) >> labelLevel);
  ivec2 tile = p >> ${CHUNK_SHIFT};
  int slot = tile == knownTile ? knownSlot : slotOf(tile, labelLevel, 1);
  return slot < 0 ? 0u : texelFetch(labels, ivec3(p & ${CHUNK - 1}, slot), 0).r;
}

bool differs(ivec2 p, ivec2 d, uint id) {
  return labelAt(p - d.xy) != id || labelAt(p + d.xy) != id
      || labelAt(p - d.yx) != id || labelAt(p + d.yx) != id;
}

/** On the rim of its cell: by canvas pixels when cells are drawn large, by label pixels when small. */
bool onEdge(ivec2 p, vec2 inPixel, uint id, float width) {
  float scale = 1.0 / pixel;
  if (scale <= 2.0) {
    int reach = max(1, int(pixel / float(1 << labelLevel) * (width / 1.5) + 0.5));
    return differs(p, ivec2(reach, 0), id);
  }
  vec2 f = inPixel * scale;
  ivec2 d = ivec2(1, 0);
  return (f.x < width && labelAt(p - d) != id) || (scale - f.x < width && labelAt(p + d) != id)
      || (f.y < width && labelAt(p - d.yx) != id) || (scale - f.y < width && labelAt(p + d.yx) != id);
}

vec3 imageAt(ivec2 p) {
  for (int l = level; l < levels; l++) {
    ivec2 q = min(p >> l, levelSize[l] - 1);
    int slot = slotOf(q >> ${CHUNK_SHIFT}, l, 0);
    if (slot < 0) continue;  // not here yet: a coarser level will do
    ivec2 texel = q & ${CHUNK - 1};
    vec3 rgb = vec3(0.0);${mix}
    return min(rgb, vec3(1.0));
  }
  return vec3(0.04);
}

void main() {
  vec2 at = gl_FragCoord.xy * vec2(pixel, -pixel) + origin;
  ivec2 p = ivec2(floor(at));
  if (p.x < 0 || p.y < 0 || p.x >= size.x || p.y >= size.y) {
    result = vec4(0.078, 0.094, 0.11, 1.0);
    return;
  }
  vec3 rgb = imageAt(p);
  if (showOver) rgb = heatedBy(rgb, p, level);
  if (showLabels) {
    ivec2 q = p >> labelLevel;
    knownTile = q >> ${CHUNK_SHIFT};
    knownSlot = slotOf(knownTile, labelLevel, 1);
    uint id = labelAt(q);
    if (id != 0u && (!onlySelected || id == selected)) {
      bool chosen = id == selected;
      vec4 look = lookOf(id);
      bool shown = look.a > 0.5;
      bool rim = shown && (chosen || lines) && onEdge(q, at - vec2(p), id, chosen ? 3.0 : 1.5);
      if (rim) rgb = chosen ? vec3(1.0) : look.rgb;
      else if (shown && fill) rgb = mix(rgb, look.rgb, chosen ? min(1.0, opacity + 0.15) : opacity);
    }
  }
  if (showOver) rgb = layeredBy(rgb, p, level);
  result = vec4(rgb, 1.0);
}`;
}
