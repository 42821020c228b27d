/** Keeps which proposed cells a person has seen and confirmed on the server. Marks only add up, so no order and no device is wrong. */
import { api } from '../../api/client';
import { Later } from './later';

/** Ids of proposed cells. */
export interface Marks {
  seen: number[];
  confirmed: number[];
}

export type SendMarks = (annotation: string, added: Marks) => Promise<unknown>;

const overHttp: SendMarks = (annotation, added) =>
  api.postToEnd(`annotations/${annotation}/marks`, added);

export class MarkKeeper {
  private readonly seen = new Set<number>();
  private readonly confirmed = new Set<number>();
  private readonly later = new Later(() => this.send());
  readonly watchLeaving = (): (() => void) => this.later.watchLeaving();

  constructor(
    private readonly annotation: string,
    private readonly to: SendMarks = overHttp,
  ) {}

  keep({ seen, confirmed }: Marks): void {
    for (const id of seen) this.seen.add(id);
    for (const id of confirmed) this.confirmed.add(id);
    this.later.soon();
  }

  /** What does not get through is sent with the next mark. */
  private async send(): Promise<void> {
    const added = { seen: [...this.seen], confirmed: [...this.confirmed] };
    if (added.seen.length === 0 && added.confirmed.length === 0) return;
    this.seen.clear();
    this.confirmed.clear();
    try {
      await this.to(this.annotation, added);
    } catch {
      for (const id of added.seen) this.seen.add(id);
      for (const id of added.confirmed) this.confirmed.add(id);
    }
  }
}
