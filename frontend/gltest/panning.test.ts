/** Panning moves the frame that is there and draws only what comes into sight: nobody may see the difference. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { TileSource } from '../src/engine/image/imageSource';
import { CHUNK, LabelPlane } from '../src/engine/labels/labels';
import { Renderer } from '../src/engine/renderer/renderer';

const WIDTH = 1100;
const HEIGHT = 600;

function noise(): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(CHUNK * CHUNK);
  for (let i = 0; i < out.length; i++) out[i] = (Math.imul(i, 2654435761) >>> 16) & 0xffff;
  return out;
}

const samples = noise();
const source: TileSource = {
  channels: 1,
  levels: [0, 1, 2].map((level) => ({
    width: Math.ceil(WIDTH / 2 ** level),
    height: Math.ceil(HEIGHT / 2 ** level),
  })),
  tile: () => [samples],
};

const said: string[] = [];
const made: Renderer[] = [];

function rendererOf(plane: LabelPlane): Renderer {
  const canvas = document.createElement('canvas');
  canvas.width = 121;
  canvas.height = 80;
  const renderer = new Renderer(canvas, plane, source, [{ offset: 0, factor: 1 }], 8);
  renderer.contrast = [
    {
      ...{ name: 'a', color: '#ffffff', low: 0, high: 65_535, gamma: 1 },
      ...{ log: false, invert: false, on: true },
    },
  ];
  made.push(renderer);
  return renderer;
}

function pixels({ gl, canvas }: Renderer): Uint8Array {
  const out = new Uint8Array(canvas.width * canvas.height * 4);
  gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, out);
  return out;
}

function differing(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) count++;
  return count;
}

let plane: LabelPlane;
let panned: Renderer;
let anew: Renderer;

beforeEach(() => {
  said.length = 0;
  for (const name of ['warn', 'error'] as const) {
    vi.spyOn(console, name).mockImplementation((...args) => said.push(args.join(' ')));
  }
  plane = new LabelPlane(WIDTH, HEIGHT);
  for (let y = 470; y < 560; y++) plane.setSpan(y, 480 + (y % 7), 560, 1 + (y >> 4));
  panned = rendererOf(plane);
  anew = rendererOf(plane);
});

afterEach(() => {
  for (const renderer of made.splice(0)) {
    expect(renderer.gl.getError()).toBe(0);
    renderer.dispose();
  }
  expect(said.filter((text) => /GL_INVALID|INVALID_/.test(text))).toEqual([]);
});

/** Where the view is after moving by whole pixels of the canvas. */
const STEPS = [
  [3, 0],
  [0, 5],
  [-7, 0],
  [0, -2],
  [11, -13],
  [-20, 9],
] as const;

it.each([1, 2, 0.5])('shows the same as drawing anew, at scale %s', (scale) => {
  let view = { x: 512, y: 512, scale };
  panned.moveTo(view);
  panned.render();
  for (const [dx, dy] of STEPS) {
    view = { ...view, x: view.x + dx / scale, y: view.y + dy / scale };
    panned.moveTo(view);
    panned.render();
    anew.moveTo(view);
    anew.invalidate();
    anew.render();
    expect(differing(pixels(panned), pixels(anew))).toBe(0);
  }
  expect(panned.frames).toEqual({ full: 1, partial: STEPS.length });
});

it('takes an edit along that came with the movement', () => {
  const view = { x: 512, y: 512, scale: 1 };
  panned.moveTo(view);
  panned.render();
  for (let y = 490; y < 500; y++) plane.setSpan(y, 470, 490, 4_000_000);
  panned.labelsChanged({ x0: 470, y0: 490, x1: 490, y1: 500 });
  panned.moveTo({ ...view, x: 520 });
  panned.render();
  anew.moveTo({ ...view, x: 520 });
  anew.render();
  expect(differing(pixels(panned), pixels(anew))).toBe(0);
});

it('draws anew for another zoom, between pixels, and where more was changed', () => {
  const view = { x: 512, y: 512, scale: 1 };
  for (const next of [view, { ...view, scale: 2 }, { ...view, x: 512.5, scale: 2.5 }]) {
    panned.moveTo(next);
    panned.render();
  }
  panned.moveTo({ ...view, x: 512.7, scale: 2.5 });
  panned.render();
  panned.moveTo({ ...view, x: 513.1, scale: 2.5 });
  panned.invalidate();
  panned.render();
  expect(panned.frames).toEqual({ full: 5, partial: 0 });
});
