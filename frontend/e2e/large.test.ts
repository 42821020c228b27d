/** A field of more pixels than are loaded as a whole: labels come by chunks, edits are exact, also zoomed in and after a reload. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { openCanvas, type Canvas, type Place } from './canvas';
import { leave, type Server } from './support';

const WIDTH = 4400;
const HEIGHT = 3900;
const RADIUS = 60;

let browser: Browser;
let server: Server;
let page: Page;
let canvas: Canvas;
let annotation: string;
const asked: string[] = [];

interface Table {
  largest: number;
  objects: number[][];
}

beforeAll(async () => {
  ({ browser, server, page, canvas, annotation } = await openCanvas({
    pictures: ['large.tif'],
    size: [WIDTH, HEIGHT],
  }));
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
});

afterAll(() => leave(browser));

const tableOf = (): Promise<Table> => server.get(`annotations/${annotation}/labels/objects`);

/** How many pixels lie within the radius of a line: what the server has to have. */
function areaOf([from, to]: [Place, Place], radius: number): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy || 1;
  let count = 0;
  for (
    let y = Math.floor(Math.min(from.y, to.y) - radius);
    y <= Math.max(from.y, to.y) + radius;
    y++
  ) {
    for (
      let x = Math.floor(Math.min(from.x, to.x) - radius);
      x <= Math.max(from.x, to.x) + radius;
      x++
    ) {
      const along = ((x - from.x) * dx + (y - from.y) * dy) / length;
      const nearest = Math.min(1, Math.max(0, along));
      if (Math.hypot(x - from.x - nearest * dx, y - from.y - nearest * dy) <= radius) count++;
    }
  }
  return count;
}

let area: number;

it('stores a stroke over many chunks with exactly the pixels under the brush', async () => {
  await canvas.setBrush(RADIUS);
  area = areaOf(await canvas.drag({ x: 900, y: 900 }, { x: 2700, y: 2100 }), RADIUS);
  await canvas.saved();
  const { objects, largest } = await tableOf();
  expect(objects.map(([id, pixels]) => [id, pixels])).toEqual([[1, area]]);
  expect(largest).toBe(1);
});

it('takes it back and repeats it', async () => {
  await page.keyboard.press('Control+z');
  await canvas.saved();
  expect((await tableOf()).objects).toEqual([]);
  await page.keyboard.press('Control+Shift+z');
  await canvas.saved();
  expect((await tableOf()).objects[0]![1]).toBe(area);
});

it('finds all of a cell after a reload, and gives new cells ids that no cell has', async () => {
  asked.length = 0;
  await page.reload();
  await canvas.ready();
  expect(asked.some((path) => path.endsWith('/labels/objects'))).toBe(true);
  expect(asked.some((path) => path.endsWith('/labels'))).toBe(false);
  await canvas.setBrush(20);
  const fresh = areaOf(await canvas.drag({ x: 3600, y: 600 }, { x: 3700, y: 700 }), 20);
  await canvas.saved();
  expect((await tableOf()).objects.map(([id, pixels]) => [id, pixels])).toEqual([
    [1, area],
    [2, fresh],
  ]);
  await page.keyboard.press('d');
  await canvas.click({ x: 1800, y: 1500 });
  await canvas.saved();
  expect((await tableOf()).objects.map(([id]) => id)).toEqual([2]);
});
