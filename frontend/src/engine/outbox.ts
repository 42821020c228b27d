/** Operations that the server has not acknowledged yet, in IndexedDB: they outlive reloads, crashes and lost connections. */
import type { Operation } from './operations';

export interface StoredOperation extends Operation {
  /** Order of making, given by the database. */
  seq: number;
  annotation: string;
}

/** The operation as the server takes it, without what only the outbox knows. */
export function asOperation(row: StoredOperation): Operation {
  const { op_id, kind, t, z, at } = row;
  const patch = row.patch === undefined ? {} : { patch: row.patch };
  const payload = row.payload === undefined ? {} : { payload: row.payload };
  return { op_id, kind, t, z, at, ...patch, ...payload };
}

const STORE = 'operations';
const BY_ANNOTATION = 'annotation';

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB refused a request.'));
  });
}

function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(transaction.error ?? new Error('IndexedDB gave up a transaction.'));
    transaction.oncomplete = () => resolve();
    transaction.onerror = fail;
    transaction.onabort = fail;
  });
}

export class Outbox {
  /** What the database did not take: kept here as long as the tab lives, and sent like the rest. */
  private readonly memory: StoredOperation[] = [];
  private memorySeq = Number.MAX_SAFE_INTEGER / 2;

  private constructor(private readonly database: IDBDatabase | null) {}

  static async open(name = 'cytoloop-outbox'): Promise<Outbox> {
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        const options = { keyPath: 'seq', autoIncrement: true };
        const store = request.result.createObjectStore(STORE, options);
        store.createIndex(BY_ANNOTATION, 'annotation');
      };
      return new Outbox(await settled(request));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      return new Outbox(null); // Storage is forbidden in this browser.
    }
  }

  /** Resolves true when the operation is on disk, false when it could only be kept in memory. */
  async add(annotation: string, operation: Operation): Promise<boolean> {
    try {
      if (!this.database) throw new DOMException('There is no database.', 'InvalidStateError');
      const options = { durability: 'strict' } as const;
      const transaction = this.database.transaction(STORE, 'readwrite', options);
      transaction.objectStore(STORE).add({ ...operation, annotation });
      await committed(transaction);
      return true;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.memory.push({ ...operation, annotation, seq: this.memorySeq++ });
      return false;
    }
  }

  /** The waiting operations of an annotation in the order they were made. */
  async list(annotation: string): Promise<StoredOperation[]> {
    return (await this.all()).filter((row) => row.annotation === annotation);
  }

  /** The annotations that have operations waiting. */
  async annotations(): Promise<string[]> {
    return [...new Set((await this.all()).map((row) => row.annotation))];
  }

  async remove(rows: readonly StoredOperation[]): Promise<void> {
    for (const row of rows) {
      const at = this.memory.findIndex((kept) => kept.seq === row.seq);
      if (at >= 0) this.memory.splice(at, 1);
    }
    if (!this.database) return;
    const transaction = this.database.transaction(STORE, 'readwrite');
    for (const row of rows) transaction.objectStore(STORE).delete(row.seq);
    await committed(transaction);
  }

  close(): void {
    this.database?.close();
  }

  private async all(): Promise<StoredOperation[]> {
    if (!this.database) return [...this.memory];
    const store = this.database.transaction(STORE).objectStore(STORE);
    const rows = (await settled(store.getAll())) as StoredOperation[];
    return [...rows, ...this.memory];
  }
}
