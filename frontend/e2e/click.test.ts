/** Clicking cells and working through proposals: what is kept is what the server outlined, to the pixel. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { spansOf, type CroppedMask } from '../src/engine/tools/outliner';
import { idsOf, openCanvas, pixelsOf, type Canvas } from './canvas';
import { leave, type Server } from './support';

const WIDTH = 240;
const HEIGHT = 160;
/** Two cells of `squares.tif`. */
type Box = [x0: number, y0: number, x1: number, y1: number];
const BRIGHT: Box = [40, 40, 81, 71];
const DIM: Box = [150, 60, 196, 101];

let browser: Browser;
let context: BrowserContext;
let server: Server;
let page: Page;
let canvas: Canvas;
let sample: number;
let annotation: string;

beforeAll(async () => {
  ({ browser, context, server, page, canvas, sample, annotation } = await openCanvas({
    pictures: ['squares.tif'],
    size: [WIDTH, HEIGHT],
    proposed: true,
  }));
});

afterAll(() => leave(browser));

async function stored(): Promise<number[]> {
  await canvas.saved();
  return idsOf((await server.labels(annotation)).labels);
}

const middleOf = ([x0, y0, x1, y1]: Box): { x: number; y: number } => ({
  x: (x0 + x1 - 1) / 2,
  y: (y0 + y1 - 1) / 2,
});

it('goes through the proposed cells, the least sure first', async () => {
  const panel = page.getByRole('region', { name: 'Proposed cells' });
  await panel.getByText('2 cells', { exact: true }).waitFor();
  await page.keyboard.press('u');
  await panel.getByText('1 of 2').waitFor();
  await page.keyboard.press('u');
  await panel.getByText('2 of 2').waitFor();
  await page.keyboard.press('Shift+U');
  await panel.getByText('1 of 2').waitFor();
  const kept = page.waitForResponse(
    (answer) =>
      answer.url().endsWith('/marks') &&
      !!answer
        .request()
        .postData()
        ?.match(/"confirmed":\[\d/),
  );
  await page.keyboard.press('q');
  await panel.getByText('2 seen, 1 confirmed').waitFor();
  await kept;
  await page.reload();
  await canvas.ready();
  await panel.getByText('2 cells', { exact: true }).waitFor();
  await page.keyboard.press('u');
  await panel.getByText('2 seen, 1 confirmed').waitFor();
});

it('removes the unconfirmed ones below a confidence as one step', async () => {
  expect(await stored()).toEqual([1, 2]);
  await page.getByRole('slider', { name: 'Keep above' }).fill('1');
  await page.getByRole('button', { name: 'Remove 1 cell below' }).click();
  await expect.poll(stored).toHaveLength(1);
  await page.keyboard.press('Control+z');
  await expect.poll(stored).toEqual([1, 2]);
  await page.getByRole('button', { name: 'Remove 1 cell below' }).click();
  await page.keyboard.press('d');
  await page.keyboard.press('0');
  await canvas.click(middleOf(BRIGHT));
  await canvas.click(middleOf(DIM));
  await expect.poll(stored).toEqual([]);
});

it('outlines the clicked cell, and keeps it on Enter', async () => {
  await page.keyboard.press('c');
  await canvas.click(middleOf(BRIGHT));
  await page.keyboard.press('Enter'); // quicker than the answer
  await page.getByText('Outlined from the intensities').waitFor();
  await expect.poll(stored).toHaveLength(1);
  const { labels } = await server.labels(annotation);
  const [label] = idsOf(labels);
  const expected = new Set<string>();
  const [x0, y0, x1, y1] = BRIGHT;
  for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) expected.add(`${x},${y}`);
  // Smoothing takes a pixel at each corner.
  for (const x of [x0, x1 - 1]) for (const y of [y0, y1 - 1]) expected.delete(`${x},${y}`);
  expect(pixelsOf(labels, WIDTH, label!)).toEqual(expected);
});

it('takes away what is clicked with the right button or Alt, as the server says', async () => {
  const inside = { x: 160, y: 80 };
  const away = { x: 186, y: 80 };
  await canvas.click(inside);
  const { css } = await canvas.aim(away);
  await page.mouse.click(css.x, css.y, { button: 'right' });
  await page.keyboard.press('Backspace');
  await page.keyboard.down('Alt');
  await canvas.click(away);
  await page.keyboard.up('Alt');
  const clicks = await Promise.all(
    [inside, away].map(async (point, at) => {
      const { image } = await canvas.aim(point);
      return { x: Math.round(image.x), y: Math.round(image.y), positive: at === 0 };
    }),
  );
  await page.keyboard.press('Enter');
  await expect.poll(stored).toHaveLength(2);
  const { labels } = await server.labels(annotation);
  const answer = await server.post<CroppedMask>(`samples/${sample}/outline`, { clicks });
  const expected = new Set(
    spansOf(answer).flatMap(([y, x0, x1]) =>
      Array.from({ length: x1 - x0 }, (_, i) => `${x0 + i},${y}`),
    ),
  );
  const label = labels[80 * WIDTH + 160]!;
  expect(labels[80 * WIDTH + 186]).toBe(0);
  expect(pixelsOf(labels, WIDTH, label)).toEqual(expected);
  await page.keyboard.press('Control+z');
  await expect.poll(stored).toHaveLength(1);
});

it('says that clicks need the server, and changes nothing', async () => {
  await context.setOffline(true);
  await canvas.click({ x: 170, y: 80 });
  await page.getByText('no cell can be outlined by clicks now').waitFor();
  await context.setOffline(false);
  await canvas.click({ x: 120, y: 20 });
  await page.getByText('Nothing stands out here').waitFor();
  expect(await stored()).toHaveLength(1);
});
