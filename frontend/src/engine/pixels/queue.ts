/** A priority queue of places: the smallest key first, among equal keys the one that came first. */
export class PlaceQueue {
  private readonly keys: number[] = [];
  private readonly orders: number[] = [];
  private readonly places: number[] = [];
  private pushed = 0;

  push(key: number, place: number): void {
    let at = this.keys.length;
    this.set(at, key, this.pushed++, place);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(at, parent)) break;
      this.swap(at, parent);
      at = parent;
    }
  }

  pop(): { key: number; place: number } | undefined {
    const [key, place] = [this.keys[0], this.places[0]];
    if (key === undefined || place === undefined) return undefined;
    const last = this.keys.length - 1;
    this.swap(0, last);
    this.keys.pop();
    this.orders.pop();
    this.places.pop();
    this.sink(last);
    return { key, place };
  }

  private sink(count: number): void {
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      if (left >= count) return;
      const right = left + 1;
      const child = right < count && this.before(right, left) ? right : left;
      if (!this.before(child, at)) return;
      this.swap(child, at);
      at = child;
    }
  }

  private before(a: number, b: number): boolean {
    const difference = this.keys[a]! - this.keys[b]!;
    return difference < 0 || (difference === 0 && this.orders[a]! < this.orders[b]!);
  }

  private set(at: number, key: number, order: number, place: number): void {
    this.keys[at] = key;
    this.orders[at] = order;
    this.places[at] = place;
  }

  private swap(a: number, b: number): void {
    const [key, order, place] = [this.keys[a]!, this.orders[a]!, this.places[a]!];
    this.set(a, this.keys[b]!, this.orders[b]!, this.places[b]!);
    this.set(b, key, order, place);
  }
}
