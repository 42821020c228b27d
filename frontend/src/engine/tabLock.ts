/** One tab edits an annotation at a time, where the browser has Web Locks (https or localhost). */
export class TabLock {
  private release: (() => void) | null = null;

  constructor(
    private readonly name: string,
    /** Another tab took over. */
    private readonly lost: () => void,
  ) {}

  /** True when this tab may edit now; `steal` takes the lock from the other tab. */
  acquire(steal = false): Promise<boolean> {
    // Insecure contexts have no `locks`; the server's version check still guards them.
    const locks = (navigator as Partial<Navigator>).locks;
    if (!locks) return Promise.resolve(true);
    return new Promise((answer) => {
      const options = steal ? { steal: true } : { ifAvailable: true };
      const held = locks.request(`cytoloop-${this.name}`, options, (lock) => {
        answer(lock !== null);
        if (!lock) return undefined;
        return new Promise<void>((resolve) => {
          this.release = resolve;
        });
      });
      held.catch(() => {
        this.release = null;
        this.lost();
      });
    });
  }

  free(): void {
    this.release?.();
    this.release = null;
  }
}
