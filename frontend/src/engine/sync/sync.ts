/** Brings an annotation's operations to the server: in order, each until it is acknowledged, with back-off while it cannot. */
import type { Operation } from '../labels/operations';
import { asOperation, type Outbox, type StoredOperation } from './outbox';
import { asRefusal, type Refusal, type Transport } from './transport';

export type SaveState = 'saved' | 'saving' | 'offline' | 'signed_out' | 'refused';

export interface SyncEvents {
  changed(): void;
  /** Somebody else's operations came first: load theirs, apply ours again, then call `resume`. */
  conflict(): void;
}

const BATCH = 64;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;
const REFUSED_WAIT_MS = 60_000;

export class Sync {
  state: SaveState = 'saved';
  detail = '';
  pending = 0;
  /** The version that our next operations follow. */
  version = 0;
  /** What the server said it has, at the last conflict. */
  serverVersion = 0;
  private running = false;
  private again = false;
  private held = false;
  /** Operations on their way to the disk, and those of them that go there together next. */
  private writing = 0;
  private gathered: Operation[] = [];
  /** False when the browser could not store an operation: then this tab must stay open until all is sent. */
  durable = true;
  private wait = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private waiters: (() => void)[] = [];

  constructor(
    private readonly annotation: string,
    private readonly outbox: Outbox,
    private readonly transport: Transport,
    private readonly events: SyncEvents,
  ) {}

  /** How many wait where a crash cannot take them: a stroke counts once it is on disk. */
  get kept(): number {
    return this.pending - this.writing;
  }

  /** What a former page left; the caller applies it to the labels it loaded. */
  async waiting(): Promise<StoredOperation[]> {
    const rows = await this.outbox.list(this.annotation);
    this.pending = rows.length;
    if (rows.length > 0) this.show('saving');
    return rows;
  }

  /** The version that the waiting operations follow; null where none was noted. */
  seen(): Promise<number | null> {
    return this.outbox.seen(this.annotation);
  }

  /** Other operations in place of those that wait. */
  async replace(rows: readonly StoredOperation[]): Promise<void> {
    await this.outbox.replace(this.annotation, rows);
    this.pending = rows.length;
  }

  push(operation: Operation): void {
    this.pending++;
    this.writing++;
    this.show(this.state === 'saved' ? 'saving' : this.state, this.detail);
    // The operations of one step come in one turn: they go to the disk together or not at all.
    if (this.gathered.push(operation) === 1) queueMicrotask(() => void this.keep());
  }

  private async keep(): Promise<void> {
    const operations = this.gathered;
    this.gathered = [];
    const durable = await this.outbox.add(this.annotation, ...operations);
    this.writing -= operations.length;
    this.durable &&= durable;
    this.events.changed();
    if (this.timer === undefined) this.start();
  }

  /** Try now, whatever the back-off says. */
  kick(): void {
    this.clearTimer();
    this.wait = 0;
    this.start();
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    if (this.pending === 0) return;
    this.kick();
    await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  /** Send nothing until `resume`: another tab edits, or the labels are being loaded again. */
  hold(): void {
    this.held = true;
    this.clearTimer();
  }

  resume(version: number): void {
    this.version = version;
    this.held = false;
    void this.outbox.see(this.annotation, version);
    this.kick();
  }

  /** Send nothing any more; resolves when nothing is on its way to the disk or the server. */
  async rest(): Promise<void> {
    this.hold();
    while (this.writing > 0 || this.running) await new Promise((done) => setTimeout(done, 10));
  }

  private clearTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private start(): void {
    if (this.held) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    void this.drain().finally(() => {
      this.running = false;
      const again = this.again && this.timer === undefined; // not past the back-off
      this.again = false;
      if (again) this.start();
    });
  }

  private async drain(): Promise<void> {
    for (;;) {
      const rows = (await this.outbox.list(this.annotation)).slice(0, BATCH);
      if (rows.length === 0) this.finish();
      if (rows.length === 0 || this.held) return;
      this.show('saving');
      try {
        const operations = rows.map(asOperation);
        const stored = await this.transport.send(this.annotation, this.version, operations);
        this.version = stored.version;
        const applied = new Set(stored.applied);
        const acknowledged = rows.filter((row) => applied.has(row.op_id));
        await this.outbox.remove(acknowledged, stored.version);
        this.pending = Math.max(0, this.pending - acknowledged.length);
        this.wait = 0;
      } catch (error) {
        this.refused(asRefusal(error));
        return;
      }
    }
  }

  private finish(): void {
    if (this.writing > 0) return;
    this.pending = 0;
    this.durable = true;
    this.show('saved');
    for (const resolve of this.waiters.splice(0)) resolve();
  }

  private refused(refusal: Refusal): void {
    if (refusal.reason === 'conflict') {
      this.hold();
      this.serverVersion = refusal.version ?? this.version;
      this.events.conflict();
      return;
    }
    const state = refusal.reason === 'submitted' ? 'refused' : refusal.reason;
    this.show(state, refusal.detail);
    const longest = state === 'refused' ? REFUSED_WAIT_MS : LONGEST_WAIT_MS;
    this.wait = state === 'refused' ? longest : Math.min(longest, this.wait * 2 || FIRST_WAIT_MS);
    this.clearTimer();
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        this.start();
      },
      this.wait * (0.75 + Math.random() / 2),
    );
  }

  private show(state: SaveState, detail = ''): void {
    this.state = state;
    this.detail = detail;
    this.events.changed();
  }
}

/** Send what other annotations' pages left behind. Answers how many operations came too late to be stored. */
export async function sendLeftovers(
  outbox: Outbox,
  transport: Transport,
  versionOf: (annotation: string) => Promise<number>,
  except: readonly string[],
): Promise<number> {
  let late = 0;
  for (const annotation of await outbox.annotations()) {
    if (except.includes(annotation)) continue;
    try {
      late += await sendAll(outbox, transport, annotation, await versionOf(annotation));
    } catch (error) {
      asRefusal(error); // kept for the next time; a bug is thrown on
    }
  }
  return late;
}

async function sendAll(
  outbox: Outbox,
  transport: Transport,
  annotation: string,
  first: number,
): Promise<number> {
  let version = first;
  for (;;) {
    const rows = (await outbox.list(annotation)).slice(0, BATCH);
    if (rows.length === 0) return 0;
    try {
      const operations = rows.map(asOperation);
      ({ version } = await transport.send(annotation, version, operations));
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal.reason !== 'submitted') throw refusal;
      const all = await outbox.list(annotation);
      await outbox.remove(all);
      return all.length;
    }
    await outbox.remove(rows);
  }
}
