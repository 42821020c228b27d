/**
 * One tab edits an annotation at a time: the one that was opened last. It asks the tab before to put its work away, and waits for that.
 *
 * Tabs talk over a BroadcastChannel. Where the browser has Web Locks (https or localhost) they say at once whether there is another tab;
 * elsewhere a moment is waited for an answer. What still goes wrong meets the server's version check.
 */
import { randomId } from '../ids';

const LONGEST_HANDOVER_MS = 1000;
const ANSWER_WITHIN_MS = 120;

interface Message {
  kind: 'take' | 'given';
  /** Who, and since when: of two tabs that are opened at once one is newer too. */
  from: string;
  since: number;
}

export class TabLock {
  private readonly me = randomId();
  private channel: BroadcastChannel | null = null;
  private held = false;
  private since = 0;
  private release: (() => void) | null = null;
  private given: (() => void) | null = null;

  constructor(
    private readonly name: string,
    /** Another tab takes over: resolves when what was drawn here is put away. */
    private readonly lost: () => Promise<void>,
  ) {}

  /** Edit here from now on; resolves when the tab that did before has put its work away. */
  async take(): Promise<void> {
    this.listen();
    this.held = true;
    this.since = Date.now();
    const known = await this.lockFree();
    if (known === true) return;
    await this.ask(known === null ? ANSWER_WITHIN_MS : LONGEST_HANDOVER_MS);
    if (known === false) await this.steal();
  }

  free(): void {
    this.held = false;
    this.release?.();
    this.release = null;
    this.channel?.close();
    this.channel = null;
  }

  private listen(): void {
    if (this.channel || typeof BroadcastChannel === 'undefined') return;
    this.channel = new BroadcastChannel(`cytoloop-${this.name}`);
    this.channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind === 'given') this.given?.();
      else if (this.held && this.isOlderThan(data)) void this.give();
    };
  }

  private isOlderThan({ since, from }: Message): boolean {
    return this.since < since || (this.since === since && this.me < from);
  }

  private async give(): Promise<void> {
    this.held = false;
    await this.lost();
    this.release?.();
    this.release = null;
    this.say('given');
  }

  private async ask(wait: number): Promise<void> {
    const channel = this.channel;
    if (!channel) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, wait);
      this.given = () => {
        clearTimeout(timer);
        resolve();
      };
      this.say('take');
    });
    this.given = null;
  }

  private say(kind: Message['kind']): void {
    const message: Message = { kind, from: this.me, since: this.since };
    this.channel?.postMessage(message);
  }

  /** True when no other tab held the lock, and this one does now; null where the browser has no locks. */
  private lockFree(): Promise<boolean | null> {
    return this.request({ ifAvailable: true });
  }

  private async steal(): Promise<void> {
    await this.request({ steal: true });
  }

  private request(options: LockOptions): Promise<boolean | null> {
    const locks = (navigator as Partial<Navigator>).locks;
    if (!locks) return Promise.resolve(null);
    return new Promise((answer) => {
      const held = locks.request(`cytoloop-${this.name}`, options, (lock) => {
        answer(lock !== null);
        if (!lock) return undefined;
        return new Promise<void>((resolve) => {
          this.release = resolve;
        });
      });
      // A tab that could not be asked took the lock.
      held.catch(() => {
        if (this.held) void this.give();
      });
    });
  }
}
