/** No connection, a killed server, a closed tab, an ended session: nothing that was drawn is lost. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import {
  Canvas,
  idsOf,
  killWeb,
  launch,
  openPage,
  PERSON,
  pixelsOf,
  Server,
  startWeb,
  strokeMask,
} from './support';

const WIDTH = 240;
const HEIGHT = 160;
const RADIUS = 4;

let browser: Browser;
let context: BrowserContext;
let server: Server;
let page: Page;
let canvas: Canvas;
let project: number;
let annotation: string;
const strokes: Set<string>[] = [];

/** Paint a stroke in a row of its own. */
async function paint(row: number): Promise<void> {
  const hit = await canvas.drag({ x: 30, y: row }, { x: 150, y: row + 6 });
  strokes.push(strokeMask(hit, RADIUS, WIDTH, HEIGHT));
}

async function expectAllStored(): Promise<void> {
  const { labels } = await server.labels(annotation);
  const stored = idsOf(labels).map((id) => pixelsOf(labels, WIDTH, id));
  expect(stored).toHaveLength(strokes.length);
  strokes.forEach((stroke, at) => expect(stored[at]).toEqual(stroke));
}

beforeAll(async () => {
  browser = await launch();
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  server = new Server(context);
  await server.setUp();
  const dataset = await server.makeDataset('Plain', ['plain_0.tif']);
  project = await server.makeProject(dataset, {
    name: 'Rough day',
    task_kind: 'instance',
    classes: [{ name: 'cell', color: '#56b4e9', key: '1' }],
  });
  page = await openPage(context, `/projects/${project}/annotate`);
  canvas = new Canvas(page, WIDTH, HEIGHT);
  await canvas.ready();
  await canvas.setBrush(RADIUS);
  const next = await server.post<{ annotation: { id: string } }>(`projects/${project}/next`, {});
  annotation = next.annotation.id;
});

afterAll(() => browser.close());

it('keeps edits while offline and sends them afterwards', async () => {
  await paint(15);
  await canvas.saved();
  await context.setOffline(true);
  await paint(35);
  await paint(55);
  await canvas.saved('offline');
  await page.getByText(/edits? waits? on this computer/).waitFor();
  await context.setOffline(false);
  await canvas.saved();
  await expectAllStored();
});

it('survives kill -9 of the server and of the tab', async () => {
  await killWeb();
  await paint(75);
  await canvas.saved('offline');
  await paint(95);
  await page.waitForFunction(
    () => document.querySelector('.save-state')?.textContent.includes('4 edits') ?? false,
  );
  await page.close();
  await startWeb();
  page = await openPage(context, `/projects/${project}/annotate`);
  canvas = new Canvas(page, WIDTH, HEIGHT);
  await canvas.ready();
  await page.getByText('5 cells', { exact: true }).waitFor();
  await canvas.saved();
  await expectAllStored();
});

it('says that the session ended and goes on after signing in again', async () => {
  await canvas.setBrush(RADIUS);
  await context.clearCookies();
  await paint(115);
  await canvas.saved('signed_out');
  await page.getByLabel('Password').fill(PERSON.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await canvas.saved();
  await expectAllStored();
});

it('waits with a submit until the server is back', async () => {
  await killWeb();
  await paint(135);
  await page.keyboard.press('Control+Enter');
  await page.getByText('Waiting for the connection to submit').waitFor();
  await startWeb();
  await page.getByRole('button', { name: 'Look again' }).waitFor();
  await expectAllStored();
  const stored = await server.get<{ state: string }>(`annotations/${annotation}`);
  expect(stored.state).toBe('submitted');
});
