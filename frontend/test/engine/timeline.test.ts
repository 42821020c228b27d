/** Undo and versions, which go on after a reload. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { LabelPlane } from '../../src/engine/labels/labels';
import type { Session } from '../../src/engine/session';
import { equalArrays } from './helpers';
import type { LabelServer } from './labelServer';
import { allPlanes, dot, HEIGHT, leave, SessionBench, WIDTH } from './sessionBench';

let bench: SessionBench;
let server: LabelServer;
const open = (): Promise<Session> => bench.open();

beforeEach(async () => {
  bench = await SessionBench.make(3);
  ({ server } = bench);
});
afterEach(() => bench.close());

function labels(session: Session): number[][] {
  return [0, 1, 2].map((z) => [...session.editor.planeAt({ t: 0, z }).toArray()]);
}

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
        bench = await SessionBench.make(3);
        ({ server } = bench);
        server.part = 2;
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
