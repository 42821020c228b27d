/** Keeps an assignment's lease alive while its page is open, and knows when it ran out. */
import { api, ApiProblem } from '../../api/client';

export interface Assignment {
  id: string;
  token: string | number;
  leased_until: string;
}

export type LeaseState = 'held' | 'uncertain' | 'lost';

const SHORTEST_BEAT_MS = 5_000;
const LONGEST_BEAT_MS = 60_000;

export class Lease {
  state: LeaseState = 'held';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private until: number;

  constructor(
    readonly assignment: Assignment,
    private readonly changed: () => void,
    private readonly beat: (assignment: Assignment) => Promise<string> = sendHeartbeat,
    private readonly now: () => number = Date.now,
  ) {
    this.until = Date.parse(assignment.leased_until);
  }

  start(): void {
    // Three beats within a lease: one may get lost.
    const third = (this.until - this.now()) / 3;
    const wait = Math.min(LONGEST_BEAT_MS, Math.max(SHORTEST_BEAT_MS, third));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.renew(), wait);
  }

  async renew(): Promise<void> {
    try {
      this.until = Date.parse(await this.beat(this.assignment));
      this.show('held');
    } catch (error) {
      if (!(error instanceof ApiProblem || error instanceof DOMException)) throw error;
      const gone = error instanceof ApiProblem && [404, 409, 410].includes(error.status);
      this.show(gone ? 'lost' : this.now() > this.until ? 'lost' : 'uncertain');
      if (gone) return;
    }
    this.start();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private show(state: LeaseState): void {
    if (state === this.state) return;
    this.state = state;
    this.changed();
  }
}

async function sendHeartbeat({ id, token }: Assignment): Promise<string> {
  const path = `assignments/${id}/heartbeat`;
  const answer = await api.post<{ leased_until: string }>(path, { token });
  return answer.leased_until;
}
