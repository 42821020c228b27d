/** Split: cut a cell in two by a straight line. */
import type { Editor } from '../editor';
import type { Point } from '../geometry';
import { objectSpans } from '../labels';
import { linePixels } from '../raster';
import type { Pointer, Preview, Tool } from './tool';

/** Drag a line across a cell: what lies beyond the line, on its smaller side, becomes a cell of its own. */
export class Split implements Tool {
  readonly name = 'split';
  private from: Point | null = null;
  private to: Point | null = null;

  down(_editor: Editor, pointer: Pointer): void {
    this.from = this.to = { x: pointer.x, y: pointer.y };
  }

  move(_editor: Editor, pointer: Pointer, pressed: boolean): void {
    if (pressed && this.from) this.to = { x: pointer.x, y: pointer.y };
  }

  up(editor: Editor, pointer: Pointer): void {
    const from = this.from;
    this.cancel();
    if (from) this.cut(editor, from, pointer);
  }

  cancel(): void {
    this.from = this.to = null;
  }

  preview(): Preview | null {
    return this.from && this.to ? { kind: 'line', from: this.from, to: this.to } : null;
  }

  private cut(editor: Editor, from: Point, to: Point): void {
    const label = mostCrossed(editor, from, to);
    const sides = label ? sidesOf(editor, label, from, to) : null;
    if (!sides) {
      editor.hint('split_missed');
      return;
    }
    const transaction = editor.begin();
    if (!transaction) return;
    const fresh = editor.newLabel();
    for (const { x, y } of sides.smaller) transaction.span(y, x, x + 1, fresh);
    editor.commit(editor.classes.get(label) ?? null);
    editor.select(fresh);
  }
}

/** The object that most pixels of a line lie on; 0 when there is none. */
function mostCrossed(editor: Editor, from: Point, to: Point): number {
  const counts = new Map<number, number>();
  for (const point of linePixels(from, to)) {
    const label = editor.labelAt(point);
    if (label) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  let best = 0;
  for (const [label, count] of counts) if (count > (counts.get(best) ?? 0)) best = label;
  return best;
}

/** The pixels of an object on the smaller side of a line; null when all lie on one side. */
function sidesOf(
  editor: Editor,
  label: number,
  from: Point,
  to: Point,
): { smaller: Point[] } | null {
  const left: Point[] = [];
  const right: Point[] = [];
  for (const [y, x0, x1] of objectSpans(editor.plane, label).spans) {
    for (let x = x0; x < x1; x++) {
      const side = (to.x - from.x) * (y - from.y) - (to.y - from.y) * (x - from.x);
      (side > 0 ? right : left).push({ x, y });
    }
  }
  if (left.length === 0 || right.length === 0) return null;
  return { smaller: left.length < right.length ? left : right };
}
