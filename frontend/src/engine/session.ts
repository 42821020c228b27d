/**
 * One sample being annotated: the only object the page talks to. Immutable snapshots go out, commands come in; pixels and pointer
 * events never pass through the page.
 */
import { Census } from './census';
import type { Contrast } from './contrast';
import { Display } from './display';
import { Editor } from './editor';
import type { Rect } from './geometry';
import { httpFetcher, SampleSource } from './imageSource';
import { LabelLoader } from './labelLoader';
import { sliceKey, type Slice } from './operations';
import type { Habits, Note, SessionDeps, SessionInput, Snapshot } from './snapshot';
import { listenToPointer } from './pointer';
import type { Mark } from './renderer/overlay';
import { Renderer, type LabelStyle } from './renderer/renderer';
import { Sync } from './sync';
import { TabLock } from './tabLock';
import { makeTools, type Tool, type ToolName } from './tools';
import { deleteObject } from './tools/delete';
import { Viewport } from './viewport';
import { ZarrImage } from './zarr';

export type { Habits, Note, ProposedObject, SessionDeps, SessionInput, Snapshot } from './snapshot';

const LARGEST_RADIUS = 250;
/** The first brush's radius as a share of the typical cell's. */
const BRUSH_OF_CELL = 0.35;

export class Session {
  readonly editor: Editor;
  readonly sync: Sync;
  readonly source: SampleSource;
  private readonly tools = makeTools();
  readonly display: Display;
  private readonly census: Census;
  private readonly loader: LabelLoader;
  private readonly lock: TabLock;
  private readonly listeners = new Set<() => void>();
  private viewport: Viewport | null = null;
  private toolName: ToolName = 'brush';
  /** The brush has its size, from the cells or from the person. */
  private radiusChosen = false;
  private otherTab = false;
  private note: Note | null = null;
  private unsure: number[] = [];
  private shown: Snapshot;
  private disposed = false;

  constructor(
    private readonly input: SessionInput,
    private readonly deps: SessionDeps,
  ) {
    const { image, sample } = input;
    const classOf = (label: number): number | undefined => this.editor.classes.get(label);
    this.display = new Display(image, input.histogram, input.classes, classOf);
    const zarr = new ZarrImage(deps.fetcher ?? httpFetcher(image.id));
    this.source = new SampleSource(zarr, image, sample.region, this.display.scales);
    this.source.onTile = () => this.viewport?.invalidate();
    this.source.onError = () => this.tell('image_failed');
    this.editor = new Editor(this.source.width, this.source.height, {
      operation: (operation) => this.sync.push(operation),
      dirty: (slice, rect) => this.labelsDirty(slice, rect),
      classChanged: (label) => this.display.classChanged(label),
      changed: () => this.changed(),
      hint: (code) => this.tell(code),
    });
    this.sync = new Sync(input.annotation, deps.outbox, deps.transport, {
      changed: () => this.changed(),
      conflict: () => void this.reload(),
    });
    this.lock = new TabLock(input.annotation, () => this.setOtherTab(true));
    this.census = new Census(
      () => this.editor.plane,
      () => this.counted(),
    );
    const { frames, depth } = this.source;
    const { transport } = deps;
    const { editor, sync } = this;
    const parts = { annotation: input.annotation, editor, sync, transport, frames, depth };
    this.loader = new LabelLoader(parts, () => this.changed());
    this.startClasses();
    this.startHabits();
    this.shown = this.makeSnapshot();
  }

  // --- what the page reads ---

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Snapshot => this.shown;

  get tool(): Tool {
    return this.tools[this.toolName];
  }

  get busy(): boolean {
    return this.loader.busy;
  }

  // --- life ---

  /** Load the labels, put waiting operations on them, and begin to send. */
  async open(): Promise<void> {
    const free = await this.lock.acquire();
    this.setOtherTab(!free);
    await this.load();
    if (free) this.sync.resume(this.sync.version);
  }

  /** Edit here although another tab has the sample open; that tab becomes read-only. */
  async takeOver(): Promise<void> {
    if (!(await this.lock.acquire(true))) return;
    this.setOtherTab(false);
    await this.load();
    this.sync.resume(this.sync.version);
  }

  attach(canvas: HTMLCanvasElement, overlay: HTMLCanvasElement): () => void {
    const plane = { width: this.source.width, height: this.source.height };
    const make = (target: HTMLCanvasElement): Renderer => this.makeRenderer(target);
    const viewport = new Viewport(canvas, overlay, plane, make, () => this.changed());
    viewport.preview = () => this.tool.preview?.(this.editor) ?? null;
    viewport.marks = this.marks();
    this.viewport = viewport;
    const stop = listenToPointer(viewport, this.pointerHost());
    const online = (): void => this.sync.kick();
    addEventListener('online', online);
    this.changed();
    return () => {
      stop();
      removeEventListener('online', online);
      viewport.dispose();
      this.viewport = null;
    };
  }

  dispose(): void {
    this.disposed = true;
    this.editor.commit();
    this.census.stop();
    this.loader.stop();
    this.lock.free();
    this.listeners.clear();
  }

  // --- commands ---

  setTool(name: ToolName): void {
    if (name === this.toolName) return;
    this.tool.cancel?.(this.editor);
    this.toolName = name;
    this.changed();
  }

  get habits(): Habits {
    return { tool: this.toolName, radius: this.editor.radius, style: this.display.style };
  }

  setRadius(radius: number): void {
    this.radiusChosen = true;
    this.editor.radius = Math.min(LARGEST_RADIUS, Math.max(0.5, radius));
    this.changed();
  }

  setContrast(channel: number, change: Partial<Contrast>): void {
    this.display.setContrast(channel, change);
    this.redraw();
  }

  autoContrast(): void {
    this.display.autoContrast();
    this.redraw();
  }

  setStyle(change: Partial<LabelStyle>): void {
    this.display.setStyle(change);
    if (this.viewport) this.viewport.marks = this.marks();
    this.redraw();
  }

  /** Choose the class of new cells, and of the selected one. */
  chooseClass(index: number): void {
    this.editor.activeClass = index;
    if (this.editor.selected) this.editor.setClass(this.editor.selected, index);
    this.changed();
  }

  undo(): void {
    this.editor.undo();
  }

  redo(): void {
    this.editor.redo();
  }

  /** The next stroke begins a new cell, even where it touches the one selected now. */
  newCell(): void {
    this.editor.select(0);
    if (this.toolName !== 'polygon') this.setTool('brush');
  }

  deleteSelected(): void {
    deleteObject(this.editor, this.editor.selected);
  }

  /** Escape: give up what the tool began, else select nothing. */
  cancel(): void {
    const busy = this.editor.isDrawing || this.tool.preview?.(this.editor)?.kind === 'path';
    this.tool.cancel?.(this.editor);
    if (!busy) this.editor.select(0);
    this.viewport?.draw();
  }

  /** Enter and Backspace, for the tool; false when it has no use for them. */
  toolKey(key: 'confirm' | 'back'): boolean {
    const used = this.tool.key?.(this.editor, key) ?? false;
    this.viewport?.draw();
    return used;
  }

  zoomBy(factor: number): void {
    this.viewport?.zoomBy(factor);
  }

  fit(): void {
    this.viewport?.fit();
  }

  actualSize(): void {
    this.viewport?.zoomTo(1);
  }

  pan(dx: number, dy: number): void {
    this.viewport?.pan(dx, dy);
  }

  async goTo(slice: Slice): Promise<void> {
    const { frames, depth } = this.source;
    const t = Math.min(frames - 1, Math.max(0, slice.t));
    const z = Math.min(depth - 1, Math.max(0, slice.z));
    const current = this.editor.currentSlice;
    if (t === current.t && z === current.z) return;
    this.tool.cancel?.(this.editor);
    this.editor.goTo({ t, z });
    this.showSlice();
    await this.loader.loadSlice({ t, z });
    if (sliceKey({ t, z }) === sliceKey(this.editor.currentSlice)) this.showSlice();
    const step = t === current.t ? { t: 0, z: z - current.z } : { t: t - current.t, z: 0 };
    this.source.prefetch({ t: t + Math.sign(step.t), z: z + Math.sign(step.z) });
  }

  /** Show the proposed outlines that the model is least sure of, one after another. */
  nextUnsure(): void {
    if (this.unsure.length === 0) {
      this.unsure = this.input.proposed
        .filter(
          (object) => typeof object.confidence === 'number' && this.census.objects.has(object.id),
        )
        .sort((a, b) => a.confidence! - b.confidence!)
        .map((object) => object.id);
    }
    const id = this.unsure.shift();
    const place = id === undefined ? undefined : this.census.objects.get(id);
    if (!place) return;
    this.editor.select(place.id);
    this.viewport?.focus(place, 4 * Math.max(1, 20 / Math.sqrt(place.area)));
  }

  /** Everything that was drawn is stored by the server when this resolves. */
  async settle(): Promise<void> {
    this.editor.commit();
    await this.sync.settled();
  }

  // --- inside ---

  private pointerHost(): Parameters<typeof listenToPointer>[1] {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- getters below need the session
    const session = this;
    return {
      editor: this.editor,
      get tool() {
        return session.tool;
      },
      get busy() {
        return session.busy;
      },
      active: () => this.deps.active?.(),
      setRadius: (radius) => this.setRadius(radius),
    };
  }

  private makeRenderer(canvas: HTMLCanvasElement): Renderer {
    const { plane, selected } = this.editor;
    const renderer = new Renderer(canvas, plane, this.source, this.display.scales);
    renderer.selected = selected;
    this.display.applyTo(renderer);
    return renderer;
  }

  private startClasses(): void {
    const { classes, objectClasses, proposed } = this.input;
    for (const [id, index] of Object.entries(objectClasses)) {
      this.editor.classes.set(Number(id), index);
      this.editor.reserve(Number(id));
    }
    for (const { id } of proposed) this.editor.reserve(id);
    this.editor.activeClass = classes[0]?.index ?? null;
  }

  private startHabits(): void {
    const { habits } = this.input;
    this.radiusChosen = habits !== undefined;
    if (habits) {
      this.toolName = habits.tool;
      this.editor.radius = habits.radius;
      this.display.setStyle(habits.style);
    }
    // Most of a stack's cells are in its middle.
    this.editor.goTo({ t: 0, z: Math.floor(this.source.depth / 2) });
    this.source.goTo(this.editor.currentSlice);
  }

  private async load(): Promise<void> {
    await this.loader.load();
    this.showSlice();
    this.fitBrush();
    void this.loader.loadRest();
  }

  /** The first brush suits the cells that are there; never changed under the person's hand. */
  private fitBrush(): void {
    if (this.radiusChosen) return;
    this.radiusChosen = true;
    this.census.now();
    const typical = this.census.typicalRadius;
    if (typical === 0) return;
    this.editor.radius = Math.min(20, Math.max(1, Math.round(typical * BRUSH_OF_CELL)));
    this.changed();
  }

  /** Somebody else's operations came first: take theirs, put ours on top, go on. */
  private async reload(): Promise<void> {
    if (this.disposed) return; // what waits is sent by the next page
    this.editor.commit();
    this.editor.clear();
    await this.load();
    this.tell('conflict_resolved');
    this.sync.resume(this.sync.version);
  }

  private showSlice(): void {
    this.source.goTo(this.editor.currentSlice);
    this.viewport?.renderer?.forgetImage();
    this.viewport?.renderer?.setPlane(this.editor.plane);
    this.viewport?.draw();
    this.census.soon();
    this.changed();
  }

  private labelsDirty(slice: Slice, rect: Rect): void {
    if (sliceKey(slice) === sliceKey(this.editor.currentSlice)) this.viewport?.labelsChanged(rect);
    this.census.soon();
  }

  private counted(): void {
    if (this.viewport) this.viewport.marks = this.marks();
    this.redraw();
  }

  private redraw(): void {
    this.viewport?.draw();
    this.changed();
  }

  /** The keys of the classes on their cells, so that colour is not the only sign. */
  private marks(): Mark[] {
    if (!this.display.byClass || !this.display.style.visible) return [];
    const keys = new Map(this.input.classes.map((entry) => [entry.index, entry.key || entry.name]));
    return [...this.census.objects.values()].map(({ id, x, y, area }) => {
      const index = this.editor.classes.get(id);
      return { x, y, area, text: (index !== undefined && keys.get(index)) || '?' };
    });
  }

  private tell(code: Note['code']): void {
    this.note = { code, serial: (this.note?.serial ?? 0) + 1 };
    this.changed();
  }

  private setOtherTab(other: boolean): void {
    this.otherTab = other;
    this.editor.readOnly = other;
    if (other) this.sync.hold();
    this.changed();
  }

  private changed(): void {
    if (this.disposed) return;
    this.shown = this.makeSnapshot();
    this.showSelection();
    for (const listener of this.listeners) listener();
  }

  private showSelection(): void {
    const renderer = this.viewport?.renderer;
    if (!renderer || renderer.selected === this.editor.selected) return;
    renderer.selected = this.editor.selected;
    this.viewport?.invalidate();
  }

  private makeSnapshot(): Snapshot {
    const { editor, sync, source, display, census } = this;
    return {
      tool: this.toolName,
      radius: editor.radius,
      selected: editor.selected,
      selectedClass: editor.classes.get(editor.selected) ?? null,
      activeClass: editor.activeClass,
      canUndo: editor.history.canUndo,
      canRedo: editor.history.canRedo,
      contrast: display.contrast,
      style: display.style,
      slice: editor.currentSlice,
      frames: source.frames,
      depth: source.depth,
      loading: this.loader.busy,
      objects: census.objects.size,
      classCounts: census.byClass((label) => editor.classes.get(label)),
      save: sync.state,
      saveDetail: sync.detail,
      pending: sync.kept,
      durable: sync.durable,
      zoom: this.viewport?.zoom ?? 1,
      note: this.note,
      otherTab: this.otherTab,
    };
  }
}
