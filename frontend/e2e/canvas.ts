/** The annotation page as a person sees it, opened on a project of its own, and masks worked out the slow way. */
import type { Browser, BrowserContext, Page } from 'playwright-core';

import { launch, newContext, openPage, Server, until, type NewProject } from './support';

export interface Place {
  x: number;
  y: number;
}

/** The annotation page as a person sees it. */
export class Canvas {
  constructor(
    readonly page: Page,
    readonly width: number,
    readonly height: number,
  ) {}

  async ready(): Promise<void> {
    await this.page.getByRole('application').waitFor();
    await this.page.getByRole('button', { name: /^Submit and next/ }).waitFor();
    await this.page.waitForFunction(() => !document.querySelector('.canvas-loading'));
  }

  /** The image point under a whole CSS pixel near an image point, with the picture fitted. */
  async aim(point: Place): Promise<{ css: Place; image: Place }> {
    const box = (await this.page.getByRole('application').boundingBox())!;
    const scale = Math.min(box.width / this.width, box.height / this.height) * 0.96;
    const across = Math.round((point.x + 0.5 - this.width / 2) * scale + box.width / 2);
    const down = Math.round((point.y + 0.5 - this.height / 2) * scale + box.height / 2);
    return {
      css: { x: box.x + across, y: box.y + down },
      image: {
        x: (across - box.width / 2) / scale + this.width / 2 - 0.5,
        y: (down - box.height / 2) / scale + this.height / 2 - 0.5,
      },
    };
  }

  /** Drag from one image point to another; answers the points that were really hit. */
  async drag(from: Place, to: Place): Promise<[Place, Place]> {
    const hit = await this.press(from, to);
    await this.page.mouse.up();
    return hit;
  }

  /** Drag, and leave the button pressed. */
  async press(from: Place, to: Place): Promise<[Place, Place]> {
    const [a, b] = [await this.aim(from), await this.aim(to)];
    await this.page.mouse.move(a.css.x, a.css.y);
    await this.page.mouse.down();
    await this.page.mouse.move(b.css.x, b.css.y);
    return [a.image, b.image];
  }

  /** Press at the first image point, go over the others, let go; answers the points that were really hit. */
  async draw(...way: Place[]): Promise<Place[]> {
    const aims = [];
    for (const point of way) aims.push(await this.aim(point));
    for (const [i, { css }] of aims.entries()) {
      await this.page.mouse.move(css.x, css.y);
      if (i === 0) await this.page.mouse.down();
    }
    await this.page.mouse.up();
    return aims.map(({ image }) => image);
  }

  /** Click an image point; answers the point that was really hit. */
  async click(point: Place): Promise<Place> {
    const { css, image } = await this.aim(point);
    await this.page.mouse.move(css.x, css.y);
    await this.page.mouse.click(css.x, css.y);
    return image;
  }

  /** Move the pointer over an image point; answers the pixel that is really under it. */
  async hover(point: Place): Promise<Place> {
    const { css, image } = await this.aim(point);
    await this.page.mouse.move(css.x, css.y);
    return { x: Math.round(image.x), y: Math.round(image.y) };
  }

  async setBrush(radius: number): Promise<void> {
    await this.page.getByRole('slider', { name: 'Brush' }).fill(String(radius));
  }

  saved(state = 'saved'): Promise<void> {
    return this.page.locator(`.save-state[data-state="${state}"]`).waitFor();
  }
}

/** What a script works on: pictures of one size in a project of their own. */
interface Setting {
  pictures: string[];
  size: [width: number, height: number];
  classes?: NewProject['classes'];
  /** The outlines to start from must be there before the sample is opened. */
  proposed?: boolean;
  /** Done to the draft before the page shows it. */
  prepare?: (work: Omit<CanvasWork, 'page' | 'canvas'>) => Promise<void>;
}

export interface CanvasWork {
  browser: Browser;
  context: BrowserContext;
  server: Server;
  dataset: number;
  project: number;
  sample: number;
  annotation: string;
  page: Page;
  canvas: Canvas;
}

const ONE_CLASS = [{ name: 'cell', color: '#56b4e9', key: '1' }];

/** Set the site up, sign in, and open the first sample on the canvas. */
export async function openCanvas(setting: Setting): Promise<CanvasWork> {
  const browser = await launch();
  const context = await newContext(browser);
  const server = new Server(context);
  await server.setUp();
  const dataset = await server.makeDataset('Pictures', setting.pictures);
  const classes = setting.classes ?? ONE_CLASS;
  const project = await server.makeProject(dataset, {
    name: 'Canvas',
    task_kind: 'instance',
    classes,
  });
  if (setting.proposed) await proposalOf(server, project);
  const next = await server.post<{ annotation: { id: string }; sample: { id: number } }>(
    `projects/${project}/next`,
    {},
  );
  const [annotation, sample] = [next.annotation.id, next.sample.id];
  const work = { browser, context, server, dataset, project, sample, annotation };
  await setting.prepare?.(work);
  const page = await openPage(context, `/projects/${project}/annotate`);
  const canvas = new Canvas(page, ...setting.size);
  await canvas.ready();
  return { ...work, page, canvas };
}

async function proposalOf(server: Server, project: number): Promise<void> {
  const { results } = await server.get<{ results: { id: number }[] }>(`samples?project=${project}`);
  await until(() =>
    server.get(`samples/${results[0]!.id}/proposal/info`).then(
      () => true,
      () => false,
    ),
  );
}

/** The pixels within `radius` of a line, worked out the slow way. */
export function strokeMask(
  [from, to]: [Place, Place],
  radius: number,
  width: number,
  height: number,
): Set<string> {
  const mask = new Set<string>();
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy || 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const along = ((x - from.x) * dx + (y - from.y) * dy) / length;
      const nearest = Math.min(1, Math.max(0, along));
      const far = Math.hypot(x - from.x - nearest * dx, y - from.y - nearest * dy);
      if (far <= radius) mask.add(`${x},${y}`);
    }
  }
  return mask;
}

export function pixelsOf(labels: Uint32Array, width: number, label: number): Set<string> {
  const pixels = new Set<string>();
  labels.forEach((value, at) => {
    if (value === label) pixels.add(`${at % width},${Math.floor(at / width)}`);
  });
  return pixels;
}

export function idsOf(labels: Uint32Array): number[] {
  return [...new Set(labels)].filter((id) => id > 0).sort((a, b) => a - b);
}
