/** Brush and eraser: discs along the pointer's way, exact to the pixel. */
import type { Editor } from '../editor';
import { emptyRect, growRect, isEmpty, type Point } from '../geometry';
import type { Transaction } from '../labels';
import { capsuleSpans } from '../raster';
import type { Pointer, Preview, Tool } from './tool';

/** Labels that lie under a disc. */
function labelsUnder(editor: Editor, center: Point, radius: number): Set<number> {
  const found = new Set<number>();
  capsuleSpans(center, center, radius, (y, x0, x1) => {
    for (let x = x0; x < x1; x++) found.add(editor.plane.get(x, y));
  });
  return found;
}

/**
 * The object a stroke paints: the cell it starts in; else the selected one if the disc touches it (or shift is held);
 * else a new one. So a new cell needs no key, and cells that touch no careful aim.
 */
export function strokeTarget(editor: Editor, pointer: Pointer): number {
  const under = editor.labelAt(pointer);
  if (editor.selected && pointer.shift) return editor.selected;
  if (under) return under;
  const touching = labelsUnder(editor, pointer, editor.radius + 1);
  if (editor.selected && touching.has(editor.selected)) return editor.selected;
  return editor.newLabel();
}

abstract class StrokeTool implements Tool {
  abstract readonly name: 'brush' | 'eraser';
  private last: Point | null = null;
  private hover: Point | null = null;
  private transaction: Transaction | null = null;

  protected abstract start(editor: Editor, pointer: Pointer): void;
  protected abstract paint(transaction: Transaction, y: number, x0: number, x1: number): void;

  down(editor: Editor, pointer: Pointer): void {
    this.transaction = editor.begin();
    if (!this.transaction) return;
    this.start(editor, pointer);
    this.last = pointer;
    this.segment(editor, pointer);
  }

  move(editor: Editor, pointer: Pointer, pressed: boolean): void {
    this.hover = pointer;
    if (pressed && this.last) this.segment(editor, pointer);
  }

  up(editor: Editor): void {
    this.last = null;
    this.transaction = null;
    editor.commit();
  }

  cancel(editor: Editor): void {
    this.last = null;
    this.transaction = null;
    editor.rollBack();
  }

  preview(editor: Editor): Preview | null {
    if (!this.hover) return null;
    const erases = this.name === 'eraser';
    return { kind: 'disc', center: this.hover, radius: editor.radius, erases };
  }

  private segment(editor: Editor, to: Point): void {
    const transaction = this.transaction;
    if (!transaction || !this.last) return;
    const rect = emptyRect();
    capsuleSpans(this.last, to, editor.radius, (y, x0, x1) => {
      this.paint(transaction, y, x0, x1);
      growRect(rect, { x0, y0: y, x1, y1: y + 1 });
    });
    this.last = to;
    if (!isEmpty(rect)) editor.touch(rect);
  }
}

/** Paints background only: cells that are there already keep their pixels. */
export class Brush extends StrokeTool {
  readonly name = 'brush';
  private label = 0;

  protected start(editor: Editor, pointer: Pointer): void {
    this.label = strokeTarget(editor, pointer);
    editor.select(this.label);
  }

  protected paint(transaction: Transaction, y: number, x0: number, x1: number): void {
    transaction.span(y, x0, x1, this.label, (old) => old === 0);
  }
}

/** Erases the cell the stroke starts in, or everything when it starts on background. */
export class Eraser extends StrokeTool {
  readonly name = 'eraser';
  private only = 0;

  protected start(editor: Editor, pointer: Pointer): void {
    this.only = editor.labelAt(pointer);
  }

  protected paint(transaction: Transaction, y: number, x0: number, x1: number): void {
    transaction.span(y, x0, x1, 0, this.only ? (old) => old === this.only : undefined);
  }
}
