/** Every drawing tool on a 16-bit picture that is not square: what the server has is what the shape should hold, to the pixel. */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { openCanvas, pixelsOf, strokeMask, type Canvas, type Place } from './canvas';
import { leave, openPanel, type Server } from './support';

const WIDTH = 240;
const HEIGHT = 160;

let browser: Browser;
let server: Server;
let page: Page;
let canvas: Canvas;
let annotation: string;
let devtools: CDPSession;

/** What the cells should be, by their labels. */
const cells = new Map<number, Set<string>>();

beforeAll(async () => {
  ({ browser, server, page, canvas, annotation } = await openCanvas({
    pictures: ['plain_0.tif'],
    size: [WIDTH, HEIGHT],
    classes: [
      { name: 'round', color: '#56b4e9', key: '1' },
      { name: 'long', color: '#e69f00', key: '2' },
    ],
  }));
  devtools = await page.context().newCDPSession(page);
});

afterAll(() => leave(browser));

/** The pixels whose centre a test finds inside. */
function pixelsWhere(inside: (x: number, y: number) => boolean): Set<string> {
  const pixels = new Set<string>();
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) if (inside(x, y)) pixels.add(`${x},${y}`);
  }
  return pixels;
}

/** Even-odd rule, by a ray to the right. */
function inPolygon(corners: Place[], x: number, y: number): boolean {
  let inside = false;
  corners.forEach((a, i) => {
    const b = corners[(i + 1) % corners.length]!;
    if (a.y > y === b.y > y) return;
    if (x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)) inside = !inside;
  });
  return inside;
}

function without(pixels: Set<string>, others: Set<string>): Set<string> {
  return new Set([...pixels].filter((pixel) => !others.has(pixel)));
}

function placesOf(pixels: Set<string>): Place[] {
  return [...pixels].map((pixel) => {
    const [x = 0, y = 0] = pixel.split(',').map(Number);
    return { x, y };
  });
}

/** The convex hull by gift wrapping: from each corner the next is the one with all others on its right. */
function hullOf(pixels: Set<string>): Place[] {
  const places = placesOf(pixels);
  const start = places.reduce((a, b) => (b.x < a.x || (b.x === a.x && b.y < a.y) ? b : a));
  const corners = [start];
  for (;;) {
    const from = corners.at(-1)!;
    let best = places.find((place) => place.x !== from.x || place.y !== from.y)!;
    for (const place of places) {
      const side = (best.x - from.x) * (place.y - from.y) - (best.y - from.y) * (place.x - from.x);
      const farther =
        Math.hypot(place.x - from.x, place.y - from.y) >
        Math.hypot(best.x - from.x, best.y - from.y);
      if (side < 0 || (side === 0 && farther)) best = place;
    }
    if (best.x === start.x && best.y === start.y) return corners;
    corners.push(best);
  }
}

function inHull(corners: Place[], x: number, y: number): boolean {
  return corners.every((a, i) => {
    const b = corners[(i + 1) % corners.length]!;
    return (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x) >= 0;
  });
}

/** More than half of the disc about the pixel is in the cell. */
function smoothed(pixels: Set<string>, radius: number): Set<string> {
  return pixelsWhere((x, y) => {
    let [inside, all] = [0, 0];
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        const beyond = x + dx < 0 || y + dy < 0 || x + dx >= WIDTH || y + dy >= HEIGHT;
        if (beyond || dx * dx + dy * dy > radius * radius) continue;
        all++;
        if (pixels.has(`${x + dx},${y + dy}`)) inside++;
      }
    }
    return 2 * inside > all;
  });
}

async function expectCells(): Promise<void> {
  await canvas.saved();
  const { labels, width, height } = await server.labels(annotation);
  expect([width, height]).toEqual([WIDTH, HEIGHT]);
  const counts = new Map<number, number>();
  for (const label of labels) if (label) counts.set(label, (counts.get(label) ?? 0) + 1);
  const sizes = [...cells].map(([label, pixels]): [number, number] => [label, pixels.size]);
  expect([...counts].sort(([a], [b]) => a - b)).toEqual(sizes.sort(([a], [b]) => a - b));
  for (const [label, pixels] of cells) expect(pixelsOf(labels, WIDTH, label)).toEqual(pixels);
}

it('draws with lasso, polygon, ellipse, box, point and brush', async () => {
  await page.keyboard.press('g');
  const loop = await canvas.draw(
    ...[
      { x: 20, y: 25 },
      { x: 45, y: 17 },
      { x: 71, y: 33 },
      { x: 52, y: 40 },
      { x: 66, y: 61 },
      { x: 24, y: 55 },
    ],
  );
  cells.set(
    1,
    pixelsWhere((x, y) => inPolygon(loop, x, y)),
  );

  await page.keyboard.press('p');
  const corners: Place[] = [];
  for (const [x, y] of [
    [20, 90],
    [60, 84],
    [72, 118],
    [30, 130],
  ] as const) {
    corners.push(await canvas.click({ x, y }));
  }
  await page.keyboard.press('Enter');
  cells.set(
    2,
    pixelsWhere((x, y) => inPolygon(corners, x, y)),
  );

  await page.keyboard.press('i');
  const from = await canvas.click({ x: 96, y: 28 });
  const to = await canvas.click({ x: 146, y: 44 });
  const side = await canvas.click({ x: 117, y: 47 });
  const [dx, dy] = [(to.x - from.x) / 2, (to.y - from.y) / 2];
  const half = Math.hypot(dx, dy);
  const middle = { x: from.x + dx, y: from.y + dy };
  const across = (x: number, y: number): number =>
    ((y - middle.y) * dx - (x - middle.x) * dy) / half;
  const along = (x: number, y: number): number =>
    ((x - middle.x) * dx + (y - middle.y) * dy) / half;
  const halfWidth = Math.abs(across(side.x, side.y));
  cells.set(
    3,
    pixelsWhere((x, y) => (along(x, y) / half) ** 2 + (across(x, y) / halfWidth) ** 2 <= 1),
  );

  await page.keyboard.press('r');
  const [a, , b] = await canvas.draw({ x: 160, y: 20 }, { x: 170, y: 40 }, { x: 205, y: 52 });
  const box = [a!.x, b!.x, a!.y, b!.y].map(Math.round);
  const inBox = (x: number, y: number): boolean =>
    x >= box[0]! && x <= box[1]! && y >= box[2]! && y <= box[3]!;
  cells.set(4, pixelsWhere(inBox));

  await page.keyboard.press('j');
  await canvas.setBrush(6.5);
  const spot = await canvas.click({ x: 220, y: 90 });
  cells.set(5, strokeMask([spot, spot], 6.5, WIDTH, HEIGHT));

  await page.keyboard.press('b');
  const hit = await canvas.drag({ x: 105, y: 95 }, { x: 165, y: 120 });
  cells.set(6, strokeMask(hit, 6.5, WIDTH, HEIGHT));
  await expectCells();
});

it('paints a new cell over others when told to', async () => {
  await page.keyboard.press('Shift+b');
  await page.getByRole('button', { name: 'Anything' }).click();
  const hit = await canvas.drag({ x: 185, y: 30 }, { x: 185, y: 80 });
  const stroke = strokeMask(hit, 6.5, WIDTH, HEIGHT);
  cells.set(7, stroke);
  cells.set(4, without(cells.get(4)!, stroke));
  await expectCells();
  await page.keyboard.press('Shift+c');
  await page
    .getByRole('group', { name: 'Paint', exact: true })
    .getByRole('button', { name: 'Automatic' })
    .click();
});

it('offers to keep the largest piece of a cell that is cut, and changes nothing by itself', async () => {
  await page.keyboard.press('e');
  await canvas.setBrush(2);
  const hit = await canvas.drag({ x: 125, y: 80 }, { x: 125, y: 130 });
  const whole = cells.get(6)!;
  const left = without(whole, strokeMask(hit, 2, WIDTH, HEIGHT));
  cells.set(6, left);
  await page.getByText('Cell 6 is in 2 pieces.').waitFor();
  await expectCells();
  await page.getByRole('button', { name: 'Keep largest' }).click();
  const right = new Set([...left].filter((pixel) => Number(pixel.split(',')[0]) > 125));
  cells.set(6, right);
  await expectCells();
  await page.keyboard.press('Control+z');
  await page.getByText('Cell 6 is in 2 pieces.').waitFor();
  await page.getByRole('button', { name: 'Split pieces' }).click();
  cells.set(8, without(left, right));
  await expectCells();
});

it('fills a hole, the hull and smooths the outline of the selected cell', async () => {
  const whole = cells.get(2)!;
  const spot = await canvas.click({ x: 45, y: 105 });
  cells.set(2, without(whole, strokeMask([spot, spot], 2, WIDTH, HEIGHT)));
  await expectCells();
  await page.keyboard.press('f');
  await canvas.click({ x: 30, y: 100 });
  cells.set(2, whole);
  await expectCells();

  await page.keyboard.press('v');
  await canvas.click({ x: 35, y: 40 });
  await page.keyboard.press('Shift+h');
  const hull = hullOf(cells.get(1)!);
  cells.set(
    1,
    pixelsWhere((x, y) => inHull(hull, x, y)),
  );
  await expectCells();

  await openPanel(page, 'Selected cell');
  await page.getByRole('slider', { name: 'Smoothing' }).fill('4');
  await page.getByRole('button', { name: 'Smooth', exact: true }).click();
  cells.set(1, smoothed(cells.get(1)!, 4));
  await expectCells();
});

it('merges by a stroke, and gives a class and deletes by lasso', async () => {
  await page.keyboard.press('m');
  await canvas.draw({ x: 120, y: 36 }, { x: 140, y: 60 }, { x: 150, y: 114 });
  cells.set(3, new Set([...cells.get(3)!, ...cells.get(6)!]));
  cells.delete(6);
  await expectCells();
  await page.getByRole('button', { name: 'It is right so' }).click();

  await page.keyboard.press('Escape');
  await page.keyboard.press('2');
  await page.keyboard.press('y');
  await canvas.draw({ x: 8, y: 8 }, { x: 84, y: 8 }, { x: 84, y: 140 }, { x: 8, y: 140 });
  await canvas.saved();
  const stored = await server.get<{ object_classes: Record<string, number> }>(
    `annotations/${annotation}`,
  );
  expect([stored.object_classes['1'], stored.object_classes['2']]).toEqual([2, 2]);
  expect(stored.object_classes['3']).toBe(1);

  await page.keyboard.press('d');
  await canvas.draw({ x: 154, y: 12 }, { x: 236, y: 12 }, { x: 236, y: 70 }, { x: 154, y: 70 });
  cells.delete(4);
  cells.delete(7);
  await expectCells();
});

/** Fingers as the browser gets them from a touch screen, in CSS pixels. */
async function touch(type: 'touchStart' | 'touchMove' | 'touchEnd', ...at: Place[]): Promise<void> {
  const touchPoints = at.map(({ x, y }, id) => ({ x, y, id }));
  await devtools.send('Input.dispatchTouchEvent', { type, touchPoints });
}

async function pen(
  type: 'mousePressed' | 'mouseMoved' | 'mouseReleased',
  at: Place,
): Promise<void> {
  const held = { button: 'left', buttons: 1, force: 0.5, clickCount: 1 } as const;
  await devtools.send('Input.dispatchMouseEvent', { type, ...at, ...held, pointerType: 'pen' });
}

/** The label that the server has at a place. */
async function labelAt({ x, y }: Place): Promise<number> {
  await canvas.saved();
  const { labels } = await server.labels(annotation);
  return labels[Math.round(y) * WIDTH + Math.round(x)]!;
}

it('draws with one finger, and moves and zooms with two', async () => {
  await page.keyboard.press('b');
  await canvas.setBrush(2);
  const [from, to] = [await canvas.aim({ x: 150, y: 140 }), await canvas.aim({ x: 190, y: 148 })];
  await touch('touchStart', from.css);
  await touch('touchMove', to.css);
  await touch('touchEnd');
  cells.set(await labelAt(from.image), strokeMask([from.image, to.image], 2, WIDTH, HEIGHT));
  await expectCells();

  const zoom = async (): Promise<number> =>
    Number((await page.locator('.zoom').textContent())!.replace(/\D/g, ''));
  const before = await zoom();
  const { css } = await canvas.aim({ x: 120, y: 80 });
  const [left, right] = [-50, 50].map((dx) => ({ x: css.x + dx, y: css.y }));
  const wider = [-80, 120].map((dx) => ({ x: css.x + dx, y: css.y + 30 }));
  await touch('touchStart', left!);
  await touch('touchStart', left!, right!);
  await touch('touchMove', ...wider);
  await touch('touchEnd');
  expect(Math.abs((await zoom()) - 2 * before)).toBeLessThanOrEqual(2);
  // What was between the fingers has stayed there.
  await page.mouse.move(css.x + 20, css.y + 30);
  await page.locator('.readout', { hasText: 'x 120 y 80' }).waitFor();
  await page.keyboard.press('0');
  await expectCells();
});

it('paints as wide as a pen is pressed', async () => {
  await page.getByRole('checkbox', { name: 'Pen pressure' }).check();
  await canvas.setBrush(6);
  const [from, to] = [await canvas.aim({ x: 200, y: 120 }), await canvas.aim({ x: 225, y: 135 })];
  await pen('mousePressed', from.css);
  await pen('mouseMoved', to.css);
  await pen('mouseReleased', to.css);
  cells.set(await labelAt(from.image), strokeMask([from.image, to.image], 3, WIDTH, HEIGHT));
  await expectCells();
  await page.getByRole('checkbox', { name: 'Pen pressure' }).uncheck();
});

it('walks all the way back and forth', async () => {
  const undo = page.getByRole('button', { name: 'Undo', exact: true });
  const redo = page.getByRole('button', { name: 'Redo', exact: true });
  while (await undo.isEnabled()) await page.keyboard.press('Control+z');
  const kept = new Map(cells);
  cells.clear();
  await expectCells();
  while (await redo.isEnabled()) await page.keyboard.press('Control+Shift+z');
  for (const [label, pixels] of kept) cells.set(label, pixels);
  await expectCells();
});
