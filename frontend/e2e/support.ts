/** A browser, a person who is signed in, and the site's data behind the page. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import {
  chromium,
  type APIResponse,
  type Browser,
  type BrowserContext,
  type Page,
} from 'playwright-core';
import { expect } from 'vitest';

import { decodePlane } from '../src/engine/labels/wire';

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`Set ${name}: tests/e2e/test_browser.py does it.`);
  return value;
}

export const SITE = setting('CYTOLOOP_E2E_URL');
/** Answers POST /kill and /start: the web process dies as from kill -9, and is started again. */
const CONTROL = setting('CYTOLOOP_E2E_CONTROL');
/**
 * Pictures: `plain_<n>.tif` of one grey value, `squares.tif` with two cells, `movie_<n>.ome.tif` of stacks in two channels, and
 * `fields/` of cells, and small ones in `labelled/images` with their `labelled/masks`.
 */
export const PICTURES = setting('CYTOLOOP_E2E_PICTURES');

export const PERSON = { username: 'ada', email: 'ada@example.org', password: 'long-pass-word-7' };

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** For pages that are mostly text: drawn without an emulated graphics card, with a third less work. */
export const FLAT = '--disable-gpu-compositing';

export async function launch(...more: string[]): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: [...ARGUMENTS, ...more] });
}

/** A person who comes to the site; nobody is signed in yet. */
export function newContext(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
}

/** A browser of its own with its data in `folder`, which can be killed as by a power cut. */
export async function launchProcess(
  folder: string,
): Promise<{ context: BrowserContext; kill: () => Promise<void> }> {
  const program = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const options = [`--user-data-dir=${folder}`, '--remote-debugging-port=0', '--lang=en-US'];
  const child = spawn(program, [...ARGUMENTS, ...options, '--window-size=1280,800']);
  const ended = once(child, 'exit');
  const address = await new Promise<string>((resolve) => {
    let text = '';
    child.stderr.on('data', (data: Buffer) => {
      text += data.toString();
      const found = /DevTools listening on (ws:\S+)/.exec(text);
      if (found) resolve(found[1]!);
    });
  });
  const browser = await chromium.connectOverCDP(address);
  return {
    context: browser.contexts()[0]!,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Errors that a page must not have; read them at the end. */
export const complaints: string[] = [];

export async function openPage(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/GL_INVALID|INVALID_OPERATION/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(SITE + path);
  return page;
}

/** The end of a script: no page may have complained. */
export async function leave(browser: Browser): Promise<void> {
  await browser.close();
  expect(complaints).toEqual([]);
}

export async function killWeb(): Promise<void> {
  await fetch(`${CONTROL}/kill`, { method: 'POST' });
}

export async function startWeb(): Promise<void> {
  await fetch(`${CONTROL}/start`, { method: 'POST' });
}

interface Project {
  id: number;
}

export interface NewProject {
  name: string;
  task_kind: 'instance' | 'classification';
  sample_unit?: 'image' | 'cell';
  overlap?: number;
  classes: { name: string; color: string; key: string }[];
}

/** The REST API with the cookies of a browser context. */
export class Server {
  constructor(private readonly context: BrowserContext) {}

  async get<T>(path: string): Promise<T> {
    const response = await this.context.request.get(`${SITE}/api/v1/${path}`);
    return this.read<T>(response);
  }

  async post<T>(path: string, data: unknown): Promise<T> {
    const headers = await this.headers();
    const url = `${SITE}/api/v1/${path}`;
    return this.read<T>(await this.context.request.post(url, { data, headers }));
  }

  async patch<T>(path: string, data: unknown): Promise<T> {
    const headers = await this.headers();
    const url = `${SITE}/api/v1/${path}`;
    return this.read<T>(await this.context.request.patch(url, { data, headers }));
  }

  async setUp(): Promise<void> {
    await this.post('auth/setup', { ...PERSON, lab_name: 'Lab' });
  }

  async signIn(): Promise<void> {
    const { username, password } = PERSON;
    await this.post('auth/login', { username, password });
  }

  async upload(dataset: number, file: string, role = 'image'): Promise<void> {
    const path = join(PICTURES, file);
    const headers = await this.headers();
    const multipart = {
      file: { name: basename(path), mimeType: 'image/tiff', buffer: readFileSync(path) },
      role,
    };
    const url = `${SITE}/api/v1/datasets/${dataset}/uploads`;
    await this.read(await this.context.request.post(url, { multipart, headers }));
  }

  async makeDataset(name: string, files: string[], masks: string[] = []): Promise<number> {
    const labs = await this.get<{ results: { id: number }[] }>('labs');
    const lab = labs.results[0]!.id;
    const { id } = await this.post<{ id: number }>('datasets', { lab, name });
    for (const file of files) await this.upload(id, file);
    for (const mask of masks) await this.upload(id, mask, 'mask');
    return id;
  }

  /** A project whose queue has something in it. */
  async makeProject(dataset: number, project: NewProject): Promise<number> {
    const labs = await this.get<{ results: { id: number }[] }>('labs');
    const { id } = await this.post<Project>('projects', {
      lab: labs.results[0]!.id,
      datasets: [dataset],
      use_reference_masks: 'none',
      overlap: 1,
      ...project,
    });
    await until(async () => {
      const overview = await this.get<{ queue: { open: number } }>(`projects/${id}/overview`);
      return overview.queue.open > 0;
    });
    return id;
  }

  /** The stored labels of an annotation's plane, row-major. */
  async labels(
    annotation: string,
    { t, z } = { t: 0, z: 0 },
  ): Promise<{ labels: Uint32Array; width: number; height: number }> {
    const response = await this.context.request.get(
      `${SITE}/api/v1/annotations/${annotation}/labels?t=${t}&z=${z}`,
    );
    const [height = 0, width = 0] = (response.headers()['x-cytoloop-shape'] ?? '')
      .split(',')
      .map(Number);
    return { labels: decodePlane(await response.body(), width * height), width, height };
  }

  private async headers(): Promise<Record<string, string>> {
    const response = await this.context.request.get(`${SITE}/api/v1/auth/session`);
    const session = (await response.json()) as { csrf: string };
    return { 'X-CSRFToken': session.csrf, Referer: SITE };
  }

  private async read<T>(response: APIResponse): Promise<T> {
    if (!response.ok()) {
      throw new Error(`${response.url()}: ${response.status()} ${await response.text()}`);
    }
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }
}

const LONGEST_WAIT_MS = 90_000;

export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + LONGEST_WAIT_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('The condition was not met in time.');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Open a section beside the picture, if it is closed. */
export async function openPanel(page: Page, title: string): Promise<void> {
  const fold = page.getByRole('button', { name: title, exact: true });
  if ((await fold.getAttribute('aria-expanded')) === 'false') await fold.click();
}
