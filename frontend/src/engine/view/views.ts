/** The ways to look at a picture: movie, projection, sections, minimap, and what is under the pointer. */
import type { Display } from '../image/display';
import type { Editor } from '../labels/editor';
import type { HintCode } from '../hints';
import type { LabelView } from '../labels/labelView';
import { Minimap } from './minimap';
import type { Navigator } from './navigator';
import type { Point } from '../geometry';
import type { SampleSource } from '../image/imageSource';
import type { Slice } from '../labels/operations';
import { Ortho } from './ortho';
import { Playback, type PlayAxis, type PlayMode } from './playback';
import { rangeOf, type Projection, type SliceRange } from './projection';
import { Readout } from './readout';
import { levelFor } from '../renderer/view';
import type { SectionScene } from './sectionPane';
import type { Toolbox } from '../tools/toolbox';
import type { Viewport } from './viewport';

/** What goes along from one sample to the next. */
export interface ViewHabits {
  minimap: boolean;
  ortho: boolean;
  fps: number;
  mode: PlayMode;
}

export interface ViewState extends ViewHabits {
  cross: Point;
  /** The minimap is on, and some of the picture out of sight. */
  minimapNeeded: boolean;
  playing: boolean;
  axis: PlayAxis;
  projection: Projection;
  /** The slices that are projected; null when one slice is shown. */
  projected: SliceRange | null;
}

export interface ViewParts {
  source: SampleSource;
  navigator: Navigator;
  viewport(): Viewport | null;
  editor: Editor;
  toolbox: Toolbox;
  display: Display;
  labelView: LabelView;
  /** The projection changed: labels may be edited or not. */
  projected(): void;
  changed(): void;
}

export class Views {
  readonly readout: Readout;
  readonly ortho: Ortho;
  readonly minimap: Minimap;
  readonly playback: Playback;
  private minimapOn = true;

  constructor(private readonly parts: ViewParts) {
    const { source, editor } = parts;
    const slice = (): Slice => editor.currentSlice;
    const { width, height, intensities } = source;
    const shown = (): { view: Viewport['shownView']; size: Viewport['size'] } | null => {
      const viewport = parts.viewport();
      return viewport && { view: viewport.shownView, size: viewport.size };
    };
    this.readout = new Readout({
      ...{ intensities, width, height, labelAt: ({ x, y }) => editor.plane.get(x, y) },
      slices: () => this.shownSlices(),
      isFine: () => levelFor(parts.viewport()?.zoom ?? 1, source.levels.length) === 0,
    });
    this.ortho = new Ortho({
      ...{ source, slice, goTo: (to) => void parts.navigator.goTo(to) },
      scene: () => {
        const view = shown()?.view;
        return view ? { ...this.look(), view } : null;
      },
      changed: () => parts.changed(),
    });
    this.minimap = new Minimap({
      ...{ source, slice, view: shown, contrast: () => parts.display.channels.shown },
      center: (point) => parts.viewport()?.centerOn(point),
    });
    this.playback = new Playback({
      count: (axis) => (axis === 't' ? source.frames : source.depth),
      at: (axis) => slice()[axis],
      go: (axis, index) => void parts.navigator.goTo({ ...slice(), [axis]: index }),
      ready: (axis, index) => parts.navigator.isReady({ ...slice(), [axis]: index }),
      changed: () => parts.changed(),
    });
  }

  get projecting(): boolean {
    return this.parts.source.projection.kind !== 'off';
  }

  get habits(): ViewHabits {
    const { fps, mode } = this.playback;
    return { minimap: this.minimapOn, ortho: this.ortho.on, fps, mode };
  }

  get state(): ViewState {
    const { source } = this.parts;
    const { projection, depth } = source;
    const range = rangeOf(projection, this.parts.editor.currentSlice.z, depth);
    return {
      ...this.habits,
      cross: this.ortho.cross,
      minimapNeeded: this.minimapOn && this.minimap.needed,
      playing: this.playback.playing,
      axis: this.playback.axis,
      projection,
      projected: this.projecting ? range : null,
    };
  }

  /** Begin where the person left off on another sample. */
  restore(habits: ViewHabits): void {
    this.minimapOn = habits.minimap;
    this.ortho.on = habits.ortho && this.ortho.possible;
    this.playback.set(habits);
  }

  /** Show the brightest of many slices; the labels of one cannot be edited on such a picture. */
  project(projection: Projection): void {
    const { source, editor, toolbox } = this.parts;
    editor.commit();
    toolbox.drop();
    source.projection = source.depth > 1 ? projection : { kind: 'off' };
    this.parts.projected();
    this.parts.viewport()?.renderer?.forgetImage();
    this.readout.refresh();
    this.parts.changed();
  }

  /** Why an edit was refused. */
  because(code: HintCode): HintCode | 'projection' {
    return code === 'read_only' && this.projecting ? 'projection' : code;
  }

  /** With what the sections are drawn. */
  private look(): Omit<SectionScene, 'cross' | 'aspect' | 'view'> {
    const { editor, display, labelView } = this.parts;
    const { t } = editor.currentSlice;
    return {
      contrast: display.channels.shown,
      style: display.style,
      labelAt: (x, y, z) => (editor.hasPlane({ t, z }) ? editor.planeAt({ t, z }).get(x, y) : 0),
      colorOf: (label) => labelView.colorOf(label),
    };
  }

  private shownSlices(): Slice[] {
    const { source, editor } = this.parts;
    const { t, z } = editor.currentSlice;
    const { from, to } = rangeOf(source.projection, z, source.depth);
    return Array.from({ length: to - from + 1 }, (_, i) => ({ t, z: from + i }));
  }

  toggleMinimap(): void {
    this.minimapOn = !this.minimapOn;
    this.parts.changed();
  }

  /** Something that is drawn beside the picture may look different now. */
  draw(): void {
    const viewport = this.parts.viewport();
    if (viewport) viewport.sectionCross = this.ortho.on ? this.ortho.cross : null;
    this.ortho.draw();
    this.minimap.draw();
  }

  stop(): void {
    this.playback.stop();
    this.readout.stop();
    this.ortho.stop();
  }
}
