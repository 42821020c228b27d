/** Sends many files, a few at a time; knows each one's progress and what became of it. No React. */
import { api, ApiProblem, type UploadRow } from '../../../api';
import { looksLikeMask, type PickedFile } from './picked';

export type UploadState =
  'waiting' | 'sending' | 'accepted' | 'duplicate' | 'refused' | 'ignored' | 'failed';

export interface UploadItem {
  id: number;
  name: string;
  size: number;
  state: UploadState;
  progress: number;
  /** What the server said: one row for a file, many for a zip. */
  rows: UploadRow[];
  code: string;
  detail: string;
}

export interface UploadCounts {
  total: number;
  finished: number;
  accepted: number;
  refused: number;
  fraction: number;
}

export type UploadRole = 'image' | 'mask' | '';

export interface UploadTarget {
  dataset: number;
  group?: string;
  role?: UploadRole;
}

export type SendFile = (
  target: UploadTarget,
  picked: PickedFile,
  onProgress: (fraction: number) => void,
) => Promise<{ results: UploadRow[] }>;

interface UploadJob {
  picked: PickedFile;
  target: UploadTarget;
  /** A mask is refused while its image is not there, so masks wait until all images are. */
  isMask: boolean;
}

const PARALLEL = 3;
const RETRIES = 2;
const RETRY_MS = 1500;

const sendFile: SendFile = (target, { file, path }, onProgress) => {
  const fields: Record<string, string> = { path };
  if (target.group) fields.group = target.group;
  if (target.role) fields.role = target.role;
  return api.upload(`datasets/${target.dataset}/uploads`, file, { fields, onProgress });
};

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The state of a file from its rows: the best one of a zip, since a bad file stops no others. */
export function stateOfRows(rows: UploadRow[]): UploadState {
  for (const state of ['accepted', 'duplicate', 'refused'] as const) {
    if (rows.some((row) => row.status === state)) return state;
  }
  return 'ignored';
}

export class UploadQueue {
  private items: UploadItem[] = [];
  private readonly files = new Map<number, UploadJob>();
  private readonly listeners = new Set<() => void>();
  private running = 0;
  private nextId = 1;

  constructor(
    private readonly send: SendFile = sendFile,
    private readonly retryMs = RETRY_MS,
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getSnapshot = (): UploadItem[] => this.items;

  add(files: PickedFile[], target: UploadTarget): void {
    for (const picked of files) {
      const id = this.nextId++;
      const { file, path } = picked;
      const isMask = target.role ? target.role === 'mask' : looksLikeMask(path);
      this.files.set(id, { picked, target, isMask });
      this.items = [
        ...this.items,
        {
          id,
          name: path,
          size: file.size,
          state: 'waiting',
          progress: 0,
          rows: [],
          code: '',
          detail: '',
        },
      ];
    }
    this.changed();
    this.pump();
  }

  /** Send the files that failed once more. */
  retry(): void {
    this.items = this.items.map((item) =>
      item.state === 'failed' ? { ...item, state: 'waiting', progress: 0 } : item,
    );
    this.changed();
    this.pump();
  }

  private pump(): void {
    while (this.running < PARALLEL) {
      const next = this.nextWaiting();
      if (!next) return;
      this.update(next.id, { state: 'sending' });
      this.running += 1;
      void this.run(next.id).finally(() => {
        this.running -= 1;
        this.pump();
      });
    }
  }

  private nextWaiting(): UploadItem | undefined {
    const isImage = (item: UploadItem): boolean => !this.files.get(item.id)?.isMask;
    const waiting = this.items.filter((item) => item.state === 'waiting');
    const image = waiting.find(isImage);
    const imagesOnTheWay = this.items.some((item) => item.state === 'sending' && isImage(item));
    return image ?? (imagesOnTheWay ? undefined : waiting[0]);
  }

  private async run(id: number): Promise<void> {
    const job = this.files.get(id);
    if (!job) return;
    try {
      const results = await this.sendPatiently(id, job.target, job.picked);
      const first = results.find((row) => row.code || row.detail);
      this.files.delete(id);
      this.update(id, {
        rows: results,
        state: stateOfRows(results),
        progress: 1,
        code: first?.code ?? '',
        detail: first?.detail ?? '',
      });
    } catch (error) {
      const isProblem = error instanceof ApiProblem;
      this.update(id, {
        state: 'failed',
        code: isProblem ? error.code : '',
        detail: isProblem ? error.detail : String(error),
      });
    }
  }

  /** Send a file; wait and try again while the trouble may pass by itself. */
  private async sendPatiently(
    id: number,
    target: UploadTarget,
    picked: PickedFile,
  ): Promise<UploadRow[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const onProgress = (progress: number): void => this.update(id, { progress });
        return (await this.send(target, picked, onProgress)).results;
      } catch (error) {
        if (!(error instanceof ApiProblem && error.isTransient) || attempt > RETRIES) throw error;
        await pause(this.retryMs * attempt);
      }
    }
  }

  private update(id: number, change: Partial<UploadItem>): void {
    this.items = this.items.map((item) => (item.id === id ? { ...item, ...change } : item));
    this.changed();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

export function countUploads(items: UploadItem[]): UploadCounts {
  const finished = items.filter((item) => item.state !== 'waiting' && item.state !== 'sending');
  const rows = items.flatMap((item) => item.rows);
  const accepted = rows.filter(
    (row) => row.status === 'accepted' || row.status === 'duplicate',
  ).length;
  const failed = items.filter((item) => item.state === 'failed').length;
  const bytes = items.reduce((sum, item) => sum + item.size, 0);
  const sent = items.reduce(
    (sum, item) => sum + item.size * (finished.includes(item) ? 1 : item.progress),
    0,
  );
  return {
    total: items.length,
    finished: finished.length,
    accepted,
    refused: rows.filter((row) => row.status === 'refused').length + failed,
    fraction: bytes > 0 ? sent / bytes : finished.length / Math.max(1, items.length),
  };
}
