/** Which colour each cell has: by id, class, the model's confidence, or who drew it. */
import type { LabelClass } from '../../api/types';
import { parseColor } from '../image/contrast';
import type { Look } from '../renderer/lut';
import { colorOfLabel, colorOfShare, type Rgb } from '../renderer/palette';
import type { Renderer } from '../renderer/renderer';
import type { ProposedObject } from '../snapshot';

export const COLOR_MODES = ['id', 'class', 'confidence', 'uncertainty', 'origin'] as const;
export type ColorMode = (typeof COLOR_MODES)[number];

/** Of cells about which nothing is known in a mode, apart from the grey of pictures. */
const UNKNOWN: Rgb = [214, 190, 255];
/** Of cells that may go. */
const FAINT: Rgb = [92, 96, 104];
const BY_MODEL: Rgb = [86, 180, 233];
const BY_PERSON: Rgb = [255, 160, 60];

/** Entropy of a confidence in bits: 0 where the model is sure either way, 1 at a half. */
export function entropyOf(confidence: number): number {
  const p = Math.min(1, Math.max(0, confidence));
  const part = (q: number): number => (q > 0 ? -q * Math.log2(q) : 0);
  return part(p) + part(1 - p);
}

export class LabelColors {
  mode: ColorMode;
  /** Cells that the person does not want to see for now. */
  private readonly hidden = new Set<number>();
  private faint: ReadonlySet<number> = new Set();
  private renderer: Renderer | null = null;
  private readonly confidences: ReadonlyMap<number, number>;

  constructor(
    private readonly classes: readonly LabelClass[],
    private readonly classOf: ReadonlyMap<number, number>,
    private readonly proposed: readonly ProposedObject[],
  ) {
    const sure = proposed.flatMap(({ id, confidence }): [number, number][] =>
      typeof confidence === 'number' ? [[id, confidence]] : [],
    );
    this.confidences = new Map(sure);
    this.mode = this.byDefault;
  }

  /** With several classes a cell has its class' colour, else one of its own. */
  get byDefault(): ColorMode {
    return this.classes.length > 1 ? 'class' : 'id';
  }

  /** The modes that something is known for. */
  get modes(): ColorMode[] {
    const known: Record<ColorMode, boolean> = {
      id: true,
      class: this.classes.length > 0,
      confidence: this.confidences.size > 0,
      uncertainty: this.confidences.size > 0,
      origin: this.proposed.length > 0,
    };
    return COLOR_MODES.filter((mode) => known[mode]);
  }

  /** From now on the renderer shows these colours. */
  applyTo(renderer: Renderer): void {
    this.renderer = renderer;
    this.showAll();
  }

  /** Answers false for a mode that nothing is known for. */
  choose(mode: ColorMode): boolean {
    if (!this.modes.includes(mode)) return false;
    this.mode = mode;
    this.showAll();
    return true;
  }

  classChanged(label: number): void {
    if (this.mode === 'class') this.renderer?.setLook(label, this.lookOf(label));
  }

  get hiddenCount(): number {
    return this.hidden.size;
  }

  hide(label: number): void {
    this.hidden.add(label);
    this.renderer?.setLook(label, 'hidden');
  }

  /** Show the cells again that were hidden. */
  reveal(): void {
    const hidden = [...this.hidden];
    this.hidden.clear();
    for (const label of hidden) this.renderer?.setLook(label, this.lookOf(label));
  }

  /** Show some cells faintly, and those that were faint before as they are. */
  setFaint(labels: ReadonlySet<number>): void {
    const before = this.faint;
    this.faint = labels;
    for (const label of new Set([...before, ...labels])) {
      if (before.has(label) !== labels.has(label)) {
        this.renderer?.setLook(label, this.lookOf(label));
      }
    }
  }

  private lookOf(label: number): Look | null {
    if (this.hidden.has(label)) return 'hidden';
    return this.faint.has(label) ? FAINT : this.colorOf(label);
  }

  /** The colour of a cell; null for that of all without one. */
  colorOf(label: number): Rgb | null {
    switch (this.mode) {
      case 'id':
        return null;
      case 'class':
        return this.colorOfClass(this.classOf.get(label));
      case 'origin':
        return this.proposed.some(({ id }) => id === label) ? BY_MODEL : null;
      case 'confidence': {
        const confidence = this.confidences.get(label);
        return confidence === undefined ? null : colorOfShare(confidence);
      }
      case 'uncertainty': {
        const confidence = this.confidences.get(label);
        return confidence === undefined ? null : colorOfShare(1 - entropyOf(confidence));
      }
    }
  }

  /** The colour that is on the screen; null for a cell that is hidden. */
  shownColorOf(label: number): Rgb | null {
    if (this.hidden.has(label)) return null;
    return this.colorOf(label) ?? this.colorOfRest ?? colorOfLabel(label);
  }

  /** Of cells without a colour of their own; null where each has one by its id. */
  private get colorOfRest(): Rgb | null {
    if (this.mode === 'id') return null;
    return this.mode === 'origin' ? BY_PERSON : UNKNOWN;
  }

  private colorOfClass(index: number | undefined): Rgb | null {
    const found = this.classes.find((entry) => entry.index === index);
    if (!found) return null;
    const [r, g, b] = parseColor(found.color);
    return [r * 255, g * 255, b * 255];
  }

  private showAll(): void {
    if (!this.renderer) return;
    const labels = this.mode === 'class' ? this.classOf.keys() : this.proposed.map(({ id }) => id);
    const looks = new Map<number, Look>();
    for (const label of labels) {
      const color = this.colorOf(label);
      if (color) looks.set(label, color);
    }
    for (const label of this.faint) looks.set(label, FAINT);
    for (const label of this.hidden) looks.set(label, 'hidden');
    this.renderer.setLooks(looks, this.colorOfRest);
  }
}
