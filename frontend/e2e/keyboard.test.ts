/** Without a pointer, from sign-in to submit: a cell is drawn, split, deleted and classed by keys alone. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { Canvas, idsOf, pixelsOf, strokeMask } from './canvas';
import { launch, leave, newContext, openPage, PERSON, Server } from './support';

const WIDTH = 240;
const HEIGHT = 160;
const MIDDLE = { x: WIDTH / 2 - 1, y: HEIGHT / 2 - 1 };

let browser: Browser;
let context: BrowserContext;
let server: Server;
let page: Page;
let annotation: string;

async function press(key: string, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) await page.keyboard.press(key);
}

/** Tab until a control of that name has the focus. */
async function tabTo(role: 'link' | 'button' | 'textbox', name: RegExp): Promise<void> {
  const target = page.getByRole(role, { name }).first();
  await target.waitFor();
  for (let i = 0; i < 60; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await press('Tab');
  }
  throw new Error(`Tab does not reach ${String(name)}`);
}

beforeAll(async () => {
  browser = await launch();
  const office = await browser.newContext();
  const setUp = new Server(office);
  await setUp.setUp();
  const dataset = await setUp.makeDataset('Plain', ['plain_0.tif']);
  await setUp.makeProject(dataset, {
    name: 'By hand',
    task_kind: 'instance',
    classes: [
      { name: 'round', color: '#56b4e9', key: '1' },
      { name: 'long', color: '#e69f00', key: '2' },
    ],
  });
  await office.close();
  context = await newContext(browser);
  server = new Server(context);
  page = await openPage(context, '/');
});

afterAll(() => leave(browser));

it('signs in and opens the next picture', async () => {
  await tabTo('textbox', /User name/);
  await page.keyboard.type(PERSON.username);
  await press('Tab');
  await page.keyboard.type(PERSON.password);
  await press('Enter');
  await tabTo('link', /By hand/);
  await press('Enter');
  await tabTo('link', /^Annotate/);
  await press('Enter');
  await new Canvas(page, WIDTH, HEIGHT).ready();
});

it('draws with the arrows and a press', async () => {
  await press('`');
  await page.getByText(`x ${MIDDLE.x}, y ${MIDDLE.y}: background`).waitFor();
  // The first brush has radius 6; smaller by one with each press.
  await press('[', 2);
  await press('Space');
  await press('ArrowRight', 5);
  await press('Shift+ArrowDown', 3); // by the brush's radius of 4
  await page.getByText('x 124, y 91: cell 1, pressed').waitFor();
  await press('Space');
  await new Canvas(page, WIDTH, HEIGHT).saved();
  const projects = await server.get<{ results: { id: number }[] }>('projects');
  const next = await server.post<{ annotation: { id: string } }>(
    `projects/${projects.results[0]!.id}/next`,
    {},
  );
  annotation = next.annotation.id;
  const corner = { x: 124, y: 79 };
  const drawn = new Set([
    ...strokeMask([MIDDLE, corner], 4, WIDTH, HEIGHT),
    ...strokeMask([corner, { x: 124, y: 91 }], 4, WIDTH, HEIGHT),
  ]);
  const { labels } = await server.labels(annotation);
  expect(pixelsOf(labels, WIDTH, 1)).toEqual(drawn);
});

it('splits, classes and deletes', async () => {
  await press('x');
  await press('ArrowUp', 6);
  await press('ArrowLeft', 10);
  await press('Enter');
  await press('ArrowRight', 20);
  await press('Enter');
  await page.getByText('2 cells', { exact: true }).waitFor();
  await press('2'); // the new, smaller part is selected
  await press('d');
  await press('ArrowLeft', 10);
  await press('ArrowUp', 3);
  await page.getByText('x 124, y 82: cell 1, round').waitFor();
  await press('Space', 2);
  await page.getByText('1 cell', { exact: true }).waitFor();
  await new Canvas(page, WIDTH, HEIGHT).saved();
  const { labels } = await server.labels(annotation);
  expect(idsOf(labels)).toEqual([2]);
  const stored = await server.get<{ object_classes: Record<string, number> }>(
    `annotations/${annotation}`,
  );
  expect(stored.object_classes['2']).toBe(2);
});

it('finds a command by name, and submits', async () => {
  await press('Control+k');
  await page.keyboard.type('redo');
  await page.getByRole('option', { name: 'Redo There is nothing to redo.' }).waitFor();
  await press('Escape');
  await press('Control+k');
  await page.keyboard.type('subm');
  await press('Enter');
  await page.getByRole('button', { name: 'Look again' }).waitFor();
  const stored = await server.get<{ state: string }>(`annotations/${annotation}`);
  expect(stored.state).toBe('submitted');
});
