import 'fake-indexeddb/auto';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Image } from '../../src/api/types';
import { randomId } from '../../src/engine/ids';
import { LabelPlane } from '../../src/engine/labels/labels';
import { Outbox } from '../../src/engine/sync/outbox';
import { Session, type SessionInput } from '../../src/engine/session';
import { StrokeJournal } from '../../src/engine/sync/strokes';
import { makeTools } from '../../src/engine/tools';
import { encodePatch, toBase64 } from '../../src/engine/labels/wire';
import { at, benchOf, equalArrays } from './helpers';
import { LabelServer } from './labelServer';

const WIDTH = 30;
const HEIGHT = 20;
const IMAGE = {
  id: 1,
  size: { t: 1, c: 1, z: 3, y: HEIGHT, x: WIDTH },
  dtype: 'uint16',
  channels: [{ name: 'dapi', color: '#ffffff', low: 0, high: 100 }],
  levels: [{ y: HEIGHT, x: WIDTH }],
} as unknown as Image;

let serial = 0;
let server: LabelServer;
let outbox: Outbox;
let annotation: string;
const opened: Session[] = [];

async function open(input: Partial<SessionInput> = {}): Promise<Session> {
  const classes = [1, 2].map((index) => ({ index, name: `c${index}`, color: '#fff', key: '' }));
  const session = new Session(
    {
      image: IMAGE,
      sample: { region: null },
      annotation,
      objectClasses: Object.fromEntries(server.classes),
      classes: classes as unknown as SessionInput['classes'],
      histogram: [],
      proposed: [],
      ...input,
    },
    { outbox, transport: server, log: server, fetcher: async () => null },
  );
  opened.push(session);
  await session.open();
  await allPlanes(session);
  return session;
}

function allPlanes({ editor }: Session): Promise<void> {
  const slices = [0, 1, 2].map((z) => ({ t: 0, z }));
  return vi.waitFor(() => expect(slices.every((slice) => editor.hasPlane(slice))).toBe(true));
}

/** The tab is closed, or the browser dies: nothing more is sent. */
function leave(session: Session): void {
  session.sync.hold();
  session.dispose();
}

function dot(session: Session, x: number, y: number): void {
  session.editor.radius = 1;
  session.toolbox.tool.down!(session.editor, at(x, y));
  session.toolbox.tool.up!(session.editor, at(x, y));
}

/** A span of labels stored by another device. */
function elsewhere(label: number, y: number, x: number, length: number): void {
  const patch = toBase64(encodePatch([y, x, length, 0, label], WIDTH));
  const step = randomId();
  server.store({ op_id: randomId(), kind: 'patch', step, t: 0, z: 1, at: '', patch });
}

function labels(session: Session): number[][] {
  return [0, 1, 2].map((z) => [...session.editor.planeAt({ t: 0, z }).toArray()]);
}

beforeEach(async () => {
  server = new LabelServer(WIDTH, HEIGHT);
  annotation = `recovery-${++serial}`;
  outbox = await Outbox.open(annotation);
});
afterEach(() => opened.splice(0).forEach((session) => session.dispose()));

describe('history', () => {
  it('goes back and forth through everything after a reload, part by part', async () => {
    const first = await open();
    const states = [labels(first)];
    for (let i = 0; i < 7; i++) {
      await first.navigator.goTo({ t: 0, z: i % 3 });
      dot(first, 3 + 3 * i, 4 + i);
      states.push(labels(first));
    }
    first.undo();
    first.undo();
    await first.settle();
    leave(first);

    server.part = 3;
    const second = await open();
    await vi.waitFor(() =>
      expect(second.snapshot()).toMatchObject({ canUndo: true, canRedo: true }),
    );
    expect(labels(second)).toEqual(states[5]);
    for (let i = 4; i >= 0; i--) {
      second.undo();
      expect(labels(second)).toEqual(states[i]);
    }
    expect(second.snapshot().canUndo).toBe(false);
    expect([...second.editor.classes]).toEqual([]);
    for (let i = 1; i <= 7; i++) {
      second.redo();
      expect(labels(second)).toEqual(states[i]);
    }
    expect(second.snapshot().canRedo).toBe(false);
    expect(second.editor.classes.size).toBe(7);
    expect(second.editor.newLabel()).toBe(8); // no id that the steps brought back
    await second.settle();
    for (const z of [0, 1, 2]) {
      expect([...server.planeAt({ t: 0, z }).toArray()]).toEqual(states[7]![z]);
    }
  });

  it('reads older parts of the log only when the person goes back that far', async () => {
    const first = await open();
    for (let i = 0; i < 300; i++) first.editor.setClass(1 + (i % 2), 1 + (Math.floor(i / 2) % 2));
    await first.settle();
    leave(first);
    expect(server.log).toHaveLength(300);

    const second = await open();
    await vi.waitFor(() => expect(server.reads).toBe(1));
    for (let i = 0; i < 256; i++) second.undo();
    expect(server.reads).toBe(1);
    expect(second.snapshot().canUndo).toBe(true);
    for (let i = 0; i < 44; i++) second.undo();
    await vi.waitFor(() => expect(second.snapshot().canUndo).toBe(false));
    expect(server.reads).toBe(2);
    expect(second.editor.classes.size).toBe(0);
    await second.settle();
    leave(second);

    const third = await open();
    for (let i = 0; i < 300; i++) third.redo();
    await vi.waitFor(() => expect(third.snapshot().canRedo).toBe(false));
    expect([...third.editor.classes]).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  it('is the same before and after any reload in between', async () => {
    const act = fc.oneof(
      { weight: 4, arbitrary: fc.tuple(fc.constant('dot'), fc.nat(28), fc.nat(18)) },
      { weight: 2, arbitrary: fc.tuple(fc.constant('undo'), fc.nat(3), fc.nat(0)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('redo'), fc.nat(3), fc.nat(0)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('reload'), fc.nat(0), fc.nat(0)) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 14 }), async (acts) => {
        server = new LabelServer(WIDTH, HEIGHT);
        server.part = 2;
        annotation = `recovery-${++serial}`;
        outbox = await Outbox.open(annotation);
        let session = await open();
        const oracle = [new LabelPlane(WIDTH, HEIGHT).toArray()];
        let now = 0;
        for (const [name, a, b] of acts) {
          if (name === 'reload') {
            await session.settle();
            leave(session);
            session = await open();
            await vi.waitFor(() => expect(session.snapshot().canUndo).toBe(now > 0));
          } else if (name === 'dot') {
            dot(session, a, b);
            const drawn = session.editor.plane.toArray();
            if (!equalArrays(drawn, oracle[now]!)) oracle.splice(++now, Infinity, drawn);
          } else {
            for (let i = 0; i <= a; i++) session[name]();
            now = Math.min(
              oracle.length - 1,
              Math.max(0, now + (name === 'undo' ? -1 : 1) * (a + 1)),
            );
          }
          await vi.waitFor(() =>
            expect(
              equalArrays(session.editor.planeAt({ t: 0, z: 1 }).toArray(), oracle[now]!),
            ).toBe(true),
          );
        }
        await session.settle();
        expect(equalArrays(server.planeAt({ t: 0, z: 1 }).toArray(), oracle[now]!)).toBe(true);
        leave(session);
      }),
      { numRuns: 20 },
    );
  }, 30_000);
});

describe('going back to a version', () => {
  it('changes all planes in one step, which can be undone', async () => {
    const session = await open();
    dot(session, 5, 5);
    await session.settle();
    server.keep('checkpoint');
    const then = labels(session);
    dot(session, 15, 8);
    await session.navigator.goTo({ t: 0, z: 2 });
    dot(session, 20, 12);
    const before = labels(session);
    await session.timeline.restore(server.versions[0]!);
    await allPlanes(session);
    expect(labels(session)).toEqual(then);
    await vi.waitFor(() => expect(session.snapshot().canUndo).toBe(true));
    session.undo();
    expect(labels(session)).toEqual(before);
    session.redo();
    await session.settle();
    expect([...server.planeAt({ t: 0, z: 2 }).toArray()]).toEqual(then[2]);
  });

  it('says why it cannot', async () => {
    const session = await open();
    dot(session, 5, 5);
    await session.settle();
    server.keep('checkpoint');
    server.reachable = false;
    await expect(session.timeline.restore(server.versions[0]!)).rejects.toThrow('no connection');
    expect(session.snapshot().loading).toBe(false);
    expect(session.editor.plane.get(5, 5)).toBe(1);
  });
});

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
    for (const row of await outbox.list(annotation)) server.store(row);
    const second = await open();
    expect(await outbox.list(annotation)).toEqual([]);
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
