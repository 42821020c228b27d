/**
 * One sample being annotated: the only object the page talks to. Immutable snapshots go out, commands come in; pixels and pointer
 * events never pass through the page.
 */
import { httpBlocks } from './labels/blockTransport';
import { Census } from './labels/census';
import { Display } from './image/display';
import { Editor } from './labels/editor';
import type { HintValues } from './hints';
import type { Rect } from './geometry';
import { ImageReader } from './image/imageReader';
import { begin, habitsOf } from './habits';
import { httpFetcher, SampleSource } from './image/imageSource';
import { KeyboardCursor } from './view/keyboardCursor';
import { LabelLoader } from './labels/labelLoader';
import { LabelPagers } from './labels/labelPagers';
import { LabelView } from './labels/labelView';
import { httpLog } from './sync/logTransport';
import { Navigator } from './view/navigator';
import { sliceKey, type Slice } from './labels/operations';
import type { Habits, Note, SessionDeps, SessionInput, Snapshot } from './snapshot';
import { PiecesWatch } from './labels/pieces';
import { listenToPointer } from './view/pointer';
import { Recovery, type Side } from './sync/recovery';
import { Proposals } from './proposals';
import { Renderer, type LabelStyle } from './renderer/renderer';
import { StrokeJournal } from './sync/strokes';
import { ReviewNotes } from './review/reviewNotes';
import { describe } from './sessionState';
import { StackEdits } from './labels/stackEdits';
import { Reach } from './labels/reach';
import { Sync } from './sync/sync';
import { TabLock } from './sync/tabLock';
import { patiently, tickNote } from './sync/tasks';
import { Timeline } from './sync/timeline';
import { makeToolHost } from './tools/toolHost';
import { Toolbox } from './tools/toolbox';
import { Verifier } from './sync/verifier';
import { Viewport } from './view/viewport';
import { Views } from './view/views';
import { ZarrImage } from './image/zarr';

export type { Habits, Note, ProposedObject, SessionDeps, SessionInput, Snapshot } from './snapshot';

export class Session {
  readonly editor: Editor;
  readonly sync: Sync;
  readonly source: SampleSource;
  readonly display: Display;
  readonly toolbox: Toolbox;
  readonly navigator: Navigator;
  readonly pieces: PiecesWatch;
  readonly labelView: LabelView;
  readonly timeline: Timeline;
  readonly notes: ReviewNotes;
  readonly stack: StackEdits;
  readonly proposals: Proposals;
  readonly cursor: KeyboardCursor;
  readonly views: Views;
  private readonly hand: ReturnType<typeof makeToolHost>;
  readonly census: Census;
  private readonly loader: LabelLoader;
  private readonly pagers: LabelPagers;
  private readonly lock: TabLock;
  private readonly recovery: Recovery;
  private readonly strokes: StrokeJournal;
  private readonly verifier: Verifier;
  private readonly listeners = new Set<() => void>();
  private viewport: Viewport | null = null;
  private otherTab = false;
  private note: Note | null = null;
  private shown: Snapshot;
  private disposed = false;

  constructor(input: SessionInput, deps: SessionDeps) {
    const { image, sample } = input;
    this.display = new Display(image, input.histogram, () => {
      this.labelView.refresh();
      this.redraw();
    });
    const zarr = deps.zarr ?? new ZarrImage(deps.fetcher ?? httpFetcher(image.id));
    this.source = new SampleSource(zarr, image, sample.region, this.display.channels.scales);
    this.source.onTile = () => {
      this.viewport?.invalidate();
      this.navigator.tileArrived();
    };
    this.source.onError = () => this.tell('image_failed');
    this.editor = new Editor(this.source.width, this.source.height, {
      operation: (operation) => this.sync.push(operation),
      dirty: (slice, rect) => this.labelsDirty(slice, rect),
      classChanged: (label) => {
        this.labelView.colors.classChanged(label);
        this.census.soon();
      },
      walked: (entry) => this.pieces.walked(entry),
      changed: () => this.changed(),
      hint: (code, values) => this.tell(this.views.because(code), values),
      preview: () => this.redraw(),
    });
    this.editor.image = new ImageReader(
      zarr,
      this.source.intensities.corner,
      this.display.channels,
    );
    this.sync = new Sync(input.annotation, deps.outbox, deps.transport, {
      changed: () => this.saveChanged(),
      conflict: () => void this.reload(),
    });
    this.lock = new TabLock(input.annotation, () => this.putAway());
    this.census = new Census(
      () => this.editor.plane,
      () => this.counted(),
    );
    this.pieces = new PiecesWatch(this.editor, () => this.changed());
    const { frames, depth } = this.source;
    this.labelView = new LabelView(
      {
        ...{ editor: this.editor, census: this.census, display: this.display, frames },
        ...{ classes: input.classes, proposed: input.proposed, layers: input.layers ?? [] },
      },
      () => this.changed(),
    );
    const { transport } = deps;
    const { editor, sync } = this;
    const arrived = (slice: Slice): void => this.labelsArrived(slice);
    const pagers = new LabelPagers(
      { annotation: input.annotation, editor, blocks: deps.blocks ?? httpBlocks, arrived },
      () => sync.pending === 0,
    );
    this.pagers = pagers;
    editor.guard = () => pagers.refusal;
    const { annotation } = input;
    this.loader = new LabelLoader({ annotation, editor, transport, pagers, frames, depth }, () =>
      this.changed(),
    );
    const parts = { annotation, editor, sync, loader: this.loader, log: deps.log ?? httpLog };
    this.recovery = new Recovery(parts, {
      merged: () => this.tell('conflict_merged'),
      asked: () => this.readOnlyChanged(),
    });
    this.timeline = new Timeline(parts, {
      changed: () => this.changed(),
      failed: () => this.tell('history_failed'),
      restored: () => this.reload(),
    });
    this.verifier = new Verifier(parts);
    this.strokes = new StrokeJournal(deps.outbox.database, annotation, editor, (strokes) =>
      this.loader.loadFor(strokes),
    );
    this.toolbox = new Toolbox(editor, {
      changed: () => this.changed(),
      redraw: () => this.viewport?.draw(),
    });
    this.navigator = new Navigator(
      {
        ...{ editor, source: this.source, loader: this.loader, census: this.census },
        viewport: () => this.viewport,
      },
      { leaving: () => this.dropTool(), show: () => this.showSlice() },
    );
    this.notes = new ReviewNotes({
      lookAt: (slice, point) => void this.navigator.lookAt(slice, point),
      redraw: () => this.viewport?.draw(),
      tick: deps.tick ?? tickNote,
    });
    editor.reach = new Reach({ frames, depth }, this.loader.loadPlaces);
    this.stack = new StackEdits({ editor, goTo: (slice) => this.navigator.goTo(slice) });
    this.proposals = new Proposals(input.proposed, {
      ...{ editor, loader: this.loader, changed: () => this.changed() },
      ...{ marks: input.marks, marked: deps.keepMarks },
      show: (place) => this.navigator.lookAt(place.slice, place),
      dimmed: (labels) => this.labelView.setFaint(labels),
    });
    this.views = new Views({
      ...{ editor, toolbox: this.toolbox, display: this.display, labelView: this.labelView },
      ...{ source: this.source, navigator: this.navigator, viewport: () => this.viewport },
      projected: () => this.readOnlyChanged(),
      changed: () => this.redraw(),
    });
    this.hand = makeToolHost(this, {
      active: () => deps.active?.(),
      viewport: () => this.viewport,
      changed: () => this.changed(),
    });
    this.cursor = new KeyboardCursor(this.hand);
    begin(this, input, deps.keepLook);
    this.shown = this.makeSnapshot();
  }

  // --- what the page reads ---

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Snapshot => this.shown;

  get busy(): boolean {
    return this.loader.busy;
  }

  // --- life ---

  /** Load the labels, put waiting operations on them, and begin to send. Another tab that edits the sample puts its work away. */
  async open(): Promise<void> {
    await this.lock.take();
    this.setOtherTab(false);
    await this.load();
    this.strokes.start();
  }

  /** Edit here again, after another tab took over. */
  async takeOver(): Promise<void> {
    this.editor.clear();
    await patiently(() => this.open());
  }

  attach(canvas: HTMLCanvasElement, overlay: HTMLCanvasElement): () => void {
    const plane = { width: this.source.width, height: this.source.height };
    const make = (target: HTMLCanvasElement): Renderer => this.makeRenderer(target);
    const viewport = new Viewport(canvas, overlay, plane, make, () => this.changed());
    viewport.preview = () => this.toolbox.preview;
    viewport.pins = () => this.notes.pins(this.editor.currentSlice);
    viewport.drawn = (area, missing) => {
      if (this.pagers.look(area, missing)) this.changed();
    };
    this.viewport = viewport;
    this.labelView.attach(viewport);
    const stop = listenToPointer(viewport, this.hand);
    const online = (): void => this.sync.kick();
    addEventListener('online', online);
    this.changed();
    return () => {
      stop();
      removeEventListener('online', online);
      viewport.dispose();
      this.viewport = null;
      this.labelView.attach(null);
    };
  }

  dispose(): void {
    this.disposed = true;
    this.editor.outliner?.drop();
    this.views.stop();
    this.editor.commit();
    this.census.stop();
    this.loader.stop();
    this.pagers.stop();
    this.strokes.stop();
    this.lock.free();
    this.listeners.clear();
  }

  // --- commands ---

  get habits(): Habits {
    return habitsOf(this);
  }

  setStyle(change: Partial<LabelStyle>): void {
    this.display.setStyle(change);
  }

  undo(): void {
    this.timeline.undo();
  }

  redo(): void {
    this.timeline.redo();
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
    this.editor.commit();
    await this.sync.settled();
    return this.compare();
  }

  // --- inside ---

  private dropTool(): void {
    this.toolbox.drop();
    this.cursor.drop();
  }

  private makeRenderer(canvas: HTMLCanvasElement): Renderer {
    const { plane, selected } = this.editor;
    const renderer = new Renderer(canvas, plane, this.source, this.display.channels.scales);
    renderer.selected = selected;
    this.display.applyTo(renderer);
    this.labelView.applyTo(renderer);
    return renderer;
  }

  private async load(): Promise<void> {
    await this.recovery.load();
    this.verifier.reset();
    this.showSlice();
    this.toolbox.fitBrush(this.census);
    if (!this.recovery.question) {
      this.sendOn();
      if (await this.strokes.recover()) this.tell('stroke_recovered');
    }
    void this.timeline.open();
    this.navigator.prefetchAround();
    void this.loader.loadRest();
  }

  /** The server has other labels than the screen, or operations that were made elsewhere: load them, ours on top. */
  private async reload(): Promise<void> {
    if (this.disposed) return; // what waits is sent by the next page
    this.editor.commit();
    this.editor.clear();
    await this.loader.counted(() => patiently(() => this.load()));
  }

  private sendOn(): void {
    if (!this.disposed && !this.otherTab) this.sync.resume(this.sync.version);
  }

  private saveChanged(): void {
    if (this.sync.state === 'saved' && this.verifier.isDue) void this.compare();
    this.changed();
  }

  private async compare(): Promise<boolean> {
    if (await this.verifier.compare()) return true;
    await this.reload();
    this.tell('labels_differed');
    return false;
  }

  private showSlice(): void {
    this.pieces.forget();
    this.source.goTo(this.editor.currentSlice);
    this.viewport?.renderer?.forgetImage();
    this.viewport?.renderer?.setPlane(this.editor.plane);
    this.viewport?.draw();
    this.labelView.sliceChanged();
    this.census.soon();
    this.views.readout.refresh();
    this.views.ortho.stale();
    this.changed();
  }

  private labelsArrived(slice: Slice): void {
    if (sliceKey(slice) === sliceKey(this.editor.currentSlice)) this.viewport?.invalidate();
    this.views.ortho.stale();
  }

  private labelsDirty(slice: Slice, rect: Rect): void {
    this.verifier.note(slice, rect);
    if (sliceKey(slice) === sliceKey(this.editor.currentSlice)) this.viewport?.labelsChanged(rect);
    this.census.soon();
    this.views.ortho.stale();
  }

  private counted(): void {
    this.proposals.refresh();
    this.labelView.labelsChanged();
    this.redraw();
  }

  private redraw(): void {
    this.viewport?.draw();
    this.changed();
  }

  private tell(code: Note['code'], values: HintValues = {}): void {
    this.note = { code, values, serial: (this.note?.serial ?? 0) + 1 };
    this.changed();
  }

  /** Another tab takes over: what was drawn here goes to the disk, where it finds it. */
  private async putAway(): Promise<void> {
    this.editor.commit();
    this.setOtherTab(true);
    this.strokes.stop();
    await this.sync.rest();
  }

  private setOtherTab(other: boolean): void {
    this.otherTab = other;
    this.readOnlyChanged();
  }

  private readOnlyChanged(): void {
    this.editor.readOnly =
      this.otherTab || this.recovery.question !== null || this.views.projecting;
    this.changed();
  }

  private changed(): void {
    if (this.disposed) return;
    this.shown = this.makeSnapshot();
    this.showSelection();
    this.views.draw();
    for (const listener of this.listeners) listener();
  }

  private showSelection(): void {
    const renderer = this.viewport?.renderer;
    if (!renderer || renderer.selected === this.editor.selected) return;
    renderer.selected = this.editor.selected;
    this.viewport?.invalidate();
  }

  private makeSnapshot(): Snapshot {
    return describe(this, {
      loading: this.loader.busy || this.pagers.refusal === 'labels_loading',
      zoom: this.viewport?.zoom ?? 1,
      note: this.note,
      otherTab: this.otherTab,
      question: this.recovery.question,
    });
  }
}
