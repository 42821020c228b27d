/** Every page, in the themes, without serious findings of axe-core. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { graveFindings } from './axe';
import { FLAT, launch, newContext, openPage, Server, SITE } from './support';

let browser: Browser;
let context: BrowserContext;
let page: Page;
let cells: number;
let kinds: number;
let image: number;

async function look(path: string, ready: string): Promise<void> {
  await page.goto(SITE + path);
  await page.locator(ready).first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.skeleton'));
  expect(await graveFindings(page), path).toEqual([]);
}

beforeAll(async () => {
  browser = await launch(FLAT);
  context = await newContext(browser);
  page = await openPage(context, '/setup');
  await page.locator('form').waitFor();
});

afterAll(async () => {
  await browser.close();
});

it('set-up and sign-in', async () => {
  expect(await graveFindings(page), 'setup').toEqual([]);
  const server = new Server(context);
  await server.setUp();
  await context.clearCookies();
  await look('/signin', 'form');
  await server.signIn();
  const dataset = await server.makeDataset('Plain', ['plain_0.tif', 'plain_1.tif']);
  const classes = [
    { name: 'round', color: '#56b4e9', key: '1' },
    { name: 'long', color: '#e69f00', key: '2' },
  ];
  cells = await server.makeProject(dataset, { name: 'Cells', task_kind: 'instance', classes });
  kinds = await server.makeProject(dataset, {
    ...{ name: 'Kinds', task_kind: 'classification', classes },
    sample_unit: 'image',
  });
  const images = await server.get<{ results: { id: number }[] }>(`images?dataset=${dataset}`);
  image = images.results[0]!.id;
});

it('pages with a side bar', async () => {
  await look('/', 'h1');
  await look('/account', 'h1');
  await look('/projects/new', 'h1');
  for (const part of [
    '',
    '/data',
    `/data/${image}`,
    '/review',
    '/models',
    '/models/bring',
    '/models/compare',
    '/members',
    '/settings',
  ]) {
    await look(`/projects/${cells}${part}`, 'h1');
  }
});

it('new projects of every kind', async () => {
  for (const kind of ['Semantic segmentation', 'Classification']) {
    await page.goto(`${SITE}/projects/new`);
    await page.getByRole('radio', { name: new RegExp(kind) }).check({ force: true });
    for (const fold of await page.locator('details:not([open]) > summary').all()) {
      await fold.click();
    }
    await page.getByRole('combobox', { name: 'Who accepts' }).waitFor();
    expect(await graveFindings(page), kind).toEqual([]);
  }
});

it('a training and a search that are begun', async () => {
  for (const name of ['Train model', 'Search for settings']) {
    await look(`/projects/${cells}/models`, 'h1');
    await page.getByRole('button', { name }).click();
    await page.locator('dialog form').waitFor();
    for (const fold of await page.locator('dialog summary').all()) await fold.click();
    expect(await graveFindings(page), name).toEqual([]);
  }
});

it.each(['light', 'dark'] as const)('working pages, %s', async (colorScheme) => {
  await page.emulateMedia({ colorScheme });
  await look(`/projects/${cells}/annotate`, 'canvas.canvas-overlay');
  await page.keyboard.press('Shift+?');
  await page.locator('dialog .cheat-sheet').waitFor();
  expect(await graveFindings(page), 'cheat sheet').toEqual([]);
  await page.keyboard.press('Escape');
  await page.locator('dialog .cheat-sheet').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  await page.locator('dialog .palette-list').waitFor();
  expect(await graveFindings(page), 'palette').toEqual([]);
  await page.keyboard.press('Escape');
  await look(`/projects/${kinds}/classify`, '.crop-grid');
});
