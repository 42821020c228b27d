/** No connection, a killed server, tab or browser, an ended session, a second tab or device: nothing that was drawn is lost. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { encodePatch, toBase64 } from '../src/engine/labels/wire';
import { Canvas, idsOf, pixelsOf, type Place, strokeMask } from './canvas';
import {
  killWeb,
  launch,
  launchProcess,
  newContext,
  openPage,
  PERSON,
  Server,
  startWeb,
} from './support';

const WIDTH = 240;
const HEIGHT = 160;
const RADIUS = 4;
/** Longer than a stroke is only in memory. */
const JOURNAL_MS = 700;

let browser: Browser;
let context: BrowserContext;
let server: Server;
let page: Page;
let canvas: Canvas;
let project: number;
let annotation: string;
const strokes: Set<string>[] = [];

/** A place of its own for each stroke: two in a row. */
function nextPlace(): [Place, Place] {
  const [row, column] = [Math.floor(strokes.length / 2), strokes.length % 2];
  const [x, y] = [20 + 110 * column, 12 + 20 * row];
  return [
    { x, y },
    { x: x + 80, y: y + 6 },
  ];
}

async function paint(): Promise<void> {
  strokes.push(strokeMask(await canvas.drag(...nextPlace()), RADIUS, WIDTH, HEIGHT));
}

/** Begin a stroke and leave the button pressed. */
async function press(): Promise<void> {
  strokes.push(strokeMask(await canvas.press(...nextPlace()), RADIUS, WIDTH, HEIGHT));
}

async function open(where = context): Promise<void> {
  page = await openPage(where, `/projects/${project}/annotate`);
  canvas = new Canvas(page, WIDTH, HEIGHT);
  await canvas.ready();
  await canvas.setBrush(RADIUS);
}

async function expectCells(count: number): Promise<void> {
  const words = count === 1 ? '1 cell' : `${count} cells`;
  await page.locator('.work-side').getByText(words, { exact: true }).waitFor();
}

async function expectAllStored(): Promise<void> {
  const { labels } = await server.labels(annotation);
  const stored = idsOf(labels).map((id) => pixelsOf(labels, WIDTH, id));
  expect(stored).toHaveLength(strokes.length);
  strokes.forEach((stroke, at) => expect(stored[at]).toEqual(stroke));
}

beforeAll(async () => {
  browser = await launch();
  context = await newContext(browser);
  server = new Server(context);
  await server.setUp();
  const dataset = await server.makeDataset('Plain', ['plain_0.tif']);
  project = await server.makeProject(dataset, {
    name: 'Rough day',
    task_kind: 'instance',
    classes: [{ name: 'cell', color: '#56b4e9', key: '1' }],
  });
  const next = await server.post<{ annotation: { id: string } }>(`projects/${project}/next`, {});
  annotation = next.annotation.id;
  await open();
});

afterAll(() => browser.close());

it('keeps edits while offline and sends them afterwards', async () => {
  await paint();
  await canvas.saved();
  await context.setOffline(true);
  await paint();
  await paint();
  await canvas.saved('offline');
  await page.getByText(/edits? waits? on this computer/).waitFor();
  await context.setOffline(false);
  await canvas.saved();
  await expectAllStored();
});

it('survives kill -9 of the server in the middle of a stroke, and of the tab', async () => {
  await press();
  await killWeb();
  await page.mouse.up();
  await canvas.saved('offline');
  await paint();
  await page.waitForFunction(
    () => document.querySelector('.save-state')?.textContent.includes('4 edits') ?? false,
  );
  await page.close();
  await startWeb();
  await open();
  await expectCells(5);
  await canvas.saved();
  await expectAllStored();
});

it('undoes and redoes after a reload what was drawn before', async () => {
  for (let count = strokes.length - 1; count >= 0; count--) {
    await page.keyboard.press('Control+z');
    if (count > 0) await expectCells(count);
  }
  await page.waitForFunction(
    () => document.querySelector<HTMLButtonElement>('.work-bar button[disabled]') !== null,
  );
  await canvas.saved();
  await page.close();
  await open();
  for (let count = 1; count <= strokes.length; count++) {
    await page.keyboard.press('Control+y');
    await expectCells(count);
  }
  await canvas.saved();
  await expectAllStored();
});

it('brings back the stroke of a tab that was closed in the middle of it', async () => {
  await press();
  await page.waitForTimeout(JOURNAL_MS);
  await page.close();
  await open();
  await page.getByText('was brought back').waitFor();
  await canvas.saved();
  await expectAllStored();
});

it('gives the sample over to a newer tab, with the stroke that was being made', async () => {
  const [older, olderCanvas] = [page, canvas];
  await press();
  await open();
  await expectCells(strokes.length);
  await older.getByText('open in a newer tab').waitFor();
  await older.mouse.up();
  await paint();
  await canvas.saved();
  await expectAllStored();
  await older.getByRole('button', { name: 'Edit here instead' }).click();
  await page.getByText('open in a newer tab').waitFor();
  await page.close();
  [page, canvas] = [older, olderCanvas];
  await expectCells(strokes.length);
  await canvas.ready();
});

it('asks where another device changed the same cell', async () => {
  const { labels } = await server.labels(annotation);
  const [x, y] = [60, 16]; // on the first stroke
  expect(labels[y * WIDTH + x]).toBe(1);
  await context.setOffline(true);
  await page.keyboard.press('d');
  await canvas.click({ x, y });
  await canvas.saved('offline');
  const { version } = await server.get<{ version: number }>(`annotations/${annotation}`);
  const patch = toBase64(encodePatch([y, x, 2, 1, 0], WIDTH));
  const op = { op_id: crypto.randomUUID(), kind: 'patch', t: 0, z: 0, patch };
  await server.post(`annotations/${annotation}/ops`, { base_version: version, ops: [op] });
  await context.setOffline(false);
  await page.getByText('Edited somewhere else at the same time').waitFor();
  await expectCells(strokes.length);
  await page.getByRole('button', { name: 'My edits on top' }).click();
  await expectCells(strokes.length - 1);
  await page.getByRole('button', { name: 'The stored edits' }).click();
  await expectCells(strokes.length);
  await page.getByRole('button', { name: 'Keep what is shown' }).click();
  await canvas.saved();
  strokes[0]!.delete(`${x},${y}`);
  strokes[0]!.delete(`${x + 1},${y}`);
  await expectAllStored();
});

it('survives kill -9 of the browser in the middle of a stroke', async () => {
  await page.close();
  const folder = mkdtempSync(join(tmpdir(), 'cytoloop-browser-'));
  const first = await launchProcess(folder);
  await new Server(first.context).signIn();
  await open(first.context);
  await press();
  await page.waitForTimeout(JOURNAL_MS);
  await first.kill();
  const second = await launchProcess(folder);
  await new Server(second.context).signIn();
  await open(second.context);
  await page.getByText('was brought back').waitFor();
  await canvas.saved();
  await expectAllStored();
  await second.kill();
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Children of the killed browser may write there for a while: a folder of /tmp is left behind.
  }
  await open();
});

it('says that the session ended and goes on after signing in again', async () => {
  await context.clearCookies();
  await paint();
  await canvas.saved('signed_out');
  await page.getByLabel('Password').fill(PERSON.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await canvas.saved();
  await paint();
  await canvas.saved();
  await expectAllStored();
});

it('goes back to the start and forth again, as steps of undo', async () => {
  await page.getByRole('button', { name: 'History', exact: true }).click();
  await page.getByRole('button', { name: /^Go back to this: Start/ }).click();
  await page.getByText('The outlines are as they were then').waitFor();
  expect(idsOf((await server.labels(annotation)).labels)).toEqual([]);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expectCells(strokes.length);
  await canvas.saved();
  await expectAllStored();
});

it('waits with a submit until the server is back', async () => {
  await killWeb();
  await paint();
  await page.keyboard.press('Control+Enter');
  await page.getByText('Waiting for the connection to submit').waitFor();
  await startWeb();
  await page.getByRole('button', { name: 'Look again' }).waitFor();
  await expectAllStored();
  const stored = await server.get<{ state: string }>(`annotations/${annotation}`);
  expect(stored.state).toBe('submitted');
});
