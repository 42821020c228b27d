/** Classification by keys. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { complaints, launch, openPage, Server, until } from './support';

let browser: Browser;
let context: BrowserContext;
let server: Server;
let page: Page;
let project: number;

const CLASSES = [
  { name: 'bright', color: '#56b4e9', key: '1' },
  { name: 'dim', color: '#e69f00', key: '2' },
];

beforeAll(async () => {
  browser = await launch();
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  server = new Server(context);
  await server.setUp();
  const files = Array.from({ length: 4 }, (_, i) => `plain_${i}.tif`);
  const dataset = await server.makeDataset('Plain', files);
  project = await server.makeProject(dataset, {
    name: 'Kinds',
    task_kind: 'classification',
    sample_unit: 'image',
    classes: CLASSES,
  });
  page = await openPage(context, `/projects/${project}/classify`);
  await page.getByRole('button', { name: /^Picture 1:/ }).waitFor();
});

afterAll(async () => {
  await browser.close();
  expect(complaints).toEqual([]);
});

const picture = (n: number, state: string): Promise<void> =>
  page.getByRole('button', { name: `Picture ${n}: ${state}`, exact: true }).waitFor();

it('takes a key per picture, moves on, and takes one back', async () => {
  await page.keyboard.press('1');
  await picture(1, 'bright');
  await page.keyboard.press('2');
  await picture(2, 'dim');
  await page.keyboard.press('Control+z');
  await picture(2, 'not classified');
  await page.getByText(/^1 of/).waitFor();
});

it('keeps the choices over a reload', async () => {
  await page.locator('.save-state[data-state="saved"]').waitFor();
  await page.reload();
  await picture(1, 'bright');
});

it('gives all the rest one class and submits', async () => {
  const total = await page.locator('.crop').count();
  await page.getByLabel('All the rest are').selectOption({ label: 'dim' });
  await page.getByRole('button', { name: /^Set / }).click();
  await page.getByText(`${total} of ${total} classified`).waitFor();
  await page.keyboard.press('s');
  await page.getByRole('button', { name: 'Look again' }).waitFor();
  await until(async () => {
    const overview = await server.get<{ class_counts: { class: string; n: number }[] }>(
      `projects/${project}/overview`,
    );
    const counts = Object.fromEntries(overview.class_counts.map((row) => [row.class, row.n]));
    return counts['bright'] === 1 && counts['dim'] === total - 1;
  });
});
