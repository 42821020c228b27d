/** A newcomer on an empty site: account, pictures, first outline, in under two minutes and without help. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { FLAT, launch, leave, newContext, openPage, PERSON, PICTURES } from './support';

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launch(FLAT);
  const context = await newContext(browser);
  page = await openPage(context, '/');
});

afterAll(() => leave(browser));

it('leads from nothing to the first saved outline', async () => {
  const started = Date.now();
  await page.getByLabel('User name').fill(PERSON.username);
  await page.getByLabel('E-mail').fill(PERSON.email);
  await page.getByLabel('Password').fill(PERSON.password);
  await page.getByRole('button', { name: 'Create and go on' }).click();

  const folder = join(PICTURES, 'fields');
  const files = readdirSync(folder).map((name) => join(folder, name));
  await page.locator('input[type=file]').first().setInputFiles(files);
  await page.getByRole('button', { name: 'Create and start labelling' }).click();

  const canvas = page.getByRole('application');
  await canvas.waitFor({ timeout: 100_000 });
  await page.waitForFunction(() => !document.querySelector('.canvas-loading'));
  const box = (await canvas.boundingBox())!;
  await page.getByRole('button', { name: /^Polygon/ }).click();
  for (const [x, y] of [
    [0.2, 0.2],
    [0.3, 0.22],
    [0.28, 0.34],
  ] as const) {
    await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
  }
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Undo' }).isEnabled();
  await page.locator('.save-state[data-state="saved"]').waitFor();
  expect(Date.now() - started).toBeLessThan(120_000);
});
