/** Where the person looks: the plane of a stack or movie, the place in it, and how near. */
import type { Census } from './census';
import type { Point } from './geometry';
import type { Editor } from './editor';
import type { SampleSource } from './imageSource';
import type { LabelLoader } from './labelLoader';
import { sliceKey, type Slice } from './operations';
import type { Viewport } from './viewport';

/** Canvas pixels that the radius of a typical cell takes when a place is looked at. */
const LOOKED_AT_PIXELS = 60;

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
    const step = t === current.t ? { t: 0, z: z - current.z } : { t: t - current.t, z: 0 };
    source.prefetch({ t: t + Math.sign(step.t), z: z + Math.sign(step.z) });
  }

  /** Bring a place of the sample to the middle, near enough to see a typical cell there. */
  async lookAt(slice: Slice, point: Point): Promise<void> {
    const { census, viewport } = this.parts;
    await this.goTo(slice);
    viewport()?.focus(point, LOOKED_AT_PIXELS / Math.max(5, census.typicalRadius));
  }
}
