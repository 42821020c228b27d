import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { brightnessOf, parseColor, type Contrast } from '../src/engine/image/contrast';
import type { TileSource } from '../src/engine/image/imageSource';
import { CHUNK, LabelPlane } from '../src/engine/labels/labels';
import { Renderer } from '../src/engine/renderer/renderer';

const WIDTH = 60;
const HEIGHT = 40;
const EXACT = { offset: 0, factor: 1 };

/** The first channel is a ramp along x, the second one along y, both of 16 bits. */
const valuesAt = (x: number, y: number): [number, number] => [x * 1000, y * 1600 + 7];

const SOURCE: TileSource = {
  channels: 2,
  levels: [{ width: WIDTH, height: HEIGHT }],
  tile() {
    const channels = [new Uint16Array(CHUNK * CHUNK), new Uint16Array(CHUNK * CHUNK)];
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        valuesAt(x, y).forEach((value, c) => (channels[c]![y * CHUNK + x] = value));
      }
    }
    return channels;
  },
};

const look = (change: Partial<Contrast>): Contrast => ({
  ...{ name: '', color: '#ffffff', low: 0, high: 65_535 },
  ...{ gamma: 1, log: false, invert: false, on: true },
  ...change,
});

let renderer: Renderer;
const said: string[] = [];

beforeEach(() => {
  said.length = 0;
  for (const name of ['warn', 'error'] as const) {
    vi.spyOn(console, name).mockImplementation((...args) => said.push(args.join(' ')));
  }
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  renderer = new Renderer(canvas, new LabelPlane(WIDTH, HEIGHT), SOURCE, [EXACT, EXACT], 4);
  renderer.view = { x: WIDTH / 2, y: HEIGHT / 2, scale: 1 };
});

afterEach(() => {
  expect(renderer.gl.getError()).toBe(0);
  expect(said.filter((text) => /GL_INVALID|INVALID_/.test(text))).toEqual([]);
  renderer.dispose();
});

function draw(contrast: Contrast[]): Uint8Array {
  renderer.contrast = contrast;
  renderer.invalidate();
  renderer.render();
  const out = new Uint8Array(WIDTH * HEIGHT * 4);
  const { gl } = renderer;
  gl.readPixels(0, 0, WIDTH, HEIGHT, gl.RGBA, gl.UNSIGNED_BYTE, out);
  return out;
}

function colorAt(pixels: Uint8Array, x: number, y: number): number[] {
  const at = ((HEIGHT - 1 - y) * WIDTH + x) * 4;
  return [...pixels.subarray(at, at + 3)];
}

const off = look({ on: false });

it('shows window and inversion', () => {
  const pixels = draw([look({ low: 10_000, high: 35_500 }), off]);
  expect(colorAt(pixels, 10, 3)).toEqual([0, 0, 0]);
  expect(colorAt(pixels, 20, 3)).toEqual([100, 100, 100]); // 100 of 255 steps of 100
  expect(colorAt(pixels, 50, 3)).toEqual([255, 255, 255]);
  const inverted = draw([look({ low: 10_000, high: 35_500, invert: true }), off]);
  expect(colorAt(inverted, 10, 3)).toEqual([255, 255, 255]);
  expect(colorAt(inverted, 20, 3)).toEqual([155, 155, 155]);
  expect(colorAt(inverted, 50, 3)).toEqual([0, 0, 0]);
});

it('shows the logarithm', () => {
  // The window is 255 steps of 200 wide: 3,000 is 15 of them, so the middle of eight doublings.
  const pixels = draw([look({ low: 0, high: 51_000, log: true }), off]);
  expect(Math.abs(colorAt(pixels, 3, 3)[0]! - 127.5)).toBeLessThan(1);
  expect(colorAt(pixels, 0, 3)).toEqual([0, 0, 0]);
  expect(colorAt(pixels, 51, 3)).toEqual([255, 255, 255]);
});

it('mixes two channels of 16 bits, each with its own curve, as the same sum on the CPU', () => {
  const contrast = [
    look({ color: '#ff8000', low: 3000, high: 50_000, gamma: 0.5 }),
    look({ color: '#0040ff', low: 500, high: 60_000, log: true, invert: true, gamma: 1.5 }),
  ];
  const pixels = draw(contrast);
  let largest = 0;
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const shares = valuesAt(x, y).map((value, c) => brightnessOf(value, contrast[c]!));
      colorAt(pixels, x, y).forEach((value, i) => {
        const sum = contrast.reduce((s, { color }, c) => s + parseColor(color)[i]! * shares[c]!, 0);
        largest = Math.max(largest, Math.abs(value - 255 * Math.min(1, sum)));
      });
    }
  }
  expect(largest).toBeLessThan(1.01);
});
