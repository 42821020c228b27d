/** Edits that reach over planes: copies to a neighbour, cells between two planes. Planes that are not there yet are loaded first. */
import type { Editor } from './editor';
import type { Rect, Span } from '../geometry';
import { boxesOf, hasObject, objectSpans, type LabelPlane, type Transaction } from './labels';
import type { Slice } from './operations';
import { interpolateSpans } from '../pixels/interpolate';
import { boxOf } from '../pixels/mask';
import { SLOW_MS } from './reach';

/** How far away the other plane of a cell is looked for. */
const FARTHEST = 32;

export interface StackParts {
  editor: Editor;
  goTo: (slice: Slice) => Promise<void>;
}

/** Spans that go onto a plane. */
interface Layer {
  slice: Slice;
  label: number;
  spans: readonly Span[];
}

export class StackEdits {
  /** One at a time: a second key press must not do it twice. */
  private busy = false;

  constructor(private readonly parts: StackParts) {}

  /** Copy the selected cell, or all cells, to a neighbouring plane, and go there. */
  async copy(step: { dt: number; dz: number }, which: 'selected' | 'all'): Promise<void> {
    const { editor } = this.parts;
    const from = editor.currentSlice;
    const to = { t: from.t + step.dt, z: from.z + step.dz };
    const { selected } = editor;
    if (which === 'selected' && !(selected && hasObject(editor.plane, selected))) {
      editor.hint('copy_select_first');
      return;
    }
    if (!this.exists(to)) {
      editor.hint('no_plane_there');
      return;
    }
    const labels = which === 'selected' ? [selected] : [...editor.plane.table.objects.keys()];
    await this.once(async () => {
      const source = editor.planeAt(from);
      const boxes = boxesOf(source, labels);
      if (!(await this.areHere([from, to], () => boxes))) return;
      const target = editor.planeAt(to);
      const fresh = labels.filter((label) => !hasObject(target, label));
      const layers = fresh.map((label) => ({
        ...{ slice: to, label },
        spans: objectSpans(source, label).spans,
      }));
      await this.parts.goTo(to);
      this.write(layers, labels.length - fresh.length);
    });
  }

  /** Fill the planes between the nearest two that have the selected cell; from a plane that has it, to both sides. */
  async interpolate(): Promise<void> {
    const { editor } = this.parts;
    const label = editor.selected;
    if (!label) {
      editor.hint('interpolate_select_first');
      return;
    }
    const here = editor.currentSlice;
    await this.once(async () => {
      const below = await this.nearest(label, here, -1);
      const above = await this.nearest(label, here, 1);
      if (below === 'failed' || above === 'failed') return;
      const own = hasObject(editor.planeAt(here), label) ? here : null;
      const gaps = own ? [[below, own] as const, [own, above] as const] : [[below, above] as const];
      const filled = gaps.flatMap(([a, b]) => (a && b ? [[a, b] as const] : []));
      const layers = filled.flatMap(([a, b]) => this.between(label, a, b));
      const boxes = layers.map(({ spans }) => boxOf(spans));
      const slices = layers.map(({ slice }) => slice);
      if (!(await this.areHere(slices, () => boxes))) return;
      if (layers.length === 0) editor.hint('interpolate_nothing');
      else this.write(layers, 0);
    });
  }

  /** Along z in a stack, along t in a movie. */
  private step(slice: Slice, by: number): Slice {
    const { depth } = this.parts.editor.reach.extent;
    return depth > 1 ? { ...slice, z: slice.z + by } : { ...slice, t: slice.t + by };
  }

  private exists({ t, z }: Slice): boolean {
    const { frames, depth } = this.parts.editor.reach.extent;
    return t >= 0 && z >= 0 && t < frames && z < depth;
  }

  /** The nearest plane on one side that has the cell; null when there is none within reach. */
  private async nearest(
    label: number,
    here: Slice,
    side: 1 | -1,
  ): Promise<Slice | null | 'failed'> {
    const { editor } = this.parts;
    for (let by = 1; by <= FARTHEST; by++) {
      const slice = this.step(here, side * by);
      if (!this.exists(slice)) return null;
      if (!(await this.areHere([slice], (plane) => boxesOf(plane, [label])))) return 'failed';
      if (hasObject(editor.planeAt(slice), label)) return slice;
    }
    return null;
  }

  private between(label: number, a: Slice, b: Slice): Layer[] {
    const { editor } = this.parts;
    const [from, to] = [a, b].map((slice) => objectSpans(editor.planeAt(slice), label).spans);
    const count = Math.abs(b.z - a.z) + Math.abs(b.t - a.t);
    return Array.from({ length: count - 1 }, (_, i) => ({
      ...{ slice: this.step(a, i + 1), label },
      spans: interpolateSpans(from!, to!, (i + 1) / count),
    }));
  }

  /** Put layers on background, in one step of undo, and tell what other cells kept. */
  private write(layers: readonly Layer[], there: number): void {
    const { editor } = this.parts;
    if (!editor.begin()) return;
    const kept = layers.filter((layer) => !writeLayer(editor.also(layer.slice), layer)).length;
    editor.commit(null);
    const [first] = layers;
    if (first && layers.every(({ label }) => label === first.label)) editor.select(first.label);
    if (there + kept > 0) editor.hint('left_out', { there, kept });
  }

  /** Wait for the labels of planes; false, and told, when they cannot be had. */
  private async areHere(
    slices: readonly Slice[],
    places: (plane: LabelPlane) => readonly Rect[],
  ): Promise<boolean> {
    const { editor } = this.parts;
    const slow = setTimeout(() => editor.hint('planes_loading'), SLOW_MS);
    try {
      for (const slice of slices) await editor.reach.load(slice, places);
      return true;
    } catch {
      editor.hint('planes_failed');
      return false;
    } finally {
      clearTimeout(slow);
    }
  }

  private async once(act: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await act();
    } finally {
      this.busy = false;
    }
  }
}

/** True when every pixel could be written; other cells keep theirs. */
function writeLayer(transaction: Transaction, { label, spans }: Layer): boolean {
  let whole = true;
  for (const [y, x0, x1] of spans) {
    transaction.span(y, x0, x1, label, (old) => {
      whole &&= old === 0 || old === label;
      return old === 0;
    });
  }
  return whole;
}
