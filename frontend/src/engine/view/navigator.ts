/** Where the person looks: the plane of a stack or movie, the place in it, and how near. */
import type { Census } from '../labels/census';
import type { Point } from '../geometry';
import type { Editor } from '../labels/editor';
import type { SampleSource } from '../image/imageSource';
import type { LabelLoader } from '../labels/labelLoader';
import { sliceKey, type Slice } from '../labels/operations';
import type { Tile } from '../renderer/pages';
import type { Viewport } from './viewport';

/** Canvas pixels that the radius of a typical cell takes when a place is looked at. */
const LOOKED_AT_PIXELS = 60;
/** Tiles of a neighbouring plane that are loaded before anybody asks for them. */
const MOST_PREFETCHED = 6;

export interface NavigatorParts {
  editor: Editor;
  source: SampleSource;
  loader: LabelLoader;
  census: Census;
  viewport: () => Viewport | null;
}

export interface NavigatorEvents {
  /** The plane on the screen is about to be left. */
  leaving(): void;
  /** Another plane, or newly loaded labels, must be shown. */
  show(): void;
}

export class Navigator {
  /** From where the person came to a plane whose picture is not whole yet. */
  private waiting: Slice | null = null;

  constructor(
    private readonly parts: NavigatorParts,
    private readonly events: NavigatorEvents,
  ) {}

  zoomBy(factor: number): void {
    this.parts.viewport()?.zoomBy(factor);
  }

  fit(): void {
    this.parts.viewport()?.fit();
  }

  actualSize(): void {
    this.parts.viewport()?.zoomTo(1);
  }

  pan(dx: number, dy: number): void {
    this.parts.viewport()?.pan(dx, dy);
  }

  async goTo(slice: Slice): Promise<void> {
    const { editor, source, loader } = this.parts;
    const t = Math.min(source.frames - 1, Math.max(0, slice.t));
    const z = Math.min(source.depth - 1, Math.max(0, slice.z));
    const current = editor.currentSlice;
    if (t === current.t && z === current.z) return;
    this.events.leaving();
    editor.goTo({ t, z });
    this.events.show();
    await loader.loadSlice({ t, z });
    if (sliceKey({ t, z }) === sliceKey(editor.currentSlice)) this.events.show();
    this.prefetchAround(current);
  }

  /** On to the next slices of a stack, or frames of a movie. */
  step(count: number): void {
    const { source, editor } = this.parts;
    const { t, z } = editor.currentSlice;
    void this.goTo(source.depth > 1 ? { t, z: z + count } : { t: t + count, z });
  }

  /** The picture of a plane is there, as large as it is looked at now; else it is loaded. */
  isReady(slice: Slice): boolean {
    const tiles = this.neededTiles();
    this.parts.source.prefetch(slice, tiles);
    return this.parts.source.isLoaded(slice, tiles);
  }

  /** Load the planes around the one on the screen, the way the person goes first. */
  prefetchAround(from: Slice = this.parts.editor.currentSlice): void {
    const { source, editor } = this.parts;
    const { t, z } = editor.currentSlice;
    const tiles = this.neededTiles();
    this.waiting = source.isLoaded({ t, z }, tiles) ? null : from;
    if (this.waiting) return;
    const [dt, dz] = [Math.sign(t - from.t) || 1, Math.sign(z - from.z) || 1];
    source.prefetch({ t: t + dt, z }, tiles);
    source.prefetch({ t, z: z + dz }, tiles);
    source.prefetch({ t: t - dt, z }, tiles);
    source.prefetch({ t, z: z - dz }, tiles);
  }

  /** A tile of the plane on the screen arrived: its neighbours come when it is whole. */
  tileArrived(): void {
    if (this.waiting) this.prefetchAround(this.waiting);
  }

  /** What another plane needs to be shown; of large views the stopgap only. */
  private neededTiles(): Tile[] {
    const renderer = this.parts.viewport()?.renderer;
    if (!renderer) return [];
    const { stopgap, wanted } = renderer.neededTiles() ?? { stopgap: [], wanted: [] };
    return wanted.length > MOST_PREFETCHED ? stopgap : [...stopgap, ...wanted];
  }

  /** Bring a place of the sample to the middle, near enough to see a typical cell there. */
  async lookAt(slice: Slice, point: Point): Promise<void> {
    const { census, viewport } = this.parts;
    await this.goTo(slice);
    viewport()?.focus(point, LOOKED_AT_PIXELS / Math.max(5, census.typicalRadius));
  }
}
