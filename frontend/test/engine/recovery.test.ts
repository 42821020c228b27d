import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { randomId } from '../../src/engine/ids';
import { LabelPlane } from '../../src/engine/labels/labels';
import { encodePatch, toBase64 } from '../../src/engine/labels/wire';
import type { Session } from '../../src/engine/session';
import { StrokeJournal } from '../../src/engine/sync/strokes';
import { makeTools } from '../../src/engine/tools';
import { at, benchOf, equalArrays } from './helpers';
import type { LabelServer } from './labelServer';
import { dot, HEIGHT, leave, SessionBench, WIDTH } from './sessionBench';

let bench: SessionBench;
let server: LabelServer;
const open = (): Promise<Session> => bench.open();

beforeEach(async () => {
  bench = await SessionBench.make(3);
  ({ server } = bench);
});
afterEach(() => bench.close());

/** A span of labels stored by another device. */
function elsewhere(label: number, y: number, x: number, length: number): void {
  const patch = toBase64(encodePatch([y, x, length, 0, label], WIDTH));
  const step = randomId();
  server.store({ op_id: randomId(), kind: 'patch', step, t: 0, z: 1, at: '', patch });
}

describe('edits made elsewhere', () => {
  /** A session whose stroke waits while another device stores something. */
  async function meetAt(x: number, y: number, theirs: () => void): Promise<Session> {
    const session = await open();
    server.reachable = false;
    dot(session, x, y);
    await vi.waitFor(() => expect(session.snapshot().save).toBe('offline'));
    server.reachable = true;
    theirs();
    session.sync.kick();
    return session;
  }

  it('that touch nothing of ours are taken beside ours; new cells of both stay two', async () => {
    const session = await meetAt(5, 5, () => elsewhere(1, 15, 3, 6));
    await vi.waitFor(() => expect(session.snapshot().note?.code).toBe('conflict_merged'));
    await session.settle();
    const { plane } = session.editor;
    expect([plane.get(5, 5), plane.get(5, 15)]).toEqual([2, 1]);
    expect(equalArrays(server.planeAt({ t: 0, z: 1 }).toArray(), plane.toArray())).toBe(true);
    expect([...server.classes]).toEqual([[2, 1]]);
  });

  it.each([
    ['theirs', [7, 7, 0]],
    ['mine', [1, 7, 1]],
    ['both', [7, 7, 1]],
  ] as const)('that touch ours are asked about: %s', async (side, expected) => {
    const session = await meetAt(5, 5, () => elsewhere(7, 5, 5, 4));
    await vi.waitFor(() => expect(session.snapshot().question).not.toBeNull());
    expect(session.snapshot().question).toEqual({ shown: 'theirs', cells: 0, pixels: 2 });
    const seen = (): number[] => {
      const { plane } = session.editor;
      return [plane.get(5, 5), plane.get(8, 5), plane.get(5, 4)];
    };
    dot(session, 20, 10);
    expect(session.snapshot().note?.code).toBe('read_only');
    session.showSide('mine');
    expect(seen()).toEqual([1, 7, 1]);
    session.showSide(side);
    expect(seen()).toEqual(expected);
    await session.keepSide(side);
    expect(session.snapshot().question).toBeNull();
    expect(await session.settle()).toBe(true);
    expect(seen()).toEqual(expected);
    expect(
      equalArrays(server.planeAt({ t: 0, z: 1 }).toArray(), session.editor.plane.toArray()),
    ).toBe(true);
    if (side === 'theirs') return;
    session.undo();
    expect(seen()).toEqual([7, 7, 0]);
  });

  it('are noticed by the next page, too', async () => {
    const first = await open();
    server.reachable = false;
    dot(first, 5, 5);
    await vi.waitFor(() => expect(first.snapshot().save).toBe('offline'));
    leave(first);
    server.reachable = true;
    elsewhere(7, 5, 5, 4);
    const second = await open();
    expect(second.snapshot().question).toMatchObject({ pixels: 2 });
    await second.keepSide('mine');
    await second.settle();
    expect(server.planeAt({ t: 0, z: 1 }).get(5, 5)).toBe(1);
  });

  it('that change the same cell in another place are asked about', async () => {
    elsewhere(3, 5, 2, 20);
    const session = await open();
    server.reachable = false;
    session.editor.select(3);
    session.editor.begin()!.span(4, 2, 4, 3);
    session.editor.commit();
    await vi.waitFor(() => expect(session.snapshot().save).toBe('offline'));
    server.reachable = true;
    elsewhere(3, 6, 18, 2);
    elsewhere(0, 5, 20, 2);
    session.sync.kick();
    await vi.waitFor(() => expect(session.snapshot().question).not.toBeNull());
    expect(session.snapshot().question).toEqual({ shown: 'theirs', cells: 1, pixels: 0 });
  });
});

describe('nothing is lost', () => {
  it('of operations whose acknowledgement was lost: they are stored and undone once', async () => {
    const first = await open();
    server.reachable = false;
    dot(first, 5, 5);
    await vi.waitFor(() => expect(first.snapshot().save).toBe('offline'));
    leave(first);
    server.reachable = true;
    for (const row of await bench.outbox.list(bench.annotation)) server.store(row);
    const second = await open();
    expect(await bench.outbox.list(bench.annotation)).toEqual([]);
    await vi.waitFor(() => expect(second.snapshot().canUndo).toBe(true));
    second.undo();
    expect(second.editor.plane.get(5, 5)).toBe(0);
    expect(second.snapshot().canUndo).toBe(false);
  });

  it('of a stroke that was being made when the tab was killed', async () => {
    const { editor } = benchOf(new LabelPlane(WIDTH, HEIGHT));
    editor.goTo({ t: 0, z: 1 });
    editor.activeClass = 2;
    editor.radius = 1;
    const { brush } = makeTools();
    const { outbox, annotation } = bench;
    const journal = new StrokeJournal(outbox.database, annotation, editor, async () => undefined);
    brush.down!(editor, at(5, 5));
    await journal.write();
    brush.move!(editor, at(12, 5), true);
    await journal.write();
    brush.move!(editor, at(20, 9), true);
    await journal.write();
    const drawn = editor.plane.toArray();

    const second = await open();
    expect(second.snapshot().note?.code).toBe('stroke_recovered');
    expect(equalArrays(second.editor.plane.toArray(), drawn)).toBe(true);
    expect(second.editor.classes.get(1)).toBe(2);
    await second.settle();
    expect(equalArrays(server.planeAt({ t: 0, z: 1 }).toArray(), drawn)).toBe(true);
    second.undo();
    expect(second.editor.plane.get(12, 5)).toBe(0);
    leave(second);
    const third = await open();
    expect(third.snapshot().note).toBeNull();
  });

  it('when a newer tab takes over in the middle of a stroke', async () => {
    const first = await open();
    first.editor.radius = 1;
    first.toolbox.tool.down!(first.editor, at(5, 5));
    first.toolbox.tool.move!(first.editor, at(12, 5), true);
    const second = await open();
    expect(first.snapshot().otherTab).toBe(true);
    expect(second.snapshot().otherTab).toBe(false);
    expect(second.editor.plane.get(12, 5)).toBe(1);
    dot(first, 20, 10);
    expect(first.snapshot().note?.code).toBe('read_only');
    dot(second, 20, 10);
    await second.settle();
    await first.takeOver();
    expect(second.snapshot().otherTab).toBe(true);
    expect([first.editor.plane.get(12, 5), first.editor.plane.get(20, 10)]).toEqual([1, 2]);
  });

  it('silently where server and screen differ', async () => {
    const session = await open();
    dot(session, 5, 5);
    session.editor.plane.setSpan(5, 5, 6, 9); // as a bug would
    expect(await session.settle()).toBe(false);
    expect(session.snapshot().note?.code).toBe('labels_differed');
    expect(session.editor.plane.get(5, 5)).toBe(1);
    expect(await session.settle()).toBe(true);
  });
});
