/**
 * Keeps the labels on the screen and those of the server the same: loads them, sends what is drawn, compares, and finds a way on where
 * they differ. One tab does it at a time.
 */
import { httpBlocks } from '../labels/blockTransport';
import type { Editor } from '../labels/editor';
import { LabelLoader } from '../labels/labelLoader';
import { LabelPagers } from '../labels/labelPagers';
import type { Slice } from '../labels/operations';
import type { Note, SessionDeps } from '../snapshot';
import { httpLog } from './logTransport';
import { Recovery, type Question, type Side } from './recovery';
import { StrokeJournal } from './strokes';
import { Sync } from './sync';
import { TabLock } from './tabLock';
import { patiently } from './tasks';
import { Timeline } from './timeline';
import { Verifier } from './verifier';

export interface KeeperParts {
  annotation: string;
  editor: Editor;
  frames: number;
  depth: number;
}

export interface KeeperEvents {
  changed(): void;
  /** Labels of a plane are here. */
  arrived(slice: Slice): void;
  /** All labels were loaded anew: show them. */
  loaded(): void;
  /** The labels may be edited from now on, or not any more. */
  allowed(): void;
  tell(code: Note['code']): void;
}

export class LabelKeeper {
  readonly sync: Sync;
  readonly loader: LabelLoader;
  readonly pagers: LabelPagers;
  readonly timeline: Timeline;
  readonly verifier: Verifier;
  /** Another tab edits the sample. */
  otherTab = false;
  private readonly lock: TabLock;
  private readonly recovery: Recovery;
  private readonly strokes: StrokeJournal;
  private stopped = false;

  constructor(
    private readonly parts: KeeperParts,
    deps: Pick<SessionDeps, 'outbox' | 'transport' | 'log' | 'blocks'>,
    private readonly events: KeeperEvents,
  ) {
    const { annotation, editor } = parts;
    const { outbox, transport, log = httpLog, blocks = httpBlocks } = deps;
    const sync = new Sync(annotation, outbox, transport, {
      changed: () => this.saveChanged(),
      conflict: () => void this.reload(),
    });
    const arrived = (slice: Slice): void => events.arrived(slice);
    const pagers = new LabelPagers(
      { annotation, editor, blocks, arrived },
      () => sync.pending === 0,
    );
    editor.guard = () => pagers.refusal;
    const loader = new LabelLoader({ ...parts, transport, pagers }, () => events.changed());
    const stored = { annotation, editor, sync, loader, log };
    [this.sync, this.pagers, this.loader] = [sync, pagers, loader];
    this.lock = new TabLock(annotation, () => this.putAway());
    this.recovery = new Recovery(stored, {
      merged: () => events.tell('conflict_merged'),
      asked: () => events.allowed(),
    });
    this.timeline = new Timeline(stored, {
      changed: () => events.changed(),
      failed: () => events.tell('history_failed'),
      restored: () => this.reload(),
    });
    this.verifier = new Verifier(stored);
    this.strokes = new StrokeJournal(outbox.database, annotation, editor, (strokes) =>
      loader.loadFor(strokes),
    );
  }

  get busy(): boolean {
    return this.loader.busy;
  }

  /** What is on the screen is not all that can be edited yet. */
  get loading(): boolean {
    return this.busy || this.pagers.refusal === 'labels_loading';
  }

  /** What the person must decide before anything can be edited. */
  get question(): Question | null {
    return this.recovery.question;
  }

  /** Load the labels, put waiting operations on them, and begin to send. Another tab that edits the sample puts its work away. */
  async open(): Promise<void> {
    await this.lock.take();
    this.setOtherTab(false);
    await this.load();
    this.strokes.start();
  }

  /** Edit here again, after another tab took over. */
  async takeOver(): Promise<void> {
    this.parts.editor.clear();
    await patiently(() => this.open());
  }

  /** Look at a side of a conflict. */
  showSide(side: Side): void {
    this.recovery.show(side);
  }

  /** Keep a side of a conflict, and go on. */
  async keepSide(side: Side): Promise<void> {
    await this.recovery.decide(side);
    this.sendOn();
  }

  /** Everything that was drawn is stored by the server when this resolves. Answers false when the server has other labels than the screen. */
  async settle(): Promise<boolean> {
    this.parts.editor.commit();
    await this.sync.settled();
    return this.compare();
  }

  stop(): void {
    this.stopped = true;
    this.loader.stop();
    this.pagers.stop();
    this.strokes.stop();
    this.lock.free();
  }

  private async load(): Promise<void> {
    await this.recovery.load();
    this.verifier.reset();
    this.events.loaded();
    if (!this.recovery.question) {
      this.sendOn();
      if (await this.strokes.recover()) this.events.tell('stroke_recovered');
    }
    void this.timeline.open();
    void this.loader.loadRest();
  }

  /** The server has other labels than the screen, or operations that were made elsewhere: load them, ours on top. */
  private async reload(): Promise<void> {
    if (this.stopped) return; // what waits is sent by the next page
    this.parts.editor.commit();
    this.parts.editor.clear();
    await this.loader.counted(() => patiently(() => this.load()));
  }

  private sendOn(): void {
    if (!this.stopped && !this.otherTab) this.sync.resume(this.sync.version);
  }

  private saveChanged(): void {
    if (this.sync.state === 'saved' && this.verifier.isDue) void this.compare();
    this.events.changed();
  }

  private async compare(): Promise<boolean> {
    if (await this.verifier.compare()) return true;
    await this.reload();
    this.events.tell('labels_differed');
    return false;
  }

  /** Another tab takes over: what was drawn here goes to the disk, where it finds it. */
  private async putAway(): Promise<void> {
    this.parts.editor.commit();
    this.setOtherTab(true);
    this.strokes.stop();
    await this.sync.rest();
  }

  private setOtherTab(other: boolean): void {
    this.otherTab = other;
    this.events.allowed();
  }
}
