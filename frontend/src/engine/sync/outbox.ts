/** Operations that the server has not acknowledged yet, in IndexedDB: they outlive reloads, crashes and lost connections. */
import { BY_ANNOTATION, committed, openDatabase, OPERATIONS, SEEN, settled } from './database';
import type { Operation } from '../labels/operations';

export interface StoredOperation extends Operation {
  /** Order of making, given by the database. */
  seq: number;
  annotation: string;
}

/** The operation as the server takes it, without what only the outbox knows. */
export function asOperation(row: StoredOperation): Operation {
  const { op_id, kind, t, z, at } = row;
  const step = row.step === undefined ? {} : { step: row.step };
  const patch = row.patch === undefined ? {} : { patch: row.patch };
  const payload = row.payload === undefined ? {} : { payload: row.payload };
  return { op_id, kind, ...step, t, z, at, ...patch, ...payload };
}

export class Outbox {
  /** What the database did not take: kept here as long as the tab lives, and sent like the rest. */
  private memory: StoredOperation[] = [];
  private memorySeq = Number.MAX_SAFE_INTEGER / 2;

  private constructor(readonly database: IDBDatabase | null) {}

  static async open(name = 'cytoloop-outbox'): Promise<Outbox> {
    return new Outbox(await openDatabase(name));
  }

  /** All or none. Resolves true when the operations are on disk, false when they could only be kept in memory. */
  async add(annotation: string, ...operations: readonly Operation[]): Promise<boolean> {
    try {
      if (!this.database) throw new DOMException('There is no database.', 'InvalidStateError');
      const options = { durability: 'strict' } as const;
      const transaction = this.database.transaction(OPERATIONS, 'readwrite', options);
      const store = transaction.objectStore(OPERATIONS);
      for (const operation of operations) store.add({ ...operation, annotation });
      await committed(transaction);
      return true;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      for (const operation of operations) {
        this.memory.push({ ...operation, annotation, seq: this.memorySeq++ });
      }
      return false;
    }
  }

  /** The waiting operations of an annotation in the order they were made. */
  async list(annotation: string): Promise<StoredOperation[]> {
    const kept = this.memory.filter((row) => row.annotation === annotation);
    if (!this.database) return kept;
    const index = this.database
      .transaction(OPERATIONS)
      .objectStore(OPERATIONS)
      .index(BY_ANNOTATION);
    const rows = (await settled(index.getAll(annotation))) as StoredOperation[];
    return [...rows, ...kept];
  }

  /** The annotations that have operations waiting. */
  async annotations(): Promise<string[]> {
    const store = this.database?.transaction(OPERATIONS).objectStore(OPERATIONS);
    const rows = store ? ((await settled(store.getAll())) as StoredOperation[]) : [];
    return [...new Set([...rows, ...this.memory].map((row) => row.annotation))];
  }

  /** Forget rows that were acknowledged; `version` is what the server has with them. */
  async remove(rows: readonly StoredOperation[], version?: number): Promise<void> {
    const gone = new Set(rows.map((row) => row.seq));
    this.memory = this.memory.filter((kept) => !gone.has(kept.seq));
    if (!this.database || rows.length === 0) return;
    const transaction = this.database.transaction([OPERATIONS, SEEN], 'readwrite');
    for (const seq of gone) transaction.objectStore(OPERATIONS).delete(seq);
    const annotation = rows[0]!.annotation;
    if (version !== undefined) transaction.objectStore(SEEN).put({ annotation, version });
    await committed(transaction);
  }

  /** Other operations in place of the rows of an annotation; rows that are not named go. */
  async replace(annotation: string, rows: readonly StoredOperation[]): Promise<void> {
    const old = await this.list(annotation);
    const others = this.memory.filter((kept) => kept.annotation !== annotation);
    if (!this.database) {
      this.memory = [...others, ...rows];
      return;
    }
    const transaction = this.database.transaction(OPERATIONS, 'readwrite');
    const store = transaction.objectStore(OPERATIONS);
    for (const { seq } of old) store.delete(seq);
    for (const row of rows) store.put(row);
    this.memory = others;
    await committed(transaction);
  }

  /** The version of the server that the waiting operations of an annotation follow; null where it is not known. */
  async seen(annotation: string): Promise<number | null> {
    if (!this.database) return null;
    const store = this.database.transaction(SEEN).objectStore(SEEN);
    const row = (await settled(store.get(annotation))) as { version: number } | undefined;
    return row?.version ?? null;
  }

  async see(annotation: string, version: number): Promise<void> {
    if (!this.database) return;
    const transaction = this.database.transaction(SEEN, 'readwrite');
    transaction.objectStore(SEEN).put({ annotation, version });
    await committed(transaction);
  }

  close(): void {
    this.database?.close();
  }
}
