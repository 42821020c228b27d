/** Keeps a person's display settings on the server, one for each data set; a little later than they change. */
import { api } from '../../api/client';
import type { DisplaySettings } from '../../api/types';
import { Later } from '../sync/later';
import type { PictureLook } from './look';

export interface LookStore {
  load(dataset: number): Promise<DisplaySettings>;
  keep(dataset: number, look: DisplaySettings): Promise<unknown>;
}

const HTTP: LookStore = {
  load: (dataset) => api.get<DisplaySettings>(`datasets/${dataset}/display`),
  keep: (dataset, look) => api.put(`datasets/${dataset}/display`, look),
};

export class LookKeeper {
  private readonly known = new Map<number, DisplaySettings>();
  private readonly waiting = new Set<number>();
  private readonly later = new Later(() => this.send());
  readonly watchLeaving = (): (() => void) => this.later.watchLeaving();

  constructor(private readonly store: LookStore = HTTP) {}

  /** What is kept; null where it cannot be had: a picture is shown as it comes then. */
  async load(dataset: number): Promise<DisplaySettings | null> {
    const known = this.known.get(dataset);
    if (known) return known;
    try {
      const look = await this.store.load(dataset);
      this.known.set(dataset, look);
      return look;
    } catch {
      return null;
    }
  }

  /** What a page says nothing of stays as it was. */
  keep(dataset: number, change: PictureLook | DisplaySettings): void {
    const known = this.known.get(dataset);
    const look: DisplaySettings = { grid_window: 'image', ...known, ...change };
    if (JSON.stringify(known) === JSON.stringify(look)) return;
    this.known.set(dataset, look);
    this.waiting.add(dataset);
    this.later.soon();
  }

  /** What does not get through is sent with the next change. */
  private async send(): Promise<void> {
    const datasets = [...this.waiting];
    this.waiting.clear();
    for (const dataset of datasets) {
      try {
        await this.store.keep(dataset, this.known.get(dataset)!);
      } catch {
        this.waiting.add(dataset);
      }
    }
  }
}
