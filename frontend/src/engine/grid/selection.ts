/** Which pictures of a grid are meant: one in focus, more by click, range or rectangle, as files in a folder. No pixels. */

export interface ClickKeys {
  /** From the last plain click to here (Shift). */
  extend?: boolean;
  /** This one in or out (Ctrl or Cmd). */
  toggle?: boolean;
}

export class Selection {
  /** The item that has the keyboard. */
  focus = 0;
  private chosen = new Set<number>();
  /** Where a range begins. */
  private anchor = 0;
  /** Items in the order in which they are shown. */
  private shown: readonly number[];

  constructor(count: number) {
    this.shown = Array.from({ length: count }, (_, item) => item);
  }

  get order(): readonly number[] {
    return this.shown;
  }

  /** What is selected beside the focus; empty while one item alone is meant. */
  get items(): ReadonlySet<number> {
    return this.chosen;
  }

  /** The items that a command is for, in the shown order. */
  get targets(): number[] {
    return this.chosen.size > 0 ? this.shown.filter((item) => this.chosen.has(item)) : [this.focus];
  }

  has(item: number): boolean {
    return this.chosen.has(item);
  }

  /** Show the items in another order; what is selected stays selected. */
  arrange(order: readonly number[]): void {
    this.shown = order;
  }

  /** Mean this item alone. */
  only(item: number): void {
    this.focus = this.anchor = item;
    this.chosen = new Set();
  }

  click(item: number, { extend = false, toggle = false }: ClickKeys = {}): void {
    if (extend) this.reach(item, toggle);
    else if (toggle) this.toggle(item);
    else this.only(item);
  }

  /** Move the focus by places of the shown order; `extend` takes what lies between along. */
  move(steps: number, extend = false): void {
    const at = this.shown.indexOf(this.focus) + steps;
    const item = this.shown[Math.min(this.shown.length - 1, Math.max(0, at))] ?? 0;
    if (extend) this.reach(item, false);
    else this.only(item);
  }

  all(): void {
    this.chosen = new Set(this.shown);
  }

  /** Mean exactly these; none leaves the focus alone. */
  set(items: Iterable<number>): void {
    this.chosen = new Set(items);
    const first = this.targets[0];
    if (first !== undefined && !this.chosen.has(this.focus)) this.focus = this.anchor = first;
  }

  /** The first item after `item` in the shown order for which `wanted` holds; round the end if need be. */
  next(item: number, wanted: (item: number) => boolean): number | null {
    const from = this.shown.indexOf(item);
    for (let step = 1; step <= this.shown.length; step++) {
      const found = this.shown[(from + step) % this.shown.length]!;
      if (wanted(found)) return found;
    }
    return null;
  }

  private reach(item: number, add: boolean): void {
    const ends = [this.shown.indexOf(this.anchor), this.shown.indexOf(item)].sort((a, b) => a - b);
    const range = this.shown.slice(ends[0], ends[1]! + 1);
    this.chosen = new Set(add ? [...this.chosen, ...range] : range);
    this.focus = item;
  }

  private toggle(item: number): void {
    // The one in focus was meant too, although it was not marked.
    if (this.chosen.size === 0) this.chosen.add(this.focus);
    if (this.chosen.has(item) && this.chosen.size > 1) this.chosen.delete(item);
    else this.chosen.add(item);
    this.focus = this.anchor = item;
  }
}
