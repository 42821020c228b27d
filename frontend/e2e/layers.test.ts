/** Layers over the picture: the proposal, the difference to it, one cell alone; for a reviewer other people's answers. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import {
  launch,
  leave,
  newContext,
  openPage,
  openPanel,
  PICTURES,
  Server,
  SITE,
  until,
} from './support';

let browser: Browser;
let server: Server;
let page: Page;
let project: number;

interface Sample {
  id: number;
}

beforeAll(async () => {
  browser = await launch();
  const context = await newContext(browser);
  server = new Server(context);
  await server.setUp();
  const names = readdirSync(join(PICTURES, 'fields')).slice(0, 1);
  const dataset = await server.makeDataset(
    'Fields',
    names.map((name) => `fields/${name}`),
  );
  project = await server.makeProject(dataset, {
    name: 'Layers',
    task_kind: 'instance',
    classes: [{ name: 'nucleus', color: '#56b4e9', key: '1' }],
  });
  const { results } = await server.get<{ results: Sample[] }>(`samples?project=${project}`);
  const [sample] = results;
  await until(async () => {
    const path = `${SITE}/api/v1/samples/${sample!.id}/proposal/info`;
    return (await context.request.get(path)).ok();
  });
  page = await openPage(context, `/projects/${project}/annotate`);
  await page.getByRole('button', { name: /^Submit and next/ }).waitFor();
  await page.waitForFunction(() => !document.querySelector('.canvas-loading'));
});

afterAll(() => leave(browser));

it('has what is used most beside the picture without scrolling', async () => {
  const side = page.locator('.work-side');
  const needed = await side.evaluate((element) => element.scrollHeight - element.clientHeight);
  expect(needed).toBe(0);
  for (const title of ['Proposed cells', 'Classes', 'Picture']) {
    const fold = page.getByRole('button', { name: title, exact: true });
    expect(await fold.getAttribute('aria-expanded')).toBe('true');
  }
});

it('shows the proposal and how the screen differs from it', async () => {
  await openPanel(page, 'Laid over');
  const panel = page.getByRole('region', { name: 'Laid over' });
  const proposal = panel.getByRole('checkbox', { name: 'Proposal of the model' });
  await proposal.check();
  await panel.getByRole('combobox', { name: 'Compare with' }).selectOption('proposal');
  const status = panel.locator('p[role=status]');
  await status.getByText(/mean overlap 100 %/).waitFor();
  const before = (await status.textContent())!;
  expect(before).toMatch(/; 0 only on the screen \(yellow\), 0 only there/);
  const cells = Number(/^(\d+) cells/.exec(before)![1]);
  expect(cells).toBeGreaterThan(3);

  await page.getByRole('application').focus();
  await page.keyboard.press('KeyU'); // the cell the model is least sure of is selected
  await page.keyboard.press('Delete');
  await status.getByText(`${cells - 1} cells match`).waitFor();
  expect(await status.textContent()).toMatch(/0 only on the screen \(yellow\), 1 only there/);
});

it('shows a reviewer what people answered', async () => {
  await page.getByRole('button', { name: /^Submit and next/ }).click();
  await page.getByRole('heading', { name: /labelled|image/i }).waitFor();
  const { results } = await server.get<{ results: Sample[] }>(`samples?project=${project}`);
  await page.goto(`${SITE}/projects/${project}/annotate/${results[0]!.id}`);
  await openPanel(page, 'Laid over');
  const panel = page.getByRole('region', { name: 'Laid over' });
  await panel.getByRole('checkbox', { name: 'ada' }).check();
  await panel.getByRole('checkbox', { name: 'Consensus' }).check();
  await panel.getByRole('combobox', { name: 'Compare with' }).selectOption({ label: 'ada' });
  await panel.getByText(/0 only on the screen \(yellow\), 0 only there/).waitFor();
});
