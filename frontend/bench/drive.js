/** Drives Chromium over the benchmark page and, where one runs, over a real site; prints one JSON document. */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import process from 'node:process';

import { chromium } from 'playwright-core';

const wanted = JSON.parse(process.argv[2]);
const KINDS = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const ARGUMENTS = [
  ...['--headless', '--no-sandbox', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
const SWIFTSHADER = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

function serve(folder) {
  const server = createServer((request, response) => {
    const name = request.url === '/' ? 'index.html' : request.url.slice(1);
    readFile(join(folder, name)).then(
      (body) => {
        response.writeHead(200, { 'Content-Type': KINDS[extname(name)] ?? 'text/plain' });
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** Each scene has a page of its own, so that memory is that scene's. */
async function inPage(browser, address, act) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    await page.goto(address);
    return await act(page);
  } finally {
    await page.close();
  }
}

async function memoryOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
  return usedSize + (backingStorageSize ?? 0);
}

async function frames(browser, address) {
  const rows = [];
  for (const { spec, how } of wanted.frames) {
    rows.push(
      await inPage(browser, address, async (page) => {
        const times = await page.evaluate(([a, b]) => window.bench.frames(a, b), [spec, how]);
        return { spec, how, ...times, heapBytes: await memoryOf(page) };
      }),
    );
    process.stderr.write(`${how} ${spec.width} x ${spec.height}, ${spec.cells} cells: done\n`);
  }
  return rows;
}

async function latencies(browser, address) {
  const rows = [];
  for (const { spec, how } of wanted.latency) {
    rows.push(
      await inPage(browser, address, async (page) => {
        await page.evaluate(([a, b]) => window.bench.startLatency(a, b), [spec, how]);
        for (let i = 0; i < 60; i++) {
          await page.mouse.move(300 + i * 6, 300 + 60 * Math.sin(i / 8));
        }
        await page.waitForTimeout(500);
        return { spec, how, ...(await page.evaluate(() => window.bench.stopLatency())) };
      }),
    );
  }
  return rows;
}

/** The grey value in the middle of the picture; each sample has one of its own. */
const middleOf = () => {
  const shown = document.querySelector('canvas');
  if (!shown || shown.width < 2) return -1;
  const pixel = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
  const context = pixel.getContext('2d');
  context.drawImage(shown, -(shown.width >> 1), -(shown.height >> 1));
  return context.getImageData(0, 0, 1, 1).data[0];
};

async function submits(browser, { url, project, username, password, count }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const data = { username, password };
  const session = await (await context.request.get(`${url}/api/v1/auth/session`)).json();
  const headers = { 'X-CSRFToken': session.csrf, Referer: url };
  const answer = await context.request.post(`${url}/api/v1/auth/login`, { data, headers });
  if (!answer.ok()) throw new Error(`Signing in: ${answer.status()}`);
  const page = await context.newPage();
  await page.addInitScript(`window.middleOf = ${middleOf.toString()}`);
  await page.goto(`${url}/projects/${project}/annotate`);
  const submit = page.getByRole('button', { name: /^Submit and next/ });
  await submit.waitFor();
  await page.waitForFunction(() => !document.querySelector('.canvas-loading'));
  await page.waitForTimeout(1500);
  const times = [];
  for (let i = 0; i < count; i++) {
    const before = await page.evaluate(() => window.middleOf());
    await page.evaluate((grey) => {
      window.shown = new Promise((resolve) => {
        addEventListener(
          'click',
          () => {
            const start = performance.now();
            const look = () => {
              const now = window.middleOf();
              const isDrawn = now > 10 && Math.abs(now - grey) > 5;
              if (isDrawn) resolve(performance.now() - start);
              else requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
          },
          { once: true, capture: true },
        );
      });
    }, before);
    await submit.click();
    times.push(await page.evaluate(() => window.shown));
    await page.waitForFunction(() => !document.querySelector('.canvas-loading'));
    await page.waitForTimeout(500);
  }
  await context.close();
  return times;
}

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const args = [...ARGUMENTS, ...(wanted.hardware ? [] : SWIFTSHADER)];
const browser = await chromium.launch({ executablePath, args });
const server = await serve(wanted.folder);
const address = `http://127.0.0.1:${server.address().port}/`;
const result = {
  graphics: await inPage(browser, address, (page) => page.evaluate(() => window.bench.graphics())),
  frames: await frames(browser, address),
  latency: await latencies(browser, address),
  submits: wanted.site ? await submits(browser, wanted.site) : [],
};
process.stdout.write(JSON.stringify(result));
await browser.close();
server.close();
