/** Classification by keys. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { FLAT, launch, leave, newContext, openPage, Server, until } from './support';

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
  browser = await launch(FLAT);
  context = await newContext(browser);
  server = new Server(context);
  await server.setUp();
  const files = Array.from({ length: 12 }, (_, i) => `plain_${i}.tif`);
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

afterAll(() => leave(browser));

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

it('keeps choices and contrast over a reload', async () => {
  const window = page.getByRole('combobox', { name: 'Contrast' });
  await window.selectOption('crop');
  await page.getByRole('slider', { name: 'Gamma' }).fill('1.5');
  await page.locator('.save-state[data-state="saved"]').waitFor();
  await page.reload();
  await picture(1, 'bright');
  expect(await window.inputValue()).toBe('crop');
  expect(await page.getByRole('slider', { name: 'Gamma' }).inputValue()).toBe('1.5');
  await page.getByRole('button', { name: 'Reset', exact: true }).click();
});

const selected = (): Promise<number[]> =>
  page
    .locator('.crop')
    .evaluateAll((crops) =>
      crops.flatMap((crop, at) => (crop.getAttribute('aria-pressed') === 'true' ? [at + 1] : [])),
    );

const crop = (n: number): ReturnType<Page['locator']> => page.locator('.crop').nth(n - 1);

it('selects by click, Shift, Ctrl, arrows and a drawn rectangle', async () => {
  await crop(2).click();
  await crop(4).click({ modifiers: ['Shift'] });
  expect(await selected()).toEqual([2, 3, 4]);
  await crop(3).click({ modifiers: ['Control'] });
  expect(await selected()).toEqual([2, 4]);
  await page.keyboard.press('Escape');
  expect(await selected()).toEqual([]);
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowRight');
  expect(await selected()).toEqual([1, 2]);
  await page.keyboard.press('Control+a');
  expect((await selected()).length).toBe(await page.locator('.crop').count());

  const [first, last] = [(await crop(3).boundingBox())!, (await crop(4).boundingBox())!];
  await page.mouse.move(last.x + last.width / 2, last.y + last.height / 2);
  await page.mouse.down();
  await page.mouse.move(first.x + first.width / 2, first.y + first.height / 3, { steps: 3 });
  await page.mouse.up();
  expect(await selected()).toEqual([3, 4]);
});

it('gives a range one class in one step, and takes the step back and again', async () => {
  await page.keyboard.press('2');
  await picture(3, 'dim');
  await picture(4, 'dim');
  await page.getByText('2 pictures are now dim.').waitFor();
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await picture(3, 'not classified');
  expect(await selected()).toEqual([3, 4]);
  await page.keyboard.press('Control+Shift+z');
  await picture(4, 'dim');
  await page.keyboard.press('Control+z');
  await picture(4, 'not classified');
});

it('shows the pictures larger, and sorted by likeness with its source', async () => {
  const before = (await crop(1).boundingBox())!.width;
  await page.getByRole('slider', { name: 'Size' }).fill('300');
  await until(async () => (await crop(1).boundingBox())!.width > before + 50);
  await page.getByLabel('Order').selectOption('alike');
  await page.getByText(/^Likeness by brightness/).waitFor();
  await page.getByLabel('Order').selectOption('asked');
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
