/** Something that is sent a little after it changed, and at once when the page is left: it may be closed before the time is up. */

const AFTER_MS = 700;

export class Later {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: () => Promise<void>) {}

  /** It changed: earlier changes wait along with this one. */
  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(), AFTER_MS);
  }

  now(): Promise<void> {
    clearTimeout(this.timer);
    return this.send();
  }

  /** Answers how to stop, which sends what waits. */
  watchLeaving(): () => void {
    const close = (): void => void this.now();
    const putAside = (): void => {
      if (document.visibilityState === 'hidden') close();
    };
    document.addEventListener('visibilitychange', putAside);
    addEventListener('pagehide', close);
    return () => {
      document.removeEventListener('visibilitychange', putAside);
      removeEventListener('pagehide', close);
      close();
    };
  }
}
