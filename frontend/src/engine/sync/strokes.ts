/** Strokes that are being made, in IndexedDB: a tab that is killed loses at most their last quarter of a second. */
import { BY_ANNOTATION, committed, settled, STROKES } from './database';
import type { Editor } from '../labels/editor';
import type { WrittenPart } from '../labels/runningStep';
import type { Transaction } from '../labels/labels';
import { sliceKey } from '../labels/operations';
import { decodePatch, encodePatch, fromBase64, RUN, toBase64 } from '../labels/wire';

const WRITE_EVERY_MS = 250;

/** What a stroke wrote on a plane since the last time. */
export interface StrokePart {
  annotation: string;
  t: number;
  z: number;
  patch: string;
  classIndex: number | null;
}

export class StrokeJournal {
  private timer: ReturnType<typeof setInterval> | undefined;
  /** How much of each plane's runs is written: how many numbers, and how long the last run was. */
  private readonly written = new Map<Transaction, [count: number, tail: number]>();
  private writing = false;

  constructor(
    private readonly database: IDBDatabase | null,
    private readonly annotation: string,
    private readonly editor: Editor,
    /** Loads the labels that a stroke is written on. */
    private readonly prepare: (parts: readonly StrokePart[]) => Promise<void>,
  ) {}

  start(): void {
    this.timer ??= setInterval(() => void this.write(), WRITE_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Write what the running edit has got since the last time; forget an edit that has ended. */
  async write(): Promise<void> {
    if (this.writing) return;
    this.writing = true;
    try {
      await this.writeParts();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.stop(); // The database takes nothing: the outbox says so.
    } finally {
      this.writing = false;
    }
  }

  /** Make the stroke of a tab that was killed into an edit. Answers false when there is none, or the edit is there already. */
  async recover(): Promise<boolean> {
    const parts = await this.list();
    if (parts.length === 0) return false;
    await this.prepare(parts);
    const written = this.apply(parts);
    await this.clear();
    return written;
  }

  private async writeParts(): Promise<void> {
    const parts = this.editor.writtenParts();
    const ended = [...this.written.keys()].some(
      (known) => !parts.some(({ transaction }) => transaction === known),
    );
    if (ended) await this.clear();
    const rows = parts.map((part) => this.rowOf(part)).filter((row) => row !== null);
    if (rows.length > 0) await this.change((store) => rows.forEach((row) => store.add(row)));
  }

  private apply(parts: readonly StrokePart[]): boolean {
    const written = new Map<string, WrittenPart>();
    for (const { t, z, patch } of parts) {
      const slice = { t, z };
      const known = written.get(sliceKey(slice));
      const { transaction } = known ?? { transaction: this.editor.sketch(slice) };
      written.set(sliceKey(slice), { slice, transaction });
      decodePatch(fromBase64(patch), (y, x0, x1, label) => {
        transaction.span(y, x0, x1, label);
        this.editor.reserve(label);
      });
    }
    return this.editor.keep([...written.values()], parts.at(-1)?.classIndex);
  }

  private rowOf({ slice, transaction }: WrittenPart): StrokePart | null {
    const { runs } = transaction;
    const tail = runs[runs.length - 3]!;
    const [done, known] = this.written.get(transaction) ?? [0, 0];
    if (runs.length === done && tail === known) return null;
    this.written.set(transaction, [runs.length, tail]);
    // The last run may have grown since.
    const fresh = runs.slice(Math.max(0, done - RUN));
    const patch = toBase64(encodePatch(fresh, this.editor.width));
    return { annotation: this.annotation, ...slice, patch, classIndex: this.editor.activeClass };
  }

  private async clear(): Promise<void> {
    this.written.clear();
    const keys = await this.keys();
    await this.change((store) => keys.forEach((key) => store.delete(key)));
  }

  private async keys(): Promise<IDBValidKey[]> {
    const index = this.database?.transaction(STROKES).objectStore(STROKES).index(BY_ANNOTATION);
    return index ? settled(index.getAllKeys(this.annotation)) : [];
  }

  private async list(): Promise<StrokePart[]> {
    const index = this.database?.transaction(STROKES).objectStore(STROKES).index(BY_ANNOTATION);
    return index ? ((await settled(index.getAll(this.annotation))) as StrokePart[]) : [];
  }

  private async change(act: (store: IDBObjectStore) => void): Promise<void> {
    if (!this.database) return;
    const transaction = this.database.transaction(STROKES, 'readwrite', { durability: 'strict' });
    act(transaction.objectStore(STROKES));
    await committed(transaction);
  }
}
