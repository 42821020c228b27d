/**
 * Brings the labels on the screen together with what waits in the outbox, when the page opens and after a conflict.
 *
 * Edits made elsewhere meanwhile, which touch neither pixels nor objects of ours, are taken beside ours, and that is said. Where both
 * touch the same, both are shown, and the person decides.
 */
import type { Editor } from '../labels/editor';
import type { LabelLoader } from '../labels/labelLoader';
import type { Transaction } from '../labels/labels';
import { readWholeLog, type LogTransport } from './logTransport';
import { adapt, meet, type Meeting } from './meeting';
import { sliceKey } from '../labels/operations';
import type { StoredOperation } from './outbox';
import type { Sync } from './sync';
import { decodePatch, fromBase64 } from '../labels/wire';

/** Whose edits are shown, or kept: `both` takes ours only where theirs wrote nothing. */
export type Side = 'theirs' | 'mine' | 'both';

/** What the person must decide. */
export interface Question {
  shown: Side;
  /** Cells that both changed, and pixels that both wrote. */
  cells: number;
  pixels: number;
}

export interface RecoveryParts {
  annotation: string;
  editor: Editor;
  sync: Sync;
  loader: LabelLoader;
  log: LogTransport;
}

export interface RecoveryEvents {
  /** Edits from elsewhere were taken beside ours. */
  merged(): void;
  /** The person must decide, or looks at another side. */
  asked(): void;
}

export class Recovery {
  private rows: StoredOperation[] = [];
  private meeting: Meeting | null = null;
  private shown: Side = 'theirs';
  /** What shows a side other than theirs: taken back before another is shown. */
  private shownOn: Transaction[] = [];

  constructor(
    private readonly parts: RecoveryParts,
    private readonly events: RecoveryEvents,
  ) {}

  get question(): Question | null {
    if (!this.meeting) return null;
    const { objects, overlap } = this.meeting;
    return { shown: this.shown, cells: objects.length, pixels: overlap?.pixels ?? 0 };
  }

  /** Load the labels and put on them what waits. Sending rests until the caller resumes it. */
  async load(): Promise<void> {
    const { editor, sync, loader } = this.parts;
    this.meeting = null;
    this.shownOn = [];
    sync.hold();
    const rows = await sync.waiting();
    const version = await loader.load(rows);
    editor.history.clear(version);
    sync.version = version;
    if (rows.length > 0) await this.join(rows, version);
  }

  /** Show another side on the picture. */
  show(side: Side): void {
    const { meeting } = this;
    if (!meeting) return;
    this.takeBack();
    this.shown = side;
    if (side !== 'theirs') for (const row of this.adapted(side)) this.write(row);
    this.events.asked();
  }

  /** Go on with a side. Answers when the rest may be sent. */
  async decide(side: Side): Promise<void> {
    const { editor, sync } = this.parts;
    if (!this.meeting) return;
    this.takeBack();
    const rows = side === 'theirs' ? [] : this.adapted(side);
    await sync.replace(rows);
    this.meeting = null;
    editor.replay(...rows);
    this.events.asked();
  }

  private async join(rows: readonly StoredOperation[], version: number): Promise<void> {
    const { annotation, editor, sync, log } = this.parts;
    const seen = (await sync.seen()) ?? version;
    const since = seen < version ? await readWholeLog(log, annotation, seen, version) : [];
    const stored = new Set(since.map(({ op_id }) => op_id));
    const ours = new Set(rows.map(({ op_id }) => op_id));
    // Those whose acknowledgement was lost are in the labels already.
    this.rows = rows.filter(({ op_id }) => !stored.has(op_id));
    if (this.rows.length < rows.length) await sync.replace(this.rows);
    const theirs = since.filter(({ op_id }) => !ours.has(op_id));
    if (theirs.length === 0 || this.rows.length === 0) {
      editor.replay(...this.rows);
      return;
    }
    const meeting = meet(editor, theirs, this.rows);
    this.meeting = meeting;
    if (meeting.overlap || meeting.objects.length > 0) {
      this.show('theirs');
      return;
    }
    await this.decide('mine');
    this.events.merged();
  }

  private adapted(side: 'mine' | 'both'): StoredOperation[] {
    const { width } = this.parts.editor;
    return this.rows
      .map((row) => adapt(row, width, this.meeting!, side === 'both'))
      .filter((row) => row !== null);
  }

  private write({ t, z, patch }: StoredOperation): void {
    if (patch === undefined) return;
    const { editor } = this.parts;
    const transaction = editor.sketch({ t, z });
    decodePatch(fromBase64(patch), (y, x0, x1, label) => transaction.span(y, x0, x1, label));
    if (transaction.isEmpty) return;
    this.shownOn.push(transaction);
    if (sliceKey({ t, z }) === sliceKey(editor.currentSlice)) editor.touch(transaction.rect);
  }

  private takeBack(): void {
    for (const transaction of this.shownOn.splice(0).reverse()) {
      this.parts.editor.touch(transaction.rollBack());
    }
  }
}
