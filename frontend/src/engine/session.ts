/**
 * One sample being annotated: the only object the page talks to. Immutable snapshots go out, commands come in; pixels and pointer
 * events never pass through the page.
 */
import { Census } from './labels/census';
import { Display } from './image/display';
import { Editor } from './labels/editor';
import type { HintValues } from './hints';
import type { Rect } from './geometry';
import { ImageReader } from './image/imageReader';
import { begin, habitsOf } from './habits';
import { httpFetcher, SampleSource } from './image/imageSource';
import { KeyboardCursor } from './view/keyboardCursor';
import { LabelKeeper } from './sync/labelKeeper';
import { LabelView } from './labels/labelView';
import { Navigator } from './view/navigator';
import type { Slice } from './labels/operations';
import type { Habits, Note, SessionDeps, SessionInput, Snapshot } from './snapshot';
import { PiecesWatch } from './labels/pieces';
import type { Side } from './sync/recovery';
import { Proposals } from './proposals';
import type { LabelStyle } from './renderer/renderer';
import { ReviewNotes } from './review/reviewNotes';
import { describe } from './sessionState';
import { Screen } from './view/screen';
import { StackEdits } from './labels/stackEdits';
import { Reach } from './labels/reach';
import type { Sync } from './sync/sync';
import { tickNote } from './sync/tasks';
import type { Timeline } from './sync/timeline';
import { makeToolHost } from './tools/toolHost';
import { Toolbox } from './tools/toolbox';
import type { Viewport } from './view/viewport';
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
  readonly census: Census;
  private readonly hand: ReturnType<typeof makeToolHost>;
  private readonly keeper: LabelKeeper;
  private readonly screen: Screen;
  private readonly listeners = new Set<() => void>();
  private note: Note | null = null;
  private shown: Snapshot;
  private disposed = false;

  constructor(input: SessionInput, deps: SessionDeps) {
    const { image, annotation } = input;
    const changed = (): void => this.changed();
    const viewport = (): Viewport | null => this.screen.viewport;
    this.screen = new Screen(this, {
      changed,
      looked: (area, missing) => this.keeper.pagers.look(area, missing) && this.changed(),
    });
    this.display = new Display(image, input.histogram, () => {
      this.labelView.refresh();
      this.redraw();
    });
    const zarr = deps.zarr ?? new ZarrImage(deps.fetcher ?? httpFetcher(image.id));
    this.source = this.makeSource(zarr, input);
    const { display, source } = this;
    const { frames, depth } = source;
    const editor = (this.editor = this.makeEditor());
    editor.image = new ImageReader(zarr, source.intensities.corner, display.channels);
    this.keeper = this.makeKeeper(annotation, deps);
    this.sync = this.keeper.sync;
    this.timeline = this.keeper.timeline;
    const { loader } = this.keeper;
    const census = (this.census = new Census(
      () => editor.plane,
      () => this.counted(),
    ));
    this.pieces = new PiecesWatch(editor, changed);
    const { classes, proposed, layers = [] } = input;
    const labels = { editor, census, display, frames, classes, proposed, layers };
    const labelView = (this.labelView = new LabelView(labels, changed));
    const toolbox = (this.toolbox = new Toolbox(editor, {
      changed,
      redraw: () => this.screen.draw(),
    }));
    const navigator = (this.navigator = new Navigator(
      { editor, source, loader, census, viewport },
      { leaving: () => this.dropTool(), show: () => this.showSlice() },
    ));
    this.notes = new ReviewNotes({
      lookAt: (slice, point) => void navigator.lookAt(slice, point),
      redraw: () => this.screen.draw(),
      tick: deps.tick ?? tickNote,
    });
    editor.reach = new Reach({ frames, depth }, loader.loadPlaces);
    this.stack = new StackEdits({ editor, goTo: (slice) => navigator.goTo(slice) });
    this.proposals = new Proposals(proposed, {
      ...{ editor, loader, changed, marks: input.marks, marked: deps.keepMarks },
      show: (place) => navigator.lookAt(place.slice, place),
      dimmed: (faint) => labelView.setFaint(faint),
    });
    this.views = new Views({
      ...{ editor, toolbox, display, labelView, source, navigator, viewport },
      projected: () => this.allowed(),
      changed: () => this.redraw(),
    });
    this.hand = makeToolHost(this, { active: () => deps.active?.(), viewport, changed });
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
    return this.keeper.busy;
  }

  // --- life ---

  /** Load the labels, put waiting operations on them, and begin to send. Another tab that edits the sample puts its work away. */
  open(): Promise<void> {
    return this.keeper.open();
  }

  /** Edit here again, after another tab took over. */
  takeOver(): Promise<void> {
    return this.keeper.takeOver();
  }

  attach(canvas: HTMLCanvasElement, overlay: HTMLCanvasElement): () => void {
    const detach = this.screen.attach(canvas, overlay, this.hand);
    const online = (): void => this.sync.kick();
    addEventListener('online', online);
    this.changed();
    return () => {
      removeEventListener('online', online);
      detach();
    };
  }

  dispose(): void {
    this.disposed = true;
    this.editor.outliner?.drop();
    this.views.stop();
    this.editor.commit();
    this.census.stop();
    this.keeper.stop();
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
    this.keeper.showSide(side);
  }

  /** Keep a side of a conflict, and go on. */
  keepSide(side: Side): Promise<void> {
    return this.keeper.keepSide(side);
  }

  /** Everything that was drawn is stored by the server when this resolves. Answers false when the server has other labels than the screen. */
  settle(): Promise<boolean> {
    return this.keeper.settle();
  }

  // --- parts that tell each other ---

  private makeSource(zarr: ZarrImage, { image, sample }: SessionInput): SampleSource {
    const source = new SampleSource(zarr, image, sample.region, this.display.channels.scales);
    source.onTile = () => {
      this.screen.invalidate();
      this.navigator.tileArrived();
    };
    source.onError = () => this.tell('image_failed');
    return source;
  }

  private makeEditor(): Editor {
    return new Editor(this.source.width, this.source.height, {
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
  }

  private makeKeeper(annotation: string, deps: SessionDeps): LabelKeeper {
    const { editor } = this;
    const { frames, depth } = this.source;
    return new LabelKeeper({ annotation, editor, frames, depth }, deps, {
      changed: () => this.changed(),
      arrived: (slice) => {
        this.screen.labelsArrived(slice);
        this.views.ortho.stale();
      },
      loaded: () => {
        this.showSlice();
        this.toolbox.fitBrush(this.census);
        this.navigator.prefetchAround();
      },
      allowed: () => this.allowed(),
      tell: (code) => this.tell(code),
    });
  }

  // --- inside ---

  private dropTool(): void {
    this.toolbox.drop();
    this.cursor.drop();
  }

  private showSlice(): void {
    this.pieces.forget();
    this.source.goTo(this.editor.currentSlice);
    this.screen.showPlane();
    this.labelView.sliceChanged();
    this.census.soon();
    this.views.readout.refresh();
    this.views.ortho.stale();
    this.changed();
  }

  private labelsDirty(slice: Slice, rect: Rect): void {
    this.keeper.verifier.note(slice, rect);
    this.screen.labelsChanged(slice, rect);
    this.census.soon();
    this.views.ortho.stale();
  }

  private counted(): void {
    this.proposals.refresh();
    this.labelView.labelsChanged();
    this.redraw();
  }

  private redraw(): void {
    this.screen.draw();
    this.changed();
  }

  private tell(code: Note['code'], values: HintValues = {}): void {
    this.note = { code, values, serial: (this.note?.serial ?? 0) + 1 };
    this.changed();
  }

  /** The labels may be edited from now on, or not any more. */
  private allowed(): void {
    const { otherTab, question } = this.keeper;
    this.editor.readOnly = otherTab || question !== null || this.views.projecting;
    this.changed();
  }

  private changed(): void {
    if (this.disposed) return;
    this.shown = this.makeSnapshot();
    this.screen.showSelection();
    this.views.draw();
    for (const listener of this.listeners) listener();
  }

  private makeSnapshot(): Snapshot {
    const { loading, otherTab, question } = this.keeper;
    const zoom = this.screen.viewport?.zoom ?? 1;
    return describe(this, { loading, zoom, note: this.note, otherTab, question });
  }
}
