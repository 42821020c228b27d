/** Does one job after another, and of those that wait only the newest: for what follows the pointer. */
export class Latest {
  private running = false;
  private waiting: (() => Promise<void>) | null = null;

  run(job: () => Promise<void>): void {
    this.waiting = job;
    if (!this.running) void this.work();
  }

  private async work(): Promise<void> {
    this.running = true;
    while (this.waiting) {
      const job = this.waiting;
      this.waiting = null;
      try {
        await job();
      } catch {
        // What could not be loaded is tried again with the next movement; the tiles tell of a lost connection.
      }
    }
    this.running = false;
  }
}
