/** Tools that look at intensities and tools for stacks, on a 16-bit stack of two channels: the server has the exact masks. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { encodePatch, toBase64 } from '../src/engine/labels/wire';
import { idsOf, openCanvas, pixelsOf, type Canvas, type CanvasWork } from './canvas';
import { leave, type Server } from './support';

const WIDTH = 200;
const HEIGHT = 120;
const DEPTH = 5;

type Box = [number, number, number, number];

/** What tests/e2e/test_browser.py draws into the first channel: x0, y0, x1, y1. */
const CELL: Box = [20, 20, 50, 40];
const CELL_ABOVE: Box = [24, 24, 46, 36];
const SMALL: Box = [110, 20, 120, 30];
const LARGE: Box = [140, 20, 160, 40];
const LEFT: Box[] = [
  [20, 70, 40, 90],
  [40, 79, 45, 81],
];
const RIGHT: Box[] = [
  [50, 70, 70, 90],
  [45, 79, 50, 81],
];

let browser: Browser;
let server: Server;
let page: Page;
let canvas: Canvas;
let annotation: string;

function pixelsIn(...boxes: Box[]): Set<string> {
  const pixels = new Set<string>();
  for (const [x0, y0, x1, y1] of boxes) {
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) pixels.add(`${x},${y}`);
  }
  return pixels;
}

/** The pixels of each cell of a slice. */
async function cellsOf(z: number): Promise<Set<string>[]> {
  await canvas.saved();
  const { labels } = await server.labels(annotation, { t: 0, z });
  return idsOf(labels).map((id) => pixelsOf(labels, WIDTH, id));
}

async function showSlice(z: number): Promise<void> {
  await page.getByRole('slider', { name: 'Slice' }).fill(String(z));
  await canvas.ready();
}

/** The zero-label start may have been quicker: begin with empty slices all the same. */
async function clear({
  server,
  annotation,
}: Pick<CanvasWork, 'server' | 'annotation'>): Promise<void> {
  const rows = Array.from({ length: HEIGHT }, (_, y) => [y, 0, WIDTH, 1, 0]).flat();
  const patch = toBase64(encodePatch(rows, WIDTH, 'after'));
  const at = new Date().toISOString();
  const ops = Array.from({ length: DEPTH }, (_, z) => {
    const op_id = `00000000-0000-4000-8000-00000000000${z}`;
    return { op_id, kind: 'patch', t: 0, z, at, patch };
  });
  await server.post(`annotations/${annotation}/ops`, { base_version: 0, ops });
}

beforeAll(async () => {
  ({ browser, server, page, canvas, annotation } = await openCanvas({
    pictures: ['stack_0.ome.tif'],
    size: [WIDTH, HEIGHT],
    prepare: clear,
  }));
});

afterAll(() => leave(browser));

it('takes what is as bright with the wand, in the channel that was chosen', async () => {
  await page.keyboard.press('w');
  await page.getByLabel('Look at').selectOption({ index: 1 });
  await canvas.click({ x: 30, y: 30 });
  await canvas.saved('saved');
  await page.getByText('1 cell', { exact: true }).waitFor();
  expect(await cellsOf(2)).toEqual([pixelsIn(CELL)]);
});

it('makes cells of what is above a threshold in a box', async () => {
  await page.keyboard.press('t');
  await page.keyboard.down('Shift');
  await canvas.drag({ x: 100, y: 10 }, { x: 185, y: 55 });
  await page.keyboard.up('Shift');
  await page.getByText('2 cells, 1 too small').waitFor();
  expect(await cellsOf(2)).toHaveLength(1); // nothing before Enter
  await page.keyboard.press('Enter');
  await page.getByText('3 cells', { exact: true }).waitFor();
  expect(await cellsOf(2)).toEqual([pixelsIn(CELL), pixelsIn(SMALL), pixelsIn(LARGE)]);
});

it('splits by seeds where the cell is narrow, and along a line', async () => {
  await page.keyboard.press('w');
  await canvas.click({ x: 30, y: 80 });
  await page.getByText('4 cells', { exact: true }).waitFor();
  await page.keyboard.press('x');
  await canvas.click({ x: 30, y: 80 });
  await canvas.click({ x: 59, y: 80 });
  await page.keyboard.press('Enter');
  await page.getByText('5 cells', { exact: true }).waitFor();
  const parts = (await cellsOf(2)).slice(3);
  expect(parts).toHaveLength(2);
  expect(parts).toContainEqual(pixelsIn(...LEFT));
  expect(parts).toContainEqual(pixelsIn(...RIGHT));
  await canvas.drag({ x: 149.5, y: 10 }, { x: 149.5, y: 50 });
  await page.getByText('6 cells', { exact: true }).waitFor();
  const halves = await cellsOf(2);
  expect(halves[2]!.size + halves[5]!.size).toBe(400);
  expect(Math.abs(halves[2]!.size - halves[5]!.size)).toBeLessThanOrEqual(40); // a whole CSS pixel
  await page.keyboard.press('Control+z');
  await page.getByText('5 cells', { exact: true }).waitFor();
});

it('fills the slices between two outlines, and takes it all back in one step', async () => {
  await page.keyboard.press('v');
  await canvas.click({ x: 30, y: 30 });
  await page.getByText('Cell 1 selected').waitFor();
  await showSlice(4);
  await page.keyboard.press('w');
  await page.keyboard.down('Shift'); // goes on with the selected cell
  await canvas.click({ x: 30, y: 30 });
  await page.keyboard.up('Shift');
  await page.getByText('1 cell', { exact: true }).waitFor();
  expect(await cellsOf(4)).toEqual([pixelsIn(CELL_ABOVE)]);
  await page.keyboard.press('Shift+I');
  await showSlice(3);
  await page.getByText('1 cell', { exact: true }).waitFor();
  expect(await cellsOf(3)).toEqual([pixelsIn([22, 22, 48, 38])]);
  await page.keyboard.press('Control+z');
  await expect.poll(() => cellsOf(3)).toEqual([]);
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(() => cellsOf(3)).toEqual([pixelsIn([22, 22, 48, 38])]);
});

it('copies to the next slice, never over what is there', async () => {
  await showSlice(2);
  await page.keyboard.press('Shift+PageDown');
  await expect.poll(() => cellsOf(1)).toEqual([pixelsIn(CELL)]);
  await page.keyboard.press('Alt+Shift+PageUp');
  await page.getByText('Already there: 1.').waitFor();
  expect(await cellsOf(2)).toHaveLength(5);
});

it('deletes a cell in all slices, or in the one on the screen', async () => {
  await page.keyboard.press('d');
  await canvas.click({ x: 30, y: 30 });
  await expect.poll(() => cellsOf(3)).toEqual([]);
  expect(await cellsOf(1)).toEqual([]);
  expect(await cellsOf(2)).toHaveLength(4);
  await page.keyboard.press('Control+z');
  await expect.poll(() => cellsOf(1)).toEqual([pixelsIn(CELL)]);
  await page.getByRole('button', { name: 'this picture only' }).click();
  await canvas.click({ x: 30, y: 30 });
  await expect.poll(() => cellsOf(2)).toHaveLength(4);
  expect(await cellsOf(3)).toEqual([pixelsIn([22, 22, 48, 38])]);
});
