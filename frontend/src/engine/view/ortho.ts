/** Orthogonal views: the cross in a stack, and the sections through it. */
import type { Point } from '../geometry';
import type { SampleSource } from '../image/imageSource';
import type { Slice } from '../labels/operations';
import { SectionPane, type SectionScene } from './sectionPane';
import { depthAspect, sectionLevel, type SectionAxis } from './sections';

export interface OrthoParts {
  source: SampleSource;
  slice(): Slice;
  goTo(slice: Slice): void;
  /** What the sections are drawn with now; null while nothing is on the screen. */
  scene(): Omit<SectionScene, 'cross' | 'aspect'> | null;
  changed(): void;
}

export class Ortho {
  on = false;
  /** The column and row that the sections go through. */
  cross: Point;
  private readonly panes = new Map<SectionAxis, SectionPane>();
  private frame = 0;

  constructor(private readonly parts: OrthoParts) {
    const { width, height } = parts.source;
    this.cross = { x: width >> 1, y: height >> 1 };
  }

  get possible(): boolean {
    return this.parts.source.depth > 1;
  }

  /** The file says how far apart the slices are. */
  get calibrated(): boolean {
    const size = this.parts.source.pixelSize;
    return Boolean(size?.z && size.x);
  }

  toggle(): void {
    this.on = !this.on && this.possible;
    this.parts.changed();
  }

  moveTo(place: Partial<Point & { z: number }>): void {
    const { source } = this.parts;
    const clamp = (value: number, count: number): number =>
      Math.min(count - 1, Math.max(0, Math.round(value)));
    this.cross = {
      x: clamp(place.x ?? this.cross.x, source.width),
      y: clamp(place.y ?? this.cross.y, source.height),
    };
    const { t } = this.parts.slice();
    if (place.z !== undefined) this.parts.goTo({ t, z: clamp(place.z, source.depth) });
    this.parts.changed();
  }

  /** Draw a section on a canvas, and let the pointer on it move the cross. */
  attach(axis: SectionAxis, canvas: HTMLCanvasElement): () => void {
    const { intensities } = this.parts.source;
    const pane = new SectionPane(axis, canvas, intensities, () => this.draw());
    this.panes.set(axis, pane);
    const listening = new AbortController();
    const { signal } = listening;
    const follow = (event: PointerEvent): void => {
      if (event.type === 'pointerdown') canvas.setPointerCapture(event.pointerId);
      else if (event.buttons === 0) return;
      this.follow(pane, { x: event.offsetX, y: event.offsetY });
    };
    canvas.addEventListener('pointerdown', follow, { signal });
    canvas.addEventListener('pointermove', follow, { signal });
    const observer = new ResizeObserver(() => this.draw());
    observer.observe(canvas);
    this.draw();
    return () => {
      listening.abort();
      observer.disconnect();
      this.panes.delete(axis);
    };
  }

  /** Labels or their style changed. */
  stale(): void {
    for (const pane of this.panes.values()) pane.stale();
    this.draw();
  }

  /** Draw the sections at the next frame, and load what they lack. */
  draw(): void {
    if (!this.on || this.panes.size === 0) return;
    this.frame ||= requestAnimationFrame(() => this.drawNow());
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
    this.panes.clear();
  }

  private drawNow(): void {
    this.frame = 0;
    const scene = this.scene();
    if (!scene) return;
    for (const pane of this.panes.values()) {
      this.load(pane);
      pane.draw(scene);
    }
  }

  private load(pane: SectionPane): void {
    const { source } = this.parts;
    const { depth, channels, levels } = source;
    const level = sectionLevel(source, depth * channels, levels.length);
    const at = pane.axis === 'xz' ? this.cross.y : this.cross.x;
    const { t } = this.parts.slice();
    pane.load({ axis: pane.axis, t, at, level, size: levels[level]!, depth });
  }

  private scene(): SectionScene | null {
    const scene = this.parts.scene();
    const { z } = this.parts.slice();
    const aspect = depthAspect(this.parts.source.pixelSize);
    return scene && { ...scene, cross: { ...this.cross, z }, aspect };
  }

  private follow(pane: SectionPane, point: Point): void {
    const scene = this.scene();
    const place = scene && pane.placeUnder(point, scene);
    if (!place) return;
    const { along, z } = place;
    this.moveTo(pane.axis === 'xz' ? { x: along, z } : { y: along, z });
  }
}
