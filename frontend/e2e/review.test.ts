/** Review: two annotators side by side, a note placed on the picture, the annotator sees it, correct, accept. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { encodePatch, toBase64 } from '../src/engine/labels/wire';
import { Canvas, idsOf } from './canvas';
import { FLAT, launch, leave, newContext, openPage, Server, SITE, until } from './support';

/** What the pictures are: not square. */
const [WIDTH, HEIGHT] = [240, 160];
/** Label, x0, y0, x1, y1. Both draw the first; only bob draws the second. */
type Box = [number, number, number, number, number];
const FIRST: Box = [1, 20, 30, 60, 70];
const SECOND: Box = [2, 120, 60, 180, 110];
/** The middle of the second: pixel centres are integers. */
const MIDDLE = { x: 149.5, y: 84.5 };

interface Person {
  context: BrowserContext;
  server: Server;
}

let browser: Browser;
let ada: Person;
let bob: Person;
let cyd: Person;
let page: Page;
let project: number;
let sample: number;
let bobsAnswer: string;

async function arrive(): Promise<Person> {
  const context = await newContext(browser);
  return { context, server: new Server(context) };
}

async function join(username: string, token: string): Promise<Person> {
  const person = await arrive();
  const account = { username, email: `${username}@example.org`, password: 'long-pass-word-7' };
  await person.server.post('auth/signup', { ...account, token });
  return person;
}

function patchOf(boxes: readonly Box[]): string {
  const runs = boxes.flatMap(([label, x0, y0, x1, y1]) =>
    Array.from({ length: y1 - y0 }, (_, row) => [y0 + row, x0, x1 - x0, 0, label]).flat(),
  );
  return toBase64(encodePatch(runs, WIDTH));
}

/** Claim, draw and submit, as a script may do it. */
async function answer({ server }: Person, boxes: readonly Box[]): Promise<string> {
  const next = await server.post<{
    sample: { id: number };
    annotation: { id: string; version: number };
    assignment: { token: number };
  }>(`projects/${project}/next`, {});
  const { id, version } = next.annotation;
  const op = { op_id: crypto.randomUUID(), kind: 'patch', t: 0, z: 0, patch: patchOf(boxes) };
  await server.post(`annotations/${id}/ops`, { base_version: version, ops: [op] });
  await server.post(`annotations/${id}/submit`, { token: next.assignment.token, seconds: 3 });
  sample = next.sample.id;
  return id;
}

const stateOf = async (): Promise<string> =>
  (await ada.server.get<{ state: string }>(`samples/${sample}`)).state;

beforeAll(async () => {
  browser = await launch(FLAT);
  ada = await arrive();
  await ada.server.setUp();
  const dataset = await ada.server.makeDataset('Plain', [
    'plain_0.tif',
    'plain_1.tif',
    'plain_2.tif',
  ]);
  project = await ada.server.makeProject(dataset, {
    name: 'Two opinions',
    task_kind: 'instance',
    overlap: 2,
    classes: [{ name: 'cell', color: '#56b4e9', key: '1' }],
  });
  await ada.server.patch(`projects/${project}`, { policy: { accept_rule: 'reviewer' } });
  const labs = await ada.server.get<{ results: { id: number }[] }>('labs');
  const { token } = await ada.server.post<{ token: string }>(
    `labs/${labs.results[0]!.id}/invitations`,
    { project, project_role: 'annotator', max_uses: 5 },
  );
  [bob, cyd] = await Promise.all([join('bob', token), join('cyd', token)]);
  bobsAnswer = await answer(bob, [FIRST, SECOND]);
  await answer(cyd, [FIRST]);
  await until(async () => (await stateOf()) === 'in_review');
});

afterAll(() => leave(browser));

it('shows annotators side by side and goes to what they differ about', async () => {
  page = await openPage(ada.context, `/projects/${project}/review/${sample}`);
  await page.getByText('1 of 2 cells').waitFor();
  await page.getByRole('article', { name: 'bob' }).waitFor();
  await page.getByRole('article', { name: 'cyd' }).waitFor();
  await page.keyboard.press('d');
  const row = page.getByRole('button', { name: /only bob/ });
  expect(await row.getAttribute('aria-current')).toBe('true');
});

it('sends one answer back with notes on the picture', async () => {
  await page.keyboard.press('1');
  await page.keyboard.press('m');
  await page.getByRole('textbox', { name: 'For bob' }).fill('this is no cell');
  // The disputed cell lies in the middle of all views: a click there is a note beside it.
  await page.getByRole('button', { name: 'Place a note' }).click();
  await page.getByRole('article', { name: 'bob' }).locator('canvas').click();
  await page.getByRole('textbox', { name: 'For bob' }).nth(1).fill('look at its edge');
  await page.getByRole('button', { name: /^Send back/ }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByRole('checkbox', { name: 'bob' }).isChecked()).toBe(true);
  expect(await dialog.getByRole('checkbox', { name: 'cyd' }).isChecked()).toBe(false);
  await dialog.getByRole('button', { name: 'Send back' }).click();
  await until(async () => (await stateOf()) === 'queued');
  const notes = await bob.server.get<{ text: string; x: number; y: number; object: number }[]>(
    `annotations/${bobsAnswer}/notes`,
  );
  expect(notes.map(({ text, object }) => [text, object])).toEqual([
    ['this is no cell', 2],
    ['look at its edge', 2],
  ]);
  expect(notes[0]).toMatchObject(MIDDLE);
  expect(Math.hypot(notes[1]!.x - MIDDLE.x, notes[1]!.y - MIDDLE.y)).toBeLessThan(1);
});

it('shows the annotator the notes, who works through them', async () => {
  const his = await openPage(bob.context, `/projects/${project}/annotate`);
  const canvas = new Canvas(his, WIDTH, HEIGHT);
  await canvas.ready();
  const panel = his.getByRole('region', { name: 'Notes of the reviewer' });
  await panel.getByText('this is no cell').waitFor();
  await his.keyboard.press('Shift+N');
  await panel.getByRole('checkbox', { name: 'Note 1 is done' }).check();
  await panel.getByText('1 open').waitFor();
  await his.keyboard.press('0');
  await his.keyboard.press('d');
  await canvas.click(MIDDLE);
  await canvas.saved();
  const { labels } = await bob.server.labels(bobsAnswer);
  expect(idsOf(labels)).toEqual([1]);
  const notes = await bob.server.get<{ done: boolean }[]>(`annotations/${bobsAnswer}/notes`);
  expect(notes.map(({ done }) => done)).toEqual([true, false]);
  await his.keyboard.press('s');
  await until(async () => (await stateOf()) === 'in_review');
  await his.close();
});

it('corrects from a chosen start, and accepts', async () => {
  await page.goto(`${SITE}/projects/${project}/review/${sample}`);
  await page.getByText('0 of 1 cells').waitFor();
  await page.getByText(/1 of 2 notes ticked/).waitFor();
  await page.keyboard.press('c');
  await page.getByRole('radio', { name: 'The answer of cyd' }).check();
  await page.getByRole('dialog').getByRole('button', { name: 'Correct' }).click();
  await page.getByRole('button', { name: /^Save as ground truth/ }).waitFor();
  await page.waitForFunction(() => !document.querySelector('.canvas-loading'));
  await page.keyboard.press('s');
  await until(async () => (await stateOf()) === 'accepted');
  const truth = async (): Promise<{ version: number; n_objects: number }> =>
    ada.server.get(`samples/${sample}/ground-truth`);
  expect(await truth()).toMatchObject({ version: 1, source: 'review', n_objects: 1 });

  await page.goto(`${SITE}/projects/${project}/review/${sample}`);
  await page.getByText('0 of 1 cells').waitFor();
  await page.keyboard.press('a');
  await until(async () => (await truth()).version === 2);
});
