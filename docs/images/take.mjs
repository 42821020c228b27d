// Takes the README's pictures of a running site that holds a finished demo:
//   node docs/images/take.mjs http://127.0.0.1:8000 demo PASSWORD [PATH OF CHROMIUM]
// The site's first project is the demo. A second one with answers to review is used where there is one.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(new URL('../../frontend/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const folder = fileURLToPath(new URL('.', import.meta.url));
const [site, username, password, executablePath = '/usr/bin/chromium'] = process.argv.slice(2);

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
});
const context = await browser.newContext({
  viewport: { width: 1280, height: 800 },
  locale: 'en-GB',
  colorScheme: 'light',
});
const page = await context.newPage();

const rows = async (path) => (await (await page.request.get(`${site}/api/v1/${path}`)).json()).results;

async function picture(name, path, { settle = 5000, search = '' } = {}) {
  await page.goto(site + path);
  // Few thumbnails keep the file small.
  if (search) await page.getByRole('searchbox').first().fill(search);
  await page.waitForTimeout(settle);
  await page.screenshot({ path: `${folder}${name}.png` });
}

await page.goto(`${site}/signin`);
await page.getByLabel('User name').fill(username);
await page.getByLabel('Password').fill(password);
await page.getByRole('button', { name: 'Sign in' }).click();
await page.locator('.side').waitFor();

const projects = (await rows('projects')).sort((a, b) => a.id - b.id);
const demo = projects[0];
const [newestRun] = (await rows(`runs?project=${demo.id}`)).sort((a, b) => b.id - a.id);
await picture('overview', `/projects/${demo.id}`);
await picture('data', `/projects/${demo.id}/data`, { search: '00' });
await picture('new-project', '/projects/new');
if (newestRun) await picture('run', `/projects/${demo.id}/runs/${newestRun.id}`);
for (const project of projects) {
  const { samples, queue } = await (
    await page.request.get(`${site}/api/v1/projects/${project.id}/overview`)
  ).json();
  if (project.task_kind !== 'instance') continue;
  if (samples.in_review > 0) await picture('review', `/projects/${project.id}/review`);
  if (queue.open > 0) await picture('annotate', `/projects/${project.id}/annotate`, { settle: 8000 });
}
await browser.close();
