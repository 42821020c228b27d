import 'fake-indexeddb/auto';

import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Image } from '../../src/api/types';
import { LabelPlane } from '../../src/engine/labels';
import type { Operation, Slice } from '../../src/engine/operations';
import { Outbox } from '../../src/engine/outbox';
import { Session, type SessionDeps, type SessionInput } from '../../src/engine/session';
import { Refusal, type LoadedPlane, type Stored, type Transport } from '../../src/engine/transport';
import { decodePatch, fromBase64 } from '../../src/engine/wire';
import { at } from './helpers';

const WIDTH = 30;
const HEIGHT = 20;

/** The server's side of one annotation, with its version check. */
class Server implements Transport {
  readonly log: Operation[] = [];
  readonly plane = new LabelPlane(WIDTH, HEIGHT);
  reachable = true;

  store(operation: Operation): void {
    if (this.log.some(({ op_id }) => op_id === operation.op_id)) return;
    this.log.push(operation);
    if (operation.patch === undefined) return;
    decodePatch(fromBase64(operation.patch), (y, x0, x1, label) =>
      this.plane.setSpan(y, x0, x1, label),
    );
  }

  async send(_: string, base: number, operations: Operation[]): Promise<Stored> {
    if (!this.reachable) throw new Refusal('offline', 'no connection');
    const since = this.log.slice(base);
    if (since.some(({ op_id }) => !operations.some((mine) => mine.op_id === op_id))) {
      throw new Refusal('conflict', 'meanwhile', this.log.length);
    }
    operations.forEach((operation) => this.store(operation));
    return { version: this.log.length, applied: operations.map(({ op_id }) => op_id) };
  }

  async loadPlane(_: string, slice: Slice): Promise<LoadedPlane> {
    const empty = new Uint32Array(WIDTH * HEIGHT);
    const labels = slice.z === 0 ? this.plane.toArray() : empty;
    return { labels, width: WIDTH, height: HEIGHT, version: this.log.length };
  }
}

const IMAGE = {
  id: 1,
  size: { t: 1, c: 1, z: 1, y: HEIGHT, x: WIDTH },
  dtype: 'uint16',
  channels: [{ name: 'dapi', color: '#ffffff', low: 0, high: 100 }],
  levels: [{ y: HEIGHT, x: WIDTH }],
} as unknown as Image;

let serial = 0;
let server: Server;
let outbox: Outbox;
let annotation: string;

function inputOf(): SessionInput {
  return {
    image: IMAGE,
    sample: { region: null },
    annotation,
    objectClasses: {},
    classes: [],
    histogram: [],
    proposed: [],
  };
}

function depsOf(): SessionDeps {
  return { outbox, transport: server, fetcher: async () => null };
}

async function open(): Promise<Session> {
  const session = new Session(inputOf(), depsOf());
  await session.open();
  return session;
}

function dot(session: Session, x: number, y: number): void {
  session.editor.radius = 1;
  session.toolbox.tool.down!(session.editor, at(x, y));
  session.toolbox.tool.up!(session.editor, at(x, y));
}

beforeEach(async () => {
  server = new Server();
  annotation = `session-${++serial}`;
  outbox = await Outbox.open(annotation);
});

describe('session', () => {
  it('fits the first brush to the cells, and leaves it alone afterwards', async () => {
    for (let y = 2; y < 18; y++) server.plane.setSpan(y, 3, 19, 1);
    const session = await open();
    expect(session.snapshot().radius).toBe(3); // 0.35 of a disc of 256 pixels
    const empty = new Session({ ...inputOf(), annotation: 'other' }, depsOf());
    expect(empty.snapshot().radius).toBe(6);
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
    first.sync.hold(); // the tab is closed
    first.dispose();

    server.reachable = true;
    const second = await open();
    expect([...second.editor.plane.toArray()]).toEqual([...drawn]);
    await second.settle();
    expect([...server.plane.toArray()]).toEqual([...drawn]);
    dot(second, 20, 10);
    expect(second.editor.selected).toBe(2); // an id that the replayed cell does not have
  });

  it('takes edits made elsewhere, puts its own on top and says so', async () => {
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
    await vi.waitFor(() => expect(session.snapshot().note?.code).toBe('conflict_resolved'));
    await session.settle();
    const labels = session.editor.plane;
    expect([labels.get(5, 5), labels.get(20, 5), labels.get(10, 15)]).toEqual([1, 2, 9]);
    expect([...server.plane.toArray()]).toEqual([...labels.toArray()]);
    expect(session.snapshot().canUndo).toBe(false);
  });
});
