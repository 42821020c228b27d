/** The edit that is being made: what it has written on each plane, in one step of undo. */
import { Transaction, type LabelPlane } from './labels';
import { sliceKey, type Slice } from './operations';

/** What an edit has written on a plane. */
export interface WrittenPart {
  slice: Slice;
  transaction: Transaction;
}

export class RunningStep {
  private readonly parts = new Map<string, WrittenPart>();

  constructor(private readonly planeAt: (slice: Slice) => LabelPlane) {}

  /** What is written on a plane goes here. */
  on(slice: Slice): Transaction {
    const key = sliceKey(slice);
    const known = this.parts.get(key);
    if (known) return known.transaction;
    const transaction = new Transaction(this.planeAt(slice));
    this.parts.set(key, { slice, transaction });
    return transaction;
  }

  /** The planes that something was written on. */
  get written(): WrittenPart[] {
    return [...this.parts.values()].filter(({ transaction }) => !transaction.isEmpty);
  }

  /** Nothing more is written. */
  close(): void {
    for (const { transaction } of this.parts.values()) transaction.close();
  }
}
