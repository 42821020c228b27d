/** The page of a run: live while it trains, then its report; a wrong cell leads to its place on the canvas. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { graveFindings } from './axe';
import {
  FLAT,
  launch,
  leave,
  newContext,
  openPage,
  PICTURES,
  Server,
  SITE,
  until,
} from './support';

/** A network that learns next to nothing in a few seconds: there is something wrong to look at. */
const TINY = {
  data: { patch: 32 },
  network: { channels: [8, 16], strides: [2], trunk: 8, residual_units: 1 },
  optim: { batch: 2 },
};

/** A training process begins with the import of torch, which a busy machine takes its time for. */
const LONGEST_START_MS = 90_000;

interface Run {
  state: string;
  detail: string;
  report: { examples: { items: { item: string }[] } };
  samples: { id: number; name: string }[];
}

let browser: Browser;
let context: BrowserContext;
let page: Page;
let server: Server;
let project: number;
let run: number;

beforeAll(async () => {
  browser = await launch(FLAT);
  context = await newContext(browser);
  server = new Server(context);
  await server.setUp();
  const names = readdirSync(join(PICTURES, 'labelled', 'images')).sort();
  const dataset = await server.makeDataset(
    'Discs',
    names.map((name) => `labelled/images/${name}`),
    names.map((name) => `labelled/masks/${name}`),
  );
  const labs = await server.get<{ results: { id: number }[] }>('labs');
  const made = await server.post<{ id: number }>('projects', {
    ...{ lab: labs.results[0]!.id, datasets: [dataset], name: 'Discs', task_kind: 'instance' },
    ...{ use_reference_masks: 'all', classes: [{ name: 'cell', color: '#56b4e9', key: '1' }] },
  });
  project = made.id;
  await until(async () => {
    const { samples } = await server.get<{ samples: { accepted: number } }>(
      `projects/${project}/overview`,
    );
    return samples.accepted === names.length;
  });
});

afterAll(() => leave(browser));

const named = (name: string): ReturnType<Page['getByRole']> => page.getByRole('button', { name });

it('shows the run while it trains', async () => {
  const started = await server.post<{ id: number }>(`projects/${project}/runs`, {
    ...{ minutes: 0.1, config: TINY },
  });
  run = started.id;
  page = await openPage(context, `/projects/${project}/runs/${run}`);
  await page.getByRole('progressbar').waitFor();
  const chart = page.getByRole('img', { name: /^Loss and validation metric/ });
  await chart.waitFor({ timeout: LONGEST_START_MS });
  await named('Learning rate').click();
  await page.getByRole('img', { name: /^Learning rate over/ }).waitFor();
  await page.getByRole('checkbox', { name: 'Logarithmic' }).check();
});

it('shows its report when it is over, of the validation split only', async () => {
  await page.getByRole('heading', { name: 'Examples' }).waitFor({ timeout: LONGEST_START_MS });
  const { state, detail, report, samples } = await server.get<Run>(`runs/${run}`);
  expect(state, detail).toBe('done');
  const val = await server.get<{ results: { name: string }[] }>('images?split=val');
  const held = new Set(val.results.map(({ name }) => name));
  expect(samples.map(({ name }) => held.has(name))).toEqual(samples.map(() => true));
  expect(report.examples.items.length).toBeGreaterThan(0);
  await page.locator('.confusion').waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLImageElement>('.examples-main .layered img')].every(
      (image) => image.complete && image.naturalWidth === 128 && image.naturalHeight === 96,
    ),
  );
});

it('switches layers by keys and by buttons', async () => {
  await page.getByRole('group', { name: 'Examples' }).focus();
  const shown = (): Promise<number> => page.locator('.examples-main .layered img').count();
  expect(await shown()).toBe(2);
  await page.keyboard.press('2');
  await page.keyboard.press('3');
  expect(await shown()).toBe(4);
  expect(await named('Truth 2').getAttribute('aria-pressed')).toBe('true');
  await named('Picture 1').click();
  expect(await shown()).toBe(3);
});

it.each(['light', 'dark'] as const)(
  'has no serious findings of axe-core, %s',
  async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    expect(await graveFindings(page)).toEqual([]);
  },
);

it('pages of its model and of a search have no serious findings either', async () => {
  const found = await server.get<{ results: { id: number }[] }>(`models?project=${project}`);
  const model = found.results[0]!.id;
  const body = { minutes: 1, trial_minutes: 0.2 };
  const search = await server.post<{ id: number }>(`projects/${project}/searches`, body);
  const base = `${SITE}/projects/${project}`;
  for (const path of [`models/${model}`, `models/${model}/use`, `searches/${search.id}`]) {
    await page.goto(`${base}/${path}`);
    await page.locator('h1').waitFor();
    await page.waitForFunction(() => !document.querySelector('.skeleton'));
    expect(await graveFindings(page), path).toEqual([]);
  }
  await server.post(`searches/${search.id}/cancel`, {});
  await page.goto(`${base}/runs/${run}`);
  await page.locator('.crops a').first().waitFor();
});

it('leads from a wrong cell to its place on the canvas', async () => {
  const link = page.locator('.crops a').first();
  const target = new URL((await link.getAttribute('href'))!, 'http://site');
  await link.click();
  await page.getByRole('application').waitFor();
  await page.waitForFunction(() => !document.querySelector('.canvas-loading'));
  expect(page.url()).toContain(target.search);
  // The place is in the middle: the pointer there reads it.
  const box = (await page.getByRole('application').boundingBox())!;
  const [x, y] = ['x', 'y'].map((name) => Number(target.searchParams.get(name)));
  await until(async () => {
    await page.mouse.move(box.x + box.width / 2 - 1, box.y + box.height / 2);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const text = await page.locator('.readout').innerText();
    const [seenX, seenY] = (text.match(/\d+/g) ?? []).map(Number);
    return Math.abs(seenX! - x!) <= 1 && Math.abs(seenY! - y!) <= 1;
  });
});
