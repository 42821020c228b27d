/** Looking at a movie of stacks with two channels of 16 bits: what is under the pointer, what moves, and what is kept. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { openCanvas, type Canvas } from './canvas';
import { leave, openPanel, until, type Server } from './support';

const WIDTH = 180;
const HEIGHT = 120;

/** As `tests/e2e/test_browser.py` writes `movie_0.ome.tif`; the second movie has 7 more everywhere. */
const valuesAt = (x: number, y: number, z: number, t: number): number[] =>
  [0, 1].map((c) => 30_000 * c + 4000 * t + 600 * z + 3 * x + y);

let browser: Browser;
let server: Server;
let page: Page;
let canvas: Canvas;
let dataset: number;

beforeAll(async () => {
  ({ browser, server, page, canvas, dataset } = await openCanvas({
    pictures: ['movie_0.ome.tif', 'movie_1.ome.tif'],
    size: [WIDTH, HEIGHT],
  }));
});

afterAll(() => leave(browser));

const more = (): Promise<number> =>
  page
    .locator('.work-bar .name')
    .textContent()
    .then((name) => (name?.includes('_1') ? 7 : 0));

async function reads(place: string, values: number[]): Promise<void> {
  const extra = await more();
  const text = `${place}DAPI ${values[0]! + extra}GFP ${values[1]! + extra}`;
  await page.locator('.readout', { hasText: text }).waitFor();
}

interface Kept {
  channels: { log: boolean }[];
}

it('tells place and intensities under the pointer, also of the next slice', async () => {
  const { x, y } = await canvas.hover({ x: 50, y: 40 });
  const place = `x ${x} y ${y}`;
  await reads(place, valuesAt(x, y, 2, 0));
  await page.keyboard.press('PageUp');
  await reads(place, valuesAt(x, y, 3, 0));
  await page.keyboard.press('Period');
  await reads(place, valuesAt(x, y, 3, 1));
  await page.getByRole('img', { name: /^Scale bar: (10|20|50) µm$/ }).waitFor();
});

it('plays the movie', async () => {
  const frame = page.locator('label', { hasText: /^Frame/ }).locator('output');
  expect(await frame.textContent()).toBe('2/3');
  await page.keyboard.press('Alt+r');
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
  const seen = new Set<string | null>();
  await until(async () => seen.add(await frame.textContent()).size === 3);
  await page.keyboard.press('Alt+r');
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
});

it('projects the stack, and says that outlines cannot be changed then', async () => {
  await page.getByRole('slider', { name: /^Frame/ }).fill('0');
  await page.getByRole('slider', { name: /^Slice/ }).fill('0');
  await page.keyboard.press('Alt+z');
  await page.getByText('Brightest of slices 1 to 4.').waitFor();
  const { x, y } = await canvas.hover({ x: 70, y: 30 });
  await reads(`x ${x} y ${y}`, valuesAt(x, y, 3, 0));
  await canvas.drag({ x: 20, y: 20 }, { x: 60, y: 20 });
  await page.getByText('go back to one slice to change outlines').waitFor();
  await page.getByText('0 cells', { exact: true }).waitFor();
  await page.keyboard.press('Alt+z');
  await page.getByText('Brightest of slices').waitFor({ state: 'detached' });
});

it('cuts the stack, and a click in a section moves the others', async () => {
  await page.keyboard.press('Alt+s');
  const below = page.getByRole('application', { name: 'XZ section at y = 60' });
  await page.getByRole('application', { name: 'YZ section at x = 90' }).waitFor();
  const beside = page.getByRole('application', { name: 'YZ section at x = 60' });
  await until(async () => {
    // The picture gives the sections room, so that the zoom changes a moment later than the box.
    const box = (await below.boundingBox())!;
    const zoom = Number((await page.locator('.zoom').textContent())!.replace(/\D/g, '')) / 100;
    // Four slices of three pixels each lie in the middle of the section: this is in the last one.
    await page.mouse.click(box.x + box.width / 2 - 30 * zoom, box.y + box.height / 2 + 4.5 * zoom);
    return beside.isVisible();
  });
  await page.locator('output', { hasText: '4/4' }).waitFor();
  await below.focus();
  await page.keyboard.press('ArrowUp');
  await page.locator('output', { hasText: '3/4' }).waitFor();
  await page.keyboard.press('Alt+s');
  await below.waitFor({ state: 'detached' });
});

it('keeps how the channels look for the next picture, and after a reload', async () => {
  await openPanel(page, 'DAPI');
  await openPanel(page, 'GFP');
  const log = page.getByRole('checkbox', { name: 'Logarithmic, GFP' });
  await log.check();
  await page.getByRole('checkbox', { name: 'Inverted, DAPI' }).check();
  await page.getByRole('group', { name: 'Channel DAPI' }).getByLabel('Black').fill('600');
  const name = page.locator('.work-bar .name');
  const before = await name.textContent();
  await page.keyboard.press('Control+Enter');
  await page.waitForFunction(
    (old) => (document.querySelector('.work-bar .name')?.textContent ?? old) !== old,
    before,
  );
  await canvas.ready();
  for (const reloaded of [false, true]) {
    if (reloaded) {
      // No waiting: what was changed just now goes along when the page is left.
      await page.getByRole('checkbox', { name: 'Inverted, GFP' }).check();
      await page.reload();
      await canvas.ready();
      expect(await page.getByRole('checkbox', { name: 'Inverted, GFP' }).isChecked()).toBe(true);
    }
    expect(await log.isChecked()).toBe(true);
    const group = page.getByRole('group', { name: 'Channel DAPI' });
    expect(await group.getByLabel('Inverted, DAPI').isChecked()).toBe(true);
    expect(await group.getByLabel('Black').inputValue()).toBe('600');
  }
  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  expect(await log.isChecked()).toBe(false);
  await until(async () => {
    const kept = await server.get<Kept>(`datasets/${dataset}/display`);
    return kept.channels.length === 2 && !kept.channels[1]!.log;
  });
});
