/** Labels that come chunk by chunk: drawn at the level of the zoom, coarser until all of it is here. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { CHUNK, type Chunk } from '../src/engine/labels/chunks';
import type { Contrast } from '../src/engine/image/contrast';
import type { TileSource } from '../src/engine/image/imageSource';
import { LabelPlane, Transaction } from '../src/engine/labels/labels';
import { PALETTE } from '../src/engine/renderer/palette';
import { Renderer } from '../src/engine/renderer/renderer';

const WIDTH = 2100;
const HEIGHT = 1100;
const BLACK = [0, 0, 0];

const source: TileSource = {
  channels: 1,
  levels: [0, 1, 2, 3].map((level) => ({
    width: Math.ceil(WIDTH / 2 ** level),
    height: Math.ceil(HEIGHT / 2 ** level),
  })),
  tile: () => [new Uint16Array(CHUNK * CHUNK)],
};

const contrast: Contrast[] = [
  {
    ...{ name: 'a', color: '#ffffff', low: 0, high: 1, gamma: 1 },
    ...{ log: false, invert: false, on: true },
  },
];

let canvas: HTMLCanvasElement;
let plane: LabelPlane;
let renderer: Renderer;
const said: string[] = [];

beforeEach(() => {
  said.length = 0;
  for (const name of ['warn', 'error'] as const) {
    vi.spyOn(console, name).mockImplementation((...args) => said.push(args.join(' ')));
  }
  canvas = document.createElement('canvas');
  canvas.width = 120;
  canvas.height = 80;
  plane = new LabelPlane(WIDTH, HEIGHT, true);
  renderer = new Renderer(canvas, plane, source, [{ offset: 0, factor: 1 }], 8);
  renderer.contrast = contrast;
  renderer.style = { ...renderer.style, opacity: 1 };
  // Two image pixels on one of the canvas; the border of two tiles of level 1 is in the middle.
  renderer.view = { x: 1024, y: 512, scale: 0.5 };
});

afterEach(() => {
  expect(renderer.gl.getError()).toBe(0);
  expect(said.filter((text) => /GL_INVALID|INVALID_/.test(text))).toEqual([]);
  renderer.dispose();
});

const filled = (label: number): Chunk => new Uint32Array(CHUNK * CHUNK).fill(label);

function draw(): void {
  renderer.invalidate();
  renderer.render();
}

/** The drawn colour over an image pixel. */
function drawn(x: number, y: number): number[] {
  const left = Math.floor((x - 1024) / 2 + 60);
  const top = Math.floor((y - 512) / 2 + 40);
  const out = new Uint8Array(4);
  const { gl } = renderer;
  gl.readPixels(left, canvas.height - 1 - top, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, out);
  return [...out.subarray(0, 3)];
}

const names = (): string[] =>
  renderer.missingLabels.map(({ level, row, column }) => `${level}-${row}-${column}`);

it('asks for the tiles in sight and for the coarsest, and draws coarsely until all are here', () => {
  draw();
  expect(names()).toEqual(['3-0-0', '1-0-0', '1-0-1']);
  expect(drawn(1000, 500)).toEqual(BLACK);

  plane.grids[3]!.arrive(0, 0, filled(3));
  draw();
  expect(names()).toEqual(['1-0-0', '1-0-1']);
  expect(drawn(1000, 500)).toEqual([...PALETTE[3]!]);

  plane.grids[1]!.arrive(0, 0, filled(4));
  draw();
  expect(drawn(1000, 500)).toEqual([...PALETTE[3]!]); // half of it is not here: no patchwork
  plane.grids[1]!.arrive(1, 0, undefined);
  draw();
  expect(names()).toEqual([]);
  expect(drawn(1000, 500)).toEqual([...PALETTE[4]!]);
  expect(drawn(1060, 500)).toEqual(BLACK);
});

it('shows an edit at the level that is drawn, over the border of tiles', () => {
  for (const grid of plane.grids) {
    for (let row = 0; row < grid.rows; row++) {
      for (let column = 0; column < grid.columns; column++) grid.arrive(column, row, undefined);
    }
  }
  draw();
  const edit = new Transaction(plane);
  for (let y = 500; y < 520; y++) edit.span(y, 1000, 1050, 2);
  renderer.labelsChanged(edit.rect);
  renderer.render();
  expect(renderer.frames.partial).toBe(1);
  expect([drawn(1010, 510), drawn(1040, 510), drawn(1060, 510), drawn(1010, 530)]).toEqual([
    [...PALETTE[2]!],
    [...PALETTE[2]!],
    BLACK,
    BLACK,
  ]);
});

it('asks again for a tile that was forgotten and then changed', () => {
  plane.grids[3]!.arrive(0, 0, undefined);
  for (const column of [0, 1]) plane.grids[1]!.arrive(column, 0, filled(4));
  draw();
  plane.grids[1]!.forget(0, new Set());
  renderer.render();
  expect(drawn(1000, 500)).toEqual([...PALETTE[4]!]); // still in the graphics memory
  for (let y = 490; y < 510; y++) plane.setSpan(y, 990, 1010, 5);
  renderer.labelsChanged({ x0: 990, y0: 490, x1: 1010, y1: 510 });
  draw();
  expect(names()).toContain('1-0-0');
  for (const column of [0, 1]) plane.grids[1]!.arrive(column, 0, filled(4));
  draw();
  expect(drawn(1000, 500)).toEqual([...PALETTE[5]!]);
  expect(drawn(960, 500)).toEqual([...PALETTE[4]!]);
});
