/** Painting, undo, reload, submit: what is on the screen is what the server has, to the pixel. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { Canvas, idsOf, openCanvas, pixelsOf, strokeMask } from './canvas';
import { leave, openPage, type Server } from './support';

const WIDTH = 240;
const HEIGHT = 160;

let browser: Browser;
let context: BrowserContext;
let server: Server;
let page: Page;
let canvas: Canvas;
let project: number;
let annotation: string;

interface Next {
  annotation: { id: string };
  sample: { id: number };
}

beforeAll(async () => {
  ({ browser, context, server, page, canvas, project, annotation } = await openCanvas({
    pictures: ['plain_0.tif', 'plain_1.tif'],
    size: [WIDTH, HEIGHT],
    classes: [
      { name: 'round', color: '#56b4e9', key: '1' },
      { name: 'long', color: '#e69f00', key: '2' },
    ],
  }));
});

afterAll(() => leave(browser));

let stroke: Set<string>;

it('stores a stroke with exactly the pixels under the brush', async () => {
  await canvas.setBrush(5);
  const hit = await canvas.drag({ x: 40, y: 50 }, { x: 110, y: 90 });
  stroke = strokeMask(hit, 5, WIDTH, HEIGHT);
  await canvas.saved();
  const { labels, width, height } = await server.labels(annotation);
  expect([width, height]).toEqual([WIDTH, HEIGHT]);
  expect(idsOf(labels)).toEqual([1]);
  expect(pixelsOf(labels, WIDTH, 1)).toEqual(stroke);
});

it('undoes and redoes on the server too', async () => {
  await page.keyboard.press('Control+z');
  await canvas.saved();
  expect(idsOf((await server.labels(annotation)).labels)).toEqual([]);
  await page.keyboard.press('Control+Shift+z');
  await canvas.saved();
  expect(pixelsOf((await server.labels(annotation)).labels, WIDTH, 1)).toEqual(stroke);
});

it('gives new and selected cells the class of the pressed key', async () => {
  await page.keyboard.press('2');
  await canvas.drag({ x: 180, y: 30 }, { x: 200, y: 30 });
  await canvas.saved();
  const stored = await server.get<{ object_classes: Record<string, number> }>(
    `annotations/${annotation}`,
  );
  expect(stored.object_classes).toEqual({ '1': 2, '2': 2 });
});

it('splits, merges, deletes and fills', async () => {
  await page.keyboard.press('x');
  await canvas.drag({ x: 75, y: 40 }, { x: 75, y: 110 });
  await canvas.saved();
  expect(idsOf((await server.labels(annotation)).labels)).toEqual([1, 2, 3]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('m');
  await canvas.click({ x: 45, y: 53 });
  await canvas.click({ x: 105, y: 87 });
  await canvas.saved();
  await page.keyboard.press('d');
  await canvas.click({ x: 190, y: 30 });
  await canvas.saved();
  const { labels } = await server.labels(annotation);
  expect(idsOf(labels)).toHaveLength(1);
  expect(pixelsOf(labels, WIDTH, idsOf(labels)[0]!)).toEqual(stroke);
});

it('shows the same after a reload', async () => {
  await page.reload();
  await canvas.ready();
  await page.getByText('1 cell', { exact: true }).waitFor();
  const { labels } = await server.labels(annotation);
  expect(pixelsOf(labels, WIDTH, idsOf(labels)[0]!)).toEqual(stroke);
});

it('lets the newest tab edit, and says so in the older one', async () => {
  const second = await openPage(context, `/projects/${project}/annotate`);
  const other = new Canvas(second, WIDTH, HEIGHT);
  await other.ready();
  await page.getByText('This sample is open in a newer tab').waitFor();
  await canvas.drag({ x: 20, y: 20 }, { x: 40, y: 20 });
  await page.getByText('Nothing can be changed here now').waitFor();
  await other.drag({ x: 20, y: 130 }, { x: 40, y: 130 });
  await other.saved();
  expect(idsOf((await server.labels(annotation)).labels)).toHaveLength(2);
  await second.close();
  await page.getByRole('button', { name: 'Edit here instead' }).click();
  await page.getByText('2 cells', { exact: true }).waitFor();
});

it('submits with the effort and goes on to the next picture', async () => {
  const name = page.locator('.work-bar .name');
  const before = await name.textContent();
  await page.keyboard.press('Control+Enter');
  await page.waitForFunction(
    (old) => (document.querySelector('.work-bar .name')?.textContent ?? old) !== old,
    before,
  );
  const stored = await server.get<{
    state: string;
    effort: { seconds: number; operations: number; objects: number };
  }>(`annotations/${annotation}`);
  expect(stored.state).toBe('submitted');
  expect(stored.effort.objects).toBe(2);
  expect(stored.effort.operations).toBeGreaterThanOrEqual(8);
  expect(stored.effort.seconds).toBeGreaterThan(0);
});

it('takes a polygon with the keyboard, and says why the queue is empty', async () => {
  await canvas.ready();
  const next = (await server.post<Next>(`projects/${project}/next`, {})).annotation.id;
  expect(next).not.toBe(annotation);
  await page.keyboard.press('p');
  for (const [x, y] of [
    [60, 40],
    [120, 40],
    [120, 100],
    [60, 100],
  ] as const) {
    await canvas.click({ x, y });
  }
  await page.keyboard.press('Enter');
  await canvas.saved();
  const area = pixelsOf((await server.labels(next)).labels, WIDTH, 1).size;
  expect(Math.abs(area - 3600)).toBeLessThan(150); // corners fall on whole CSS pixels
  await page.keyboard.press('s');
  await page.getByRole('button', { name: 'Look again' }).waitFor();
});
