import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { Contrast } from '../src/engine/image/contrast';
import type { TileSource } from '../src/engine/image/imageSource';
import { CHUNK, LabelPlane, Transaction } from '../src/engine/labels/labels';
import { Composite } from '../src/engine/overlays/composite';
import { PALETTE, SCALE } from '../src/engine/renderer/palette';
import { FIRST_STYLE, Renderer, type LabelStyle } from '../src/engine/renderer/renderer';

const EXACT = { offset: 0, factor: 1 };
const WIDTH = 1100;
const HEIGHT = 600;

/** 16-bit values that differ from pixel to pixel. */
const valueAt = (x: number, y: number): number => (x * 13 + y * 101) % 65_536;

class Pattern implements TileSource {
  readonly channels = 1;
  readonly levels = [
    { width: WIDTH, height: HEIGHT },
    { width: WIDTH / 2, height: HEIGHT / 2 },
  ];
  ready = true;

  tile(level: number, column: number, row: number): Uint16Array<ArrayBuffer>[] | undefined {
    if (!this.ready && level === 0) return undefined;
    const samples = new Uint16Array(CHUNK * CHUNK);
    for (let y = 0; y < CHUNK; y++) {
      for (let x = 0; x < CHUNK; x++) {
        const [px, py] = [(column * CHUNK + x) << level, (row * CHUNK + y) << level];
        samples[y * CHUNK + x] = valueAt(px, py);
      }
    }
    return [samples];
  }
}

const contrast = (low: number, high: number): Contrast[] => [
  { name: 'a', color: '#ffffff', low, high, gamma: 1, log: false, invert: false, on: true },
];

let canvas: HTMLCanvasElement;
let renderer: Renderer;
let plane: LabelPlane;
let source: Pattern;
const said: string[] = [];

beforeEach(() => {
  said.length = 0;
  for (const name of ['warn', 'error'] as const) {
    vi.spyOn(console, name).mockImplementation((...args) => said.push(args.join(' ')));
  }
  canvas = document.createElement('canvas');
  canvas.width = 96;
  canvas.height = 64;
  plane = new LabelPlane(WIDTH, HEIGHT);
  source = new Pattern();
  renderer = new Renderer(canvas, plane, source, [EXACT], 8);
  renderer.contrast = contrast(0, 65_535);
  // The corner of four tiles lies in the middle of the canvas.
  renderer.view = { x: 512, y: 512, scale: 1 };
});

afterEach(() => {
  expect(renderer.gl.getError()).toBe(0);
  expect(said.filter((text) => /GL_INVALID|INVALID_/.test(text))).toEqual([]);
  renderer.dispose();
});

/** The drawn colour of an image pixel at scale 1. */
function drawn(x: number, y: number): number[] {
  const [left, top] = [x - (512 - 48), y - (512 - 32)];
  const out = new Uint8Array(4);
  const { gl } = renderer;
  gl.readPixels(left, canvas.height - 1 - top, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, out);
  return [...out.subarray(0, 3)];
}

const PLACES = [
  [470, 490],
  [511, 511],
  [512, 511],
  [511, 512],
  [512, 512],
  [555, 540],
] as const;

it('draws every tile where it belongs', () => {
  renderer.render();
  for (const [x, y] of PLACES) {
    const expected = Math.round((valueAt(x, y) / 65_535) * 255);
    expect(Math.abs(drawn(x, y)[0]! - expected)).toBeLessThanOrEqual(1);
  }
});

it('keeps 16 bits: a window one grey value wide tells neighbours apart', () => {
  for (const [x, y] of PLACES) {
    const value = valueAt(x, y);
    renderer.contrast = contrast(value - 1, value);
    renderer.invalidate();
    renderer.render();
    expect(drawn(x, y)).toEqual([255, 255, 255]);
    renderer.contrast = contrast(value, value + 1);
    renderer.invalidate();
    renderer.render();
    expect(drawn(x, y)).toEqual([0, 0, 0]);
  }
});

it('reads labels back to the last bit: equal ids are one cell, ids one apart are two', () => {
  renderer.contrast = contrast(70_000, 80_000); // black
  renderer.style = { ...FIRST_STYLE, fill: false };
  for (const label of [1, 255, 65_536, 16_777_217, 4_294_967_294]) {
    const edit = new Transaction(plane);
    for (let y = 500; y < 525; y++) {
      edit.span(y, 490, 512, label);
      edit.span(y, 512, 535, label);
    }
    renderer.labelsChanged(edit.rect);
    renderer.render();
    expect(drawn(511, 512)).toEqual([0, 0, 0]); // inside: no outline
    const other = new Transaction(plane);
    for (let y = 500; y < 525; y++) other.span(y, 512, 535, label + 1);
    renderer.labelsChanged(other.rect);
    renderer.render();
    expect(drawn(511, 512)).toEqual([...PALETTE[label % PALETTE.length]!]);
    other.rollBack();
    edit.rollBack();
  }
});

it('redraws only the rectangle of an edit, also over tile borders', () => {
  renderer.contrast = contrast(70_000, 80_000);
  renderer.style = { ...FIRST_STYLE, opacity: 1 };
  renderer.render();
  const edit = new Transaction(plane);
  for (let y = 500; y < 525; y++) edit.span(y, 495, 530, 3);
  renderer.labelsChanged(edit.rect);
  renderer.render();
  expect(renderer.frames).toEqual({ full: 1, partial: 1 });
  for (const [x, y] of [
    [500, 505],
    [525, 505],
    [500, 520],
    [525, 520],
  ] as const) {
    expect(drawn(x, y)).toEqual([...PALETTE[3]!]);
  }
  expect(drawn(480, 490)).toEqual([0, 0, 0]);
  renderer.labelsChanged(edit.rollBack());
  renderer.render();
  expect(drawn(525, 520)).toEqual([0, 0, 0]);
  expect(renderer.render()).toBe(false); // nothing changed, nothing drawn
});

it('shows a coarser level while the fine one is on its way', () => {
  source.ready = false;
  renderer.render();
  const coarse = Math.round((valueAt(510, 510) / 65_535) * 255);
  expect(Math.abs(drawn(511, 511)[0]! - coarse)).toBeLessThanOrEqual(1);
  source.ready = true;
  renderer.invalidate();
  renderer.render();
  const fine = Math.round((valueAt(511, 511) / 65_535) * 255);
  expect(Math.abs(drawn(511, 511)[0]! - fine)).toBeLessThanOrEqual(1);
});

it('draws zoomed out, and what is outside the picture as background', () => {
  const edit = new Transaction(plane);
  for (let y = 0; y < HEIGHT; y++) edit.span(y, 0, WIDTH, 5);
  renderer.labelsChanged(edit.rect);
  renderer.style = { ...FIRST_STYLE, opacity: 1 };
  renderer.view = { x: WIDTH / 2, y: HEIGHT / 2, scale: 0.06 };
  renderer.invalidate();
  renderer.render();
  const middle = new Uint8Array(4);
  const { gl } = renderer;
  gl.readPixels(48, 32, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, middle);
  expect([...middle.subarray(0, 3)]).toEqual([...PALETTE[5]!]);
  gl.readPixels(1, 1, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, middle);
  expect([...middle.subarray(0, 3)]).toEqual([20, 24, 28]);
});

const BLACK = [0, 0, 0];
const ORANGE = [255, 128, 0] as const;

/** Cells of 20 x 20 pixels side by side, from (490, 500) on. */
function drawCells(...labels: number[]): void {
  const edit = new Transaction(plane);
  labels.forEach((label, i) => {
    for (let y = 500; y < 520; y++) edit.span(y, 490 + i * 20, 510 + i * 20, label);
  });
  renderer.labelsChanged(edit.rect);
  renderer.contrast = contrast(70_000, 80_000); // black
}

it('draws fill, lines or both', () => {
  drawCells(1);
  const looks: [Partial<LabelStyle>, number[], number[]][] = [
    [{ fill: true, lines: true }, [...PALETTE[1]!], [...PALETTE[1]!]],
    [{ fill: false, lines: true }, [...PALETTE[1]!], BLACK],
    [{ fill: true, lines: false }, [...PALETTE[1]!], [...PALETTE[1]!]],
    [{ fill: false, lines: false }, BLACK, BLACK],
  ];
  for (const [change, rim, inside] of looks) {
    renderer.style = { ...FIRST_STYLE, opacity: 1, ...change };
    renderer.invalidate();
    renderer.render();
    expect(drawn(490, 510)).toEqual(rim);
    expect(drawn(500, 510)).toEqual(inside);
  }
});

it('gives any label a look of its own, and the rest one colour or one by id', () => {
  const large = 4_000_000_000;
  drawCells(3, 65_539, large);
  renderer.style = { ...FIRST_STYLE, opacity: 1 };
  renderer.setLooks(new Map([[65_539, ORANGE]]), null);
  renderer.render();
  const middles = (): number[][] => [500, 520, 540].map((x) => drawn(x, 510));
  expect(middles()).toEqual([[...PALETTE[3]!], [...ORANGE], [...PALETTE[large % 10]!]]);
  renderer.setLooks(new Map([[large, 'hidden']]), [10, 20, 30]);
  renderer.render();
  expect(middles()).toEqual([[10, 20, 30], [10, 20, 30], BLACK]);
  renderer.setLook(large, null);
  renderer.setLook(3, ORANGE);
  renderer.render();
  expect(middles()).toEqual([[...ORANGE], [10, 20, 30], [10, 20, 30]]);
});

it('shows the selected cell only', () => {
  drawCells(1, 2);
  renderer.style = { ...FIRST_STYLE, opacity: 1, onlySelected: true };
  renderer.selected = 2;
  renderer.invalidate();
  renderer.render();
  expect(drawn(500, 510)).toEqual(BLACK);
  expect(drawn(520, 510)).toEqual([...PALETTE[2]!]);
});

it('lays rims, areas and heat over the picture, near and from afar', () => {
  renderer.contrast = contrast(70_000, 80_000);
  const labels = new Uint32Array(WIDTH * HEIGHT);
  for (let y = 500; y < 520; y++) labels.fill(7, y * WIDTH + 490, y * WIDTH + 530);
  const layer = { labels, width: WIDTH, height: HEIGHT };
  const composite = new Composite(WIDTH, HEIGHT);
  composite.addRims(layer, ORANGE, 1);
  composite.addArea((at) => at === 510 * WIDTH + 505, [0, 0, 255], 1);
  composite.addHeat(layer, new Map([[7, 0]]), 1);
  renderer.setLayers(composite);
  renderer.render();
  const heat = [...SCALE[0]!];
  expect(drawn(490, 510)).toEqual([...ORANGE]); // on the rim
  expect(drawn(529, 519)).toEqual([...ORANGE]);
  expect(drawn(505, 510)).toEqual([0, 0, 255]);
  expect(drawn(500, 510)).toEqual(heat);
  expect(drawn(489, 510)).toEqual(BLACK);
  renderer.view = { x: 512, y: 512, scale: 0.5 };
  renderer.invalidate();
  renderer.render();
  const rim = new Uint8Array(4);
  const { gl } = renderer;
  gl.readPixels(48 - 11, 32, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, rim);
  expect([...rim.subarray(0, 3)]).toEqual([...ORANGE]);
  renderer.setLayers(null);
  renderer.view = { x: 512, y: 512, scale: 1 };
  renderer.invalidate();
  renderer.render();
  expect(drawn(500, 510)).toEqual(BLACK);
});
