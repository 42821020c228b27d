import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Session } from '../../src/engine/session';
import type { LabelServer } from './labelServer';
import { dot, leave, SessionBench, WIDTH } from './sessionBench';

let bench: SessionBench;
let server: LabelServer;
const open = (): Promise<Session> => bench.open({ classes: [] });

beforeEach(async () => {
  bench = await SessionBench.make(1);
  ({ server } = bench);
});
afterEach(() => bench.close());

describe('session', () => {
  it('fits the first brush to the cells, and leaves it alone afterwards', async () => {
    for (let y = 2; y < 18; y++) server.plane.setSpan(y, 3, 19, 1);
    const session = await open();
    expect(session.snapshot().radius).toBe(3); // 0.35 of a disc of 256 pixels
    expect(bench.begin({ annotation: 'other', classes: [] }).snapshot().radius).toBe(6);
  });

  it('brings what is drawn to the server', async () => {
    const session = await open();
    dot(session, 5, 5);
    dot(session, 20, 10);
    session.undo();
    await session.settle();
    expect(session.snapshot()).toMatchObject({ save: 'saved', pending: 0, canRedo: true });
    expect(server.log.map(({ kind }) => kind)).toEqual(['patch', 'patch', 'undo']);
    expect([...server.plane.toArray()]).toEqual([...session.editor.plane.toArray()]);
  });

  it('puts on the next page what the last one could not send', async () => {
    const first = await open();
    server.reachable = false;
    dot(first, 5, 5);
    await vi.waitFor(() => expect(first.snapshot().save).toBe('offline'));
    const drawn = first.editor.plane.toArray();
    leave(first);

    server.reachable = true;
    const second = await open();
    expect([...second.editor.plane.toArray()]).toEqual([...drawn]);
    await second.settle();
    expect([...server.plane.toArray()]).toEqual([...drawn]);
    dot(second, 20, 10);
    expect(second.editor.selected).toBe(2); // an id that the replayed cell does not have
  });

  it('takes edits made elsewhere, puts its own beside them and says so', async () => {
    const session = await open();
    dot(session, 5, 5);
    await session.settle();
    server.store({
      op_id: 'elsewhere',
      kind: 'patch',
      t: 0,
      z: 0,
      at: '2026-01-01T00:00:00Z',
      patch: btoa(String.fromCharCode(WIDTH, 0xcc, 0x03, 4, 9)),
    });
    dot(session, 20, 5);
    await vi.waitFor(() => expect(session.snapshot().note?.code).toBe('conflict_merged'));
    await session.settle();
    const labels = session.editor.plane;
    expect([labels.get(5, 5), labels.get(20, 5), labels.get(10, 15)]).toEqual([1, 2, 9]);
    expect([...server.plane.toArray()]).toEqual([...labels.toArray()]);
    expect(server.log.map(({ op_id }) => op_id).slice(1, 2)).toEqual(['elsewhere']);
    session.undo();
    await session.settle();
    expect([labels.get(5, 5), session.editor.plane.get(20, 5)]).toEqual([1, 0]);
  });
});
