/** The server's side of one annotation: planes, log, version check; only the network is left out. */
import { LabelPlane } from '../../src/engine/labels/labels';
import type { LogTransport, Square, Version } from '../../src/engine/sync/logTransport';
import {
  sliceKey,
  type LoggedOperation,
  type LogPart,
  type Operation,
  type Slice,
} from '../../src/engine/labels/operations';
import { writePatch } from '../../src/engine/labels/patches';
import {
  Refusal,
  type LoadedPlane,
  type Stored,
  type Transport,
} from '../../src/engine/sync/transport';
import { crcOf } from '../../src/engine/sync/verifier';
import { encodePatch, toBase64 } from '../../src/engine/labels/wire';

export class LabelServer implements Transport, LogTransport {
  readonly log: LoggedOperation[] = [];
  readonly planes = new Map<string, LabelPlane>();
  readonly classes = new Map<number, number>();
  readonly versions: Version[] = [];
  private readonly kept = new Map<number, Map<string, Uint32Array>>();
  reachable = true;
  /** Operations of the log in one answer. */
  part = 256;
  /** Answers to `readLog`. */
  reads = 0;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {}

  planeAt(slice: Slice): LabelPlane {
    const known = this.planes.get(sliceKey(slice)) ?? new LabelPlane(this.width, this.height);
    this.planes.set(sliceKey(slice), known);
    return known;
  }

  get plane(): LabelPlane {
    return this.planeAt({ t: 0, z: 0 });
  }

  store(operation: Operation): void {
    if (this.log.some(({ op_id }) => op_id === operation.op_id)) return;
    const { patch = '', payload } = operation;
    const runs = patch ? writePatch(this.planeAt(operation), patch).runs : [];
    const undo_patch = patch ? toBase64(encodePatch(runs, this.width, 'before')) : '';
    let undo_class: number | null = null;
    if (payload?.object !== undefined) {
      undo_class = this.classes.get(payload.object) ?? null;
      if (payload.class_index === null) this.classes.delete(payload.object);
      else this.classes.set(payload.object, payload.class_index);
    }
    const seq = this.log.length + 1;
    this.log.push({ ...operation, seq, patch, undo_patch, undo_class });
  }

  async send(_: string, base: number, operations: Operation[]): Promise<Stored> {
    this.reach();
    const since = this.log.slice(base);
    if (since.some(({ op_id }) => !operations.some((mine) => mine.op_id === op_id))) {
      throw new Refusal('conflict', 'meanwhile', this.log.length);
    }
    operations.forEach((operation) => this.store(operation));
    return { version: this.log.length, applied: operations.map(({ op_id }) => op_id) };
  }

  async loadPlane(_: string, slice: Slice): Promise<LoadedPlane> {
    this.reach();
    const { width, height } = this;
    return { labels: this.planeAt(slice).toArray(), width, height, version: this.log.length };
  }

  async readLog(_: string, after: number, until: number): Promise<LogPart> {
    this.reach();
    this.reads++;
    const ops = this.log.slice(after, Math.min(until, after + this.part));
    const last = after + ops.length;
    return { version: this.log.length, next: last < until ? last : null, ops };
  }

  /** Keep what there is now as a version. */
  keep(reason: Version['reason'], by: string | null = null): void {
    const version = this.log.length;
    const at = '2026-03-04T05:06:07Z';
    const id = 100 + this.versions.length;
    this.versions.unshift({ id, version, reason, by, at, n_objects: null, note: '' });
    const planes = [...this.planes].map(([key, plane]) => [key, plane.toArray()] as const);
    this.kept.set(id, new Map(planes));
  }

  async listVersions(): Promise<{ next: null; previous: null; results: Version[] }> {
    this.reach();
    return { next: null, previous: null, results: this.versions };
  }

  async restore(_: string, id: number, base: number, step: string): Promise<Stored> {
    this.reach();
    if (base !== this.log.length) throw new Refusal('conflict', 'meanwhile', this.log.length);
    for (const [key, plane] of this.planes) {
      const [t = 0, z = 0] = key.split('/').map(Number);
      const then = this.kept.get(id)?.get(key);
      const runs: number[] = [];
      for (let y = 0; y < this.height; y++) {
        for (let x = 0; x < this.width; x++) {
          const label = then?.[y * this.width + x] ?? 0;
          if (label !== plane.get(x, y)) runs.push(y, x, 1, plane.get(x, y), label);
        }
      }
      if (runs.length === 0) continue;
      const patch = toBase64(encodePatch(runs, this.width));
      this.store({ op_id: `${step}-${key}`, kind: 'patch', step, t, z, at: '', patch });
    }
    return { version: this.log.length, applied: [] };
  }

  async compare(_: string, version: number, squares: readonly Square[]): Promise<Square[]> {
    this.reach();
    if (version !== this.log.length) throw new Refusal('conflict', 'meanwhile', this.log.length);
    return squares.filter(
      (square) =>
        crcOf(this.planeAt(square).finest.read(square.column, square.row)!) !== square.crc,
    );
  }

  private reach(): void {
    if (!this.reachable) throw new Refusal('offline', 'no connection');
  }
}
