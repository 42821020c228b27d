/** Undo and redo without limit: what the history does not know is read from the log, planes that are not here are loaded first. */
import type { Page } from '../../api/pagination';
import type { Editor } from '../labels/editor';
import { randomId } from '../ids';
import type { LabelLoader } from '../labels/labelLoader';
import { readWholeLog, type LogTransport, type Version } from './logTransport';
import { eventOfLogged } from '../labels/patches';
import type { Sync } from './sync';
import { Refusal } from './transport';

/** Operations that are read at once. */
const PART = 256;

export interface TimelineParts {
  annotation: string;
  editor: Editor;
  sync: Sync;
  loader: LabelLoader;
  log: LogTransport;
}

export interface TimelineEvents {
  changed(): void;
  /** The log could not be read now. */
  failed(): void;
  /** The labels have other content now: load them. */
  restored(): Promise<void>;
}

export class Timeline {
  /** Undo and redo wait here for what they need, one after another. */
  private queue: Promise<void> = Promise.resolve();
  private waiting = 0;

  constructor(
    private readonly parts: TimelineParts,
    private readonly events: TimelineEvents,
  ) {}

  get canUndo(): boolean {
    return this.can('undo');
  }

  get canRedo(): boolean {
    return this.can('redo');
  }

  /** Read the newest part of the log, so that it is known whether there is anything to undo. */
  async open(): Promise<void> {
    if (this.parts.editor.history.horizon === 0) return;
    await this.quietly(() => this.readOlder());
  }

  undo(): void {
    this.walk('undo');
  }

  redo(): void {
    this.walk('redo');
  }

  /** The versions of this answer that the server kept, newest first. */
  listVersions(cursor: string | null = null): Promise<Page<Version>> {
    return this.parts.log.listVersions(this.parts.annotation, cursor);
  }

  /** Make the labels what they were at a version: a step that can be undone. */
  async restore(version: Version): Promise<void> {
    const { annotation, editor, sync, loader, log } = this.parts;
    editor.commit();
    await loader.counted(async () => {
      await sync.settled();
      await log.restore(annotation, version.id, sync.version, randomId());
      await this.events.restored();
    });
  }

  private can(how: 'undo' | 'redo'): boolean {
    const { history } = this.parts.editor;
    return history.next(how) !== null || history.hasOlder(how);
  }

  private walk(how: 'undo' | 'redo'): void {
    const { editor } = this.parts;
    if (this.waiting === 0 && (editor.readOnly || editor.isDrawing || this.isReady(how))) {
      editor[how]();
      return;
    }
    this.waiting++;
    this.queue = this.queue
      .then(() => this.quietly(() => this.prepare(how)))
      .then(() => {
        this.waiting--;
        if (this.isReady(how)) editor[how]();
      });
  }

  private isReady(how: 'undo' | 'redo'): boolean {
    const { editor } = this.parts;
    const entry = editor.history.next(how);
    if (!entry) return !editor.history.hasOlder(how);
    return entry.edits.every(({ slice }) => editor.hasPlane(slice));
  }

  private async prepare(how: 'undo' | 'redo'): Promise<void> {
    const { history } = this.parts.editor;
    while (history.hasOlder(how)) await this.readOlder();
    for (const { slice } of history.next(how)?.edits ?? [])
      await this.parts.loader.loadSlice(slice);
  }

  /** Put the part of the log before the horizon before the history. */
  private async readOlder(): Promise<void> {
    const { annotation, editor, log } = this.parts;
    const { history } = editor;
    const until = history.horizon;
    const after = Math.max(0, until - PART);
    const operations = await readWholeLog(log, annotation, after, until);
    if (history.horizon !== until) return; // The labels were loaded anew meanwhile.
    history.prepend(operations.map(eventOfLogged), after);
    this.events.changed();
  }

  private async quietly(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.events.failed();
    }
  }
}
