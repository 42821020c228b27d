/** What all drawing tools share: whose pixels a shape becomes, and what it may cover. */
import type { Editor } from '../labels/editor';
import type { Point, SpanSink } from '../geometry';
import { discSpans } from '../labels/raster';
import type { Pointer } from './tool';

/** Says yes to the labels that drawing may cover; undefined where it may cover all. */
export function coverRule(editor: Editor): ((old: number) => boolean) | undefined {
  return editor.options.covers === 'anything' ? undefined : (old) => old === 0;
}

/** Labels that lie under a disc. */
function labelsUnder(editor: Editor, { x, y }: Point, radius: number): Set<number> {
  const found = new Set<number>();
  discSpans({ x, y, radius }, (row, x0, x1) => {
    for (let column = x0; column < x1; column++) found.add(editor.plane.get(column, row));
  });
  return found;
}

/** The selected object, or 0 and a hint when there is none. */
function wantSelected(editor: Editor): number {
  if (!editor.selected) editor.hint('select_first');
  return editor.selected;
}

/**
 * The object a stroke paints, 0 for none. By itself: the cell it starts in; else the selected one if the disc touches it
 * (or shift is held); else a new one. So a new cell needs no key, and cells that touch no careful aim.
 */
export function strokeTarget(editor: Editor, pointer: Pointer, radius: number): number {
  const { target } = editor.options;
  if (target === 'selected') return wantSelected(editor);
  if (editor.selected && pointer.shift) return editor.selected;
  if (target === 'new') return editor.newLabel();
  const under = editor.labelAt(pointer);
  if (under) return under;
  const touching = labelsUnder(editor, pointer, radius + 1);
  if (editor.selected && touching.has(editor.selected)) return editor.selected;
  return editor.newLabel();
}

/** Draw a closed shape: a new cell, or more of the selected one when `extend` or the options say so. */
export function drawShape(editor: Editor, shape: (sink: SpanSink) => void, extend: boolean): void {
  const adds = editor.options.target === 'selected' || (extend && editor.selected > 0);
  if (adds && !wantSelected(editor)) return;
  const transaction = editor.begin();
  if (!transaction) return;
  const label = adds ? editor.selected : editor.newLabel();
  const allow = coverRule(editor);
  shape((y, x0, x1) => transaction.span(y, x0, x1, label, allow));
  if (transaction.isEmpty) editor.hint('nothing_drawn');
  else editor.select(label);
  editor.commit();
}
