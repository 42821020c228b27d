import { describe, expect, it } from 'vitest';

import { outlinePixels } from '../../src/engine/review/outlines';
import { Scene } from '../../src/engine/review/scene';
import type { Rgb } from '../../src/engine/renderer/palette';
import { meeting } from '../../src/ui/pages/classify/marquee';
import type { Image } from '../../src/api';

const RED: Rgb = [255, 0, 0];
const BLUE: Rgb = [0, 0, 255];
const colorOf = (label: number): Rgb => (label === 1 ? RED : BLUE);

/** Which pixels are red, blue or empty, as rows of characters. */
function signs(pixels: Uint8ClampedArray, width: number): string[] {
  const all = Array.from({ length: pixels.length / 4 }, (_, i) => {
    if (pixels[i * 4 + 3] === 0) return '.';
    return pixels[i * 4] === 255 ? 'r' : 'b';
  });
  return Array.from({ length: all.length / width }, (_, row) =>
    all.slice(row * width, (row + 1) * width).join(''),
  );
}

describe('outlines', () => {
  // 6 wide, 3 high: object 1 in columns 0 to 2, object 2 in columns 3 to 5.
  const labels = Uint32Array.from({ length: 18 }, (_, i) => (i % 6 < 3 ? 1 : 2));
  const plane = { width: 6, height: 3, labels };

  it('are drawn inside the cells, between touching ones too, and leave their inside alone', () => {
    const view = { x: 3, y: 1.5, scale: 1 };
    const pixels = outlinePixels(plane, view, { width: 6, height: 3 }, colorOf);
    expect(signs(pixels, 6)).toEqual(['rrrbbb', 'r.rb.b', 'rrrbbb']);
  });

  it('follow the view, and end where the plane ends', () => {
    const view = { x: 0, y: 0, scale: 1 };
    const pixels = outlinePixels(plane, view, { width: 6, height: 4 }, colorOf);
    expect(signs(pixels, 6)).toEqual(['......', '......', '...rrr', '...r.r']);
  });

  it('are two pixels wide where pixels are enlarged', () => {
    const view = { x: 1.5, y: 1.5, scale: 3 };
    const pixels = outlinePixels(plane, view, { width: 9, height: 9 }, colorOf);
    expect(signs(pixels, 9)).toEqual([
      'rrrrrrrrr',
      'rrrrrrrrr',
      ...Array<string>(5).fill('rr.....rr'),
      'rrrrrrrrr',
      'rrrrrrrrr',
    ]);
  });

  it('leave out what has no colour', () => {
    const view = { x: 3, y: 1.5, scale: 1 };
    const only = (label: number): Rgb | null => (label === 2 ? BLUE : null);
    const pixels = outlinePixels(plane, view, { width: 6, height: 3 }, only);
    expect(signs(pixels, 6)).toEqual(['...bbb', '...b.b', '...bbb']);
  });
});

describe('scene', () => {
  const image = {
    id: 7,
    size: { t: 2, c: 1, z: 5, y: 100, x: 200 },
    levels: [{ y: 100, x: 200 }],
    dtype: 'uint16',
    channels: [],
  } as unknown as Image;
  const make = (): Scene => {
    const scene = new Scene(image, null, { fetcher: () => Promise.resolve(null) });
    scene.resize({ width: 400, height: 300 });
    return scene;
  };

  it('fits the picture until somebody moves, also when the views change their size', () => {
    const scene = make();
    expect(scene.snapshot().view).toEqual({ x: 100, y: 50, scale: 1.92 });
    scene.resize({ width: 200, height: 300 });
    expect(scene.snapshot().view.scale).toBeCloseTo(0.96);
    scene.pan(10, 0);
    const moved = scene.snapshot().view;
    scene.resize({ width: 400, height: 300 });
    expect(scene.snapshot().view).toEqual(moved);
    scene.fit();
    expect(scene.snapshot().view.scale).toBeCloseTo(1.92);
  });

  it('begins in the middle of a stack, and stays inside it', () => {
    const scene = make();
    expect(scene.snapshot().slice).toEqual({ t: 0, z: 2 });
    scene.goTo({ t: 9, z: -3 });
    expect(scene.snapshot().slice).toEqual({ t: 1, z: 0 });
  });

  it('shows a place with its surroundings, in its plane', () => {
    const scene = make();
    scene.focus({ t: 1, z: 4 }, { x: 30, y: 20 }, 144);
    // 300 pixels for five times the side of a square of 144 pixels.
    expect(scene.snapshot()).toMatchObject({
      slice: { t: 1, z: 4 },
      view: { x: 30.5, y: 20.5, scale: 5 },
    });
  });

  it('tells all views when one of them moves or points', () => {
    const scene = make();
    let told = 0;
    const stop = scene.subscribe(() => told++);
    scene.zoomBy(2, { x: 10, y: 10 });
    scene.point({ x: 1, y: 2 });
    expect(scene.snapshot().pointer).toEqual({ x: 1, y: 2 });
    scene.channels.set(0, { high: 50 });
    expect(told).toBe(3);
    stop();
    scene.point(null);
    expect(told).toBe(3);
  });
});

describe('a rectangle drawn over a grid', () => {
  it('meets what it touches', () => {
    const box = (x: number, y: number) => ({ x0: x, y0: y, x1: x + 10, y1: y + 8 });
    const boxes = [box(0, 0), box(12, 0), box(0, 10), box(12, 10)];
    expect(meeting({ x0: 5, y0: 2, x1: 13, y1: 4 }, boxes)).toEqual([0, 1]);
    expect(meeting({ x0: 10, y0: 8, x1: 12, y1: 10 }, boxes)).toEqual([]);
    expect(meeting({ x0: -5, y0: -5, x1: 40, y1: 40 }, boxes)).toEqual([0, 1, 2, 3]);
  });
});
