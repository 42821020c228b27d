import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Question } from '../../src/engine/tools/outliner';
import { askServer, Outliner, spansOf, takenAround } from '../../src/engine/tools/outliner';
import { Click } from '../../src/engine/tools/click';
import type { MaskPreview, Pointer } from '../../src/engine/tools';
import { encodePlane, toBase64 } from '../../src/engine/labels/wire';
import { at, benchOf, pictureOf, planeOf, tidy, type Bench } from './helpers';

/** Requests that wait for an answer, the oldest first. */
interface Waiting {
  url: string;
  question: Question;
  answer: (status: number, body: object) => void;
  signal: AbortSignal;
}

let waiting: Waiting[];
let bench: Bench;
let tool: Click;

const PLANE = `
  ............
  .22.........
  .22.........
  ............
  ............`;

beforeEach(() => {
  waiting = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const signal = init.signal!;
    const question = JSON.parse(init.body as string) as Question;
    return new Promise<Response>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new DOMException('stop', 'AbortError')));
      const answer = (status: number, body: object): void =>
        resolve(new Response(JSON.stringify(body), { status }));
      waiting.push({ url, question, answer, signal });
    });
  });
  bench = benchOf(planeOf(PLANE));
  bench.editor.outliner = new Outliner(askServer(7), () => 1);
  tool = new Click();
});

afterEach(() => vi.unstubAllGlobals());

/** What the server answers for a plane drawn in characters. */
function outlined(picture: string, x0 = 0, y0 = 0): object {
  const plane = planeOf(picture);
  const runs = toBase64(encodePlane(plane.toArray()));
  const { width, height } = plane;
  return { source: 'features', model: 3, area: 1, x0, y0, width, height, runs };
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
}

async function answer(body: object, status = 200): Promise<void> {
  waiting.shift()!.answer(status, body);
  await settled();
}

const away = (x: number, y: number): Pointer => ({ ...at(x, y), negative: true });

function shown(): MaskPreview | null {
  return tool.preview() as MaskPreview | null;
}

describe('masks of the server', () => {
  it('are rows of pixels at their place', () => {
    const mask = outlined('11.1 .... .111', 5, 2) as Parameters<typeof spansOf>[0];
    expect(spansOf(mask)).toEqual([
      [2, 5, 7],
      [2, 8, 9],
      [4, 6, 9],
    ]);
  });

  it('come with the other cells round the clicks, not with the one that is drawn anew', () => {
    const click = { x: 1, y: 1, positive: true };
    const plane = planeOf(PLANE);
    const taken = takenAround(plane, [click], 0)!;
    expect([taken.x0, taken.y0, taken.width, taken.height]).toEqual([0, 0, 12, 5]);
    expect(spansOf(taken)).toEqual([
      [1, 1, 3],
      [2, 1, 3],
    ]);
    expect(takenAround(plane, [click], 2)).toBeNull();
  });

  it('are asked for within 512 pixels of the clicks for the cell', () => {
    const wide = planeOf(`${'.'.repeat(1200)} ${'9'.repeat(1200)}`);
    const clicks = [
      { x: 600, y: 0, positive: true },
      { x: 700, y: 0, positive: true },
      { x: 1100, y: 0, positive: false },
    ];
    const taken = takenAround(wide, clicks, 0)!;
    expect([taken.x0, taken.y0, taken.width, taken.height]).toEqual([394, 0, 512, 2]);
  });
});

describe('click', () => {
  it('shows the cell that is clicked and keeps it as one step', async () => {
    tool.down(bench.editor, at(6, 2));
    expect(shown()).toMatchObject({ pieces: [[]], points: [{ x: 6, y: 2, text: '+' }] });
    expect(shown()!.waiting).toBe(true);
    expect(waiting[0]!.url).toContain('/samples/7/outline');
    expect(waiting[0]!.question).toMatchObject({
      ...{ t: 0, z: 0, channel: 1 },
      clicks: [{ x: 6, y: 2, positive: true }],
    });
    await answer(outlined('.11. 1111 .11.', 5, 1));
    expect(shown()).toMatchObject({
      waiting: false,
      pieces: [
        [
          [1, 6, 8],
          [2, 5, 9],
          [3, 6, 8],
        ],
      ],
    });
    expect(bench.operations).toEqual([]);

    expect(tool.key(bench.editor, 'confirm')).toBe(true);
    expect(pictureOf(bench.editor.plane)).toBe(
      tidy('............ .22...33.... .22..3333... ......33.... ............'),
    );
    expect(bench.editor.selected).toBe(3);
    expect(bench.operations).toHaveLength(1);
    expect(shown()).toBeNull();
    bench.editor.undo();
    expect(pictureOf(bench.editor.plane)).toBe(tidy(PLANE));
  });

  it('tells what the last answer came from, also after the cell is kept', async () => {
    expect(tool.answeredBy()).toBeNull();
    tool.down(bench.editor, at(6, 2));
    expect(tool.answeredBy()).toBeNull();
    await answer(outlined('111', 5, 2));
    tool.key(bench.editor, 'confirm');
    expect(tool.answeredBy()).toMatchObject({ source: 'features', model: 3 });
    tool.down(bench.editor, at(9, 4));
    await answer({ ...outlined('1', 9, 4), source: 'classical', model: null });
    expect(tool.answeredBy()).toMatchObject({ source: 'classical', model: null });
  });

  it('adds and takes away by further clicks; the newest answer wins', async () => {
    tool.down(bench.editor, at(6, 2));
    await answer(outlined('111', 5, 2));
    tool.down(bench.editor, at(8, 2));
    tool.down(bench.editor, away(5, 2));
    const [old, newest] = waiting;
    expect(old!.signal.aborted).toBe(true);
    expect(newest!.question.clicks).toEqual([
      { x: 6, y: 2, positive: true },
      { x: 8, y: 2, positive: true },
      { x: 5, y: 2, positive: false },
    ]);
    expect(shown()!.pieces).toEqual([[[2, 5, 8]]]);
    expect(shown()!.points!.map(({ text }) => text)).toEqual(['+', '+', '−']);
    old!.answer(200, outlined('111111', 0, 0));
    newest!.answer(200, outlined('1111', 6, 2));
    await settled();
    expect(shown()!.pieces).toEqual([[[2, 6, 10]]]);
  });

  it('takes the last click back, without asking where the answer is known', async () => {
    tool.down(bench.editor, at(6, 2));
    await answer(outlined('111', 5, 2));
    tool.down(bench.editor, at(8, 2));
    await answer(outlined('1111', 5, 2));
    tool.key(bench.editor, 'back');
    expect(shown()!.pieces).toEqual([[[2, 5, 8]]]);
    expect(waiting).toEqual([]);
    tool.key(bench.editor, 'back');
    expect(shown()).toBeNull();
    expect(tool.key(bench.editor, 'back')).toBe(false);
  });

  it('keeps the cell when its answer comes, where Enter was quicker', async () => {
    tool.down(bench.editor, at(6, 2));
    tool.key(bench.editor, 'confirm');
    expect(bench.operations).toEqual([]);
    await answer(outlined('111', 5, 2));
    expect(bench.operations).toHaveLength(1);
    expect(bench.editor.plane.get(6, 2)).toBe(3);
  });

  it('forgets everything on Escape, also what is under way', async () => {
    tool.down(bench.editor, at(6, 2));
    tool.key(bench.editor, 'confirm');
    tool.cancel(bench.editor);
    expect(waiting[0]!.signal.aborted).toBe(true);
    await answer(outlined('111', 5, 2));
    expect(shown()).toBeNull();
    expect(bench.operations).toEqual([]);
  });

  it('outlines a cell that is there anew, in one step', async () => {
    tool.down(bench.editor, at(2, 2));
    expect(bench.editor.selected).toBe(2);
    expect(waiting[0]!.question.taken).toBeNull();
    await answer(outlined('11 11', 2, 2));
    tool.key(bench.editor, 'confirm');
    expect(pictureOf(bench.editor.plane)).toBe(
      tidy('............ ............ ..22........ ..22........ ............'),
    );
    expect(bench.operations).toHaveLength(1);
    bench.editor.undo();
    expect(pictureOf(bench.editor.plane)).toBe(tidy(PLANE));
  });

  it('never covers another cell, whatever the answer', async () => {
    tool.down(bench.editor, at(6, 2));
    expect(spansOf(waiting[0]!.question.taken!)).toHaveLength(2);
    await answer(outlined('1111111', 0, 2));
    tool.key(bench.editor, 'confirm');
    expect(pictureOf(bench.editor.plane)).toBe(
      tidy('............ .22......... 3223333..... ............ ............'),
    );
  });

  it('says why nothing comes, and goes back to what was answered', async () => {
    tool.down(bench.editor, at(6, 2));
    await answer({ code: 'nothing_found', detail: 'x' }, 400);
    expect(shown()).toBeNull();
    tool.down(bench.editor, at(6, 2));
    await answer(outlined('111', 5, 2));
    tool.down(bench.editor, at(11, 2));
    await answer({ code: 'clicks_too_far_apart', detail: 'x' }, 400);
    expect(shown()!.pieces).toEqual([[[2, 5, 8]]]);
    expect(shown()!.points).toHaveLength(1);
    tool.down(bench.editor, at(8, 2));
    await answer({}, 503);
    expect(bench.hints).toEqual(['click_nothing', 'click_too_far', 'click_offline']);
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
    tool.down(bench.editor, at(8, 2));
    await settled();
    expect(bench.hints.at(-1)).toBe('click_offline');
    expect(shown()!.pieces).toEqual([[[2, 5, 8]]]);
  });

  it('begins inside a cell, on the picture, where labels may be changed', () => {
    tool.down(bench.editor, away(6, 2));
    tool.down(bench.editor, at(-3, 2));
    bench.editor.readOnly = true;
    tool.down(bench.editor, at(6, 2));
    expect(bench.hints).toEqual(['click_inside_first', 'read_only']);
    expect(waiting).toEqual([]);
  });
});
