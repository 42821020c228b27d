/** How the labels on the screen are told apart, and what is laid over them: colours, hidden cells, layers, tails, class keys. */
import type { LabelClass } from '../../api/types';
import type { Census } from './census';
import type { Display } from '../image/display';
import type { Editor } from './editor';
import { LabelColors, type ColorMode } from './labelColors';
import type { Composite } from '../overlays/composite';
import { Layers, type LayerSource, type LayersView } from '../overlays/layers';
import { tailsAt, type Tail } from '../overlays/tracks';
import type { Mark } from '../renderer/overlay';
import type { Rgb } from '../renderer/palette';
import type { Renderer } from '../renderer/renderer';
import type { ProposedObject } from '../snapshot';
import type { Viewport } from '../view/viewport';

export interface LabelViewParts {
  editor: Editor;
  census: Census;
  display: Display;
  frames: number;
  classes: readonly LabelClass[];
  proposed: readonly ProposedObject[];
  layers: readonly LayerSource[];
}

export interface LabelViewState {
  colors: ColorMode;
  colorModes: readonly ColorMode[];
  /** Cells hidden one by one. */
  hidden: number;
  layers: LayersView;
  tailLength: number;
}

export class LabelView {
  readonly colors: LabelColors;
  readonly layers: Layers;
  /** Frames that the tails of tracked cells go back. */
  tailLength = 0;
  private viewport: Viewport | null = null;
  private composite: Composite | null = null;

  constructor(
    private readonly parts: LabelViewParts,
    private readonly changed: () => void,
  ) {
    const { editor, classes, proposed } = parts;
    this.colors = new LabelColors(classes, editor.classes, proposed);
    const host = {
      plane: () => editor.plane,
      slice: () => editor.currentSlice,
      show: (composite: Composite | null) => this.showLayers(composite),
      changed,
    };
    this.layers = new Layers(host, parts.layers);
  }

  get state(): LabelViewState {
    const { colors, layers, tailLength } = this;
    const { mode, modes, hiddenCount } = colors;
    return {
      colors: mode,
      colorModes: modes,
      hidden: hiddenCount,
      layers: layers.view,
      tailLength,
    };
  }

  attach(viewport: Viewport | null): void {
    this.viewport = viewport;
    this.refresh();
  }

  applyTo(renderer: Renderer): void {
    this.colors.applyTo(renderer);
    renderer.setLayers(this.composite);
  }

  setColors(mode: ColorMode): void {
    this.colors.choose(mode);
    this.redraw();
  }

  /** Hide the selected cell until `reveal`. */
  hideSelected(): void {
    const { editor } = this.parts;
    if (!editor.selected) return;
    this.colors.hide(editor.selected);
    editor.select(0);
    this.redraw();
  }

  reveal(): void {
    this.colors.reveal();
    this.redraw();
  }

  /** Show some cells faintly, those that may go. */
  setFaint(labels: ReadonlySet<number>): void {
    this.colors.setFaint(labels);
    this.redraw();
  }

  setTailLength(frames: number): void {
    this.tailLength = frames;
    this.redraw();
  }

  /** The colour in which a cell is drawn; null where it is hidden. */
  colorOf(label: number): Rgb | null {
    const { editor, display } = this.parts;
    if (display.style.onlySelected && label !== editor.selected) return null;
    return this.colors.shownColorOf(label);
  }

  /** Another plane is on the screen. */
  sliceChanged(): void {
    this.layers.sliceChanged();
    this.refresh();
  }

  /** Cells came, went or moved. */
  labelsChanged(): void {
    this.layers.labelsChanged();
    this.refresh();
  }

  /** Work out anew what is drawn over the picture. */
  refresh(): void {
    if (!this.viewport) return;
    this.viewport.marks = this.marks();
    this.viewport.tails = this.tails();
    this.viewport.draw();
  }

  private redraw(): void {
    this.refresh();
    this.changed();
  }

  private showLayers(composite: Composite | null): void {
    this.composite = composite;
    this.viewport?.renderer?.setLayers(composite);
    this.viewport?.draw();
  }

  /** The keys of the classes on their cells, so that colour is not the only sign. */
  private marks(): Mark[] {
    const { classes, editor, census, display } = this.parts;
    if (this.colors.mode !== 'class' || classes.length < 2 || !display.style.visible) return [];
    const keys = new Map(classes.map((entry) => [entry.index, entry.key || entry.name]));
    return [...census.objects.values()].map(({ id, x, y, area }) => {
      const index = editor.classes.get(id);
      return { x, y, area, text: (index !== undefined && keys.get(index)) || '?' };
    });
  }

  private tails(): Tail[] {
    const { editor, frames, display } = this.parts;
    const { t, z } = editor.currentSlice;
    if (this.tailLength === 0 || frames < 2 || !display.style.visible) return [];
    return tailsAt(t, this.tailLength, (frame) => {
      const slice = { t: frame, z };
      return editor.hasPlane(slice) ? editor.planeAt(slice).table.objects : null;
    });
  }
}
