// @vitest-environment node
import 'fake-indexeddb/auto';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Operation } from '../../src/engine/labels/operations';
import { Outbox } from '../../src/engine/sync/outbox';
import { sendLeftovers, Sync } from '../../src/engine/sync/sync';
import { Refusal, type Stored, type Transport } from '../../src/engine/sync/transport';

let serial = 0;
function operation(id: string): Operation {
  return { op_id: id, kind: 'patch', t: 0, z: 0, at: '2026-01-01T00:00:00Z', patch: 'AA==' };
}

/** A server that keeps each operation once; `fate` decides what happens to a request. */
class Server implements Transport {
  readonly log: string[] = [];
  requests = 0;
  largest = 0;
  fate: (request: number) => 'ok' | 'lost' | 'answer lost' | Refusal = () => 'ok';

  async send(_: string, _base: number, operations: Operation[]): Promise<Stored> {
    const fate = this.fate(++this.requests);
    if (fate instanceof Refusal) throw fate;
    if (fate === 'lost') throw new Refusal('offline', 'no connection');
    this.largest = Math.max(this.largest, operations.length);
    for (const { op_id } of operations) if (!this.log.includes(op_id)) this.log.push(op_id);
    if (fate === 'answer lost') throw new Refusal('offline', 'no connection');
    return { version: this.log.length, applied: operations.map(({ op_id }) => op_id) };
  }

  loadPlane(): never {
    throw new Error('not asked for here');
  }
}

describe('sync', () => {
  let outbox: Outbox;
  let server: Server;
  let conflicts: number;
  let name: string;
  const open = (): Sync =>
    new Sync('a1', outbox, server, { changed: () => undefined, conflict: () => conflicts++ });

  beforeEach(async () => {
    name = `outbox-${++serial}`;
    outbox = await Outbox.open(name);
    server = new Server();
    conflicts = 0;
  });
  afterEach(() => outbox.close());

  it('stores every operation once and in order though requests and answers get lost', async () => {
    server.fate = (n) => (['lost', 'answer lost', 'ok'] as const)[n % 3]!;
    const sync = open();
    const ids = Array.from({ length: 20 }, (_, i) => `op${i}`);
    for (const id of ids) sync.push(operation(id));
    await vi.waitFor(() => expect(sync.state).toBe('saved'), 8000);
    expect(server.log).toEqual(ids);
    expect(await outbox.list('a1')).toEqual([]);
    expect(sync.version).toBe(20);
  });

  it('counts a stroke as kept only once it is on disk', async () => {
    const sync = open();
    sync.hold();
    sync.push(operation('x'));
    expect([sync.pending, sync.kept]).toEqual([1, 0]);
    await vi.waitFor(() => expect(sync.kept).toBe(1));
    expect(await outbox.list('a1')).toHaveLength(1);
  });

  it('sends at most 64 at a time', async () => {
    const sync = open();
    sync.hold();
    for (let i = 0; i < 150; i++) sync.push(operation(`op${i}`));
    await vi.waitFor(async () => expect(await outbox.list('a1')).toHaveLength(150));
    sync.resume(0);
    await vi.waitFor(() => expect(sync.pending).toBe(0));
    expect(server.largest).toBe(64);
    expect(server.log).toHaveLength(150);
  });

  it('keeps what was not acknowledged for the next page', async () => {
    server.fate = () => 'lost';
    const sync = open();
    sync.push(operation('x'));
    sync.push(operation('y'));
    await vi.waitFor(() => expect(sync.state).toBe('offline'));
    await vi.waitFor(async () => expect(await outbox.list('a1')).toHaveLength(2));
    sync.hold(); // the tab is closed

    outbox = await Outbox.open(name);
    server.fate = () => 'ok';
    const next = open();
    expect((await next.waiting()).map(({ op_id }) => op_id)).toEqual(['x', 'y']);
    expect(next.pending).toBe(2);
    next.resume(0);
    await next.settled();
    expect(server.log).toEqual(['x', 'y']);
  });

  it('stops at a conflict until the labels were loaded again', async () => {
    server.fate = (n) => (n === 1 ? new Refusal('conflict', 'meanwhile', 7) : 'ok');
    const sync = open();
    sync.push(operation('x'));
    await vi.waitFor(() => expect(conflicts).toBe(1));
    sync.push(operation('y'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.requests).toBe(1);
    sync.resume(7);
    await sync.settled();
    expect(server.log).toEqual(['x', 'y']);
  });

  it('says that the session ended and goes on after the next sign-in', async () => {
    server.fate = (n) => (n < 3 ? new Refusal('signed_out', 'Sign in again.') : 'ok');
    const sync = open();
    sync.push(operation('x'));
    await vi.waitFor(() => expect(sync.state).toBe('signed_out'));
    expect(sync.detail).toBe('Sign in again.');
    await vi.waitFor(() => expect(sync.state).toBe('saved'), 4000);
    expect(server.log).toEqual(['x']);
  });

  it('keeps operations in memory where the browser forbids storage', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException('forbidden', 'SecurityError');
      },
    });
    outbox = await Outbox.open('forbidden');
    vi.unstubAllGlobals();
    const sync = open();
    server.fate = (n) => (n === 1 ? 'lost' : 'ok');
    sync.push(operation('x'));
    await vi.waitFor(() => expect(sync.durable).toBe(false));
    await vi.waitFor(() => expect(sync.state).toBe('saved'), 4000);
    expect(server.log).toEqual(['x']);
    expect(sync.durable).toBe(true);
  });

  it('sends what other samples left behind, and counts what came too late', async () => {
    await outbox.add('old', operation('a'));
    await outbox.add('done', operation('b'));
    await outbox.add('current', operation('c'));
    const send = server.send.bind(server);
    server.send = async (annotation, base, operations) => {
      if (annotation === 'done') throw new Refusal('submitted', 'submitted');
      return send(annotation, base, operations);
    };
    expect(await sendLeftovers(outbox, server, async () => 3, ['current'])).toBe(1);
    expect(server.log).toEqual(['a']);
    expect(await outbox.annotations()).toEqual(['current']);
  });
});
