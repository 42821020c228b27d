/** Brush and eraser: discs along the pointer's way, exact to the pixel. */
import type { Editor } from '../labels/editor';
import { emptyRect, growRect, isEmpty } from '../geometry';
import type { Transaction } from '../labels/labels';
import { strokeSpans, type Disc } from '../labels/raster';
import { coverRule, strokeTarget } from './drawing';
import type { Pointer, Preview, Tool } from './tool';

const SMALLEST_RADIUS = 0.5;

/** The disc under the pointer: a pen's pressure scales it where that is switched on. */
function discAt(editor: Editor, { x, y, pressure }: Pointer): Disc {
  const share = editor.options.pressure ? (pressure ?? 1) : 1;
  return { x, y, radius: Math.max(SMALLEST_RADIUS, editor.radius * share) };
}

abstract class StrokeTool implements Tool {
  abstract readonly name: 'brush' | 'eraser';
  private last: Disc | null = null;
  private hover: Disc | null = null;
  private transaction: Transaction | null = null;

  /** Get ready to paint; false when the stroke has nothing to paint. */
  protected abstract start(editor: Editor, pointer: Pointer, radius: number): boolean;
  protected abstract paint(transaction: Transaction, y: number, x0: number, x1: number): void;

  down(editor: Editor, pointer: Pointer): void {
    const disc = discAt(editor, pointer);
    this.transaction = editor.begin();
    if (!this.transaction) return;
    if (!this.start(editor, pointer, disc.radius)) {
      this.cancel(editor);
      return;
    }
    this.last = disc;
    this.segment(editor, disc);
  }

  move(editor: Editor, pointer: Pointer, pressed: boolean): void {
    this.hover = discAt(editor, pressed ? pointer : { ...pointer, pressure: 1 });
    if (pressed && this.last) this.segment(editor, this.hover);
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
    const { x, y, radius } = this.hover;
    const shown = this.last ? radius : editor.radius;
    return { kind: 'disc', center: { x, y }, radius: shown, erases: this.name === 'eraser' };
  }

  private segment(editor: Editor, to: Disc): void {
    const transaction = this.transaction;
    if (!transaction || !this.last) return;
    const rect = emptyRect();
    strokeSpans(this.last, to, (y, x0, x1) => {
      this.paint(transaction, y, x0, x1);
      growRect(rect, { x0, y0: y, x1, y1: y + 1 });
    });
    this.last = to;
    if (!isEmpty(rect)) editor.touch(rect);
  }
}

export class Brush extends StrokeTool {
  readonly name = 'brush';
  private label = 0;
  private allow: ReturnType<typeof coverRule>;

  protected start(editor: Editor, pointer: Pointer, radius: number): boolean {
    this.label = strokeTarget(editor, pointer, radius);
    if (!this.label) return false;
    this.allow = coverRule(editor);
    editor.select(this.label);
    return true;
  }

  protected paint(transaction: Transaction, y: number, x0: number, x1: number): void {
    transaction.span(y, x0, x1, this.label, this.allow);
  }
}

export class Eraser extends StrokeTool {
  readonly name = 'eraser';
  /** The only object that is erased; 0 for all. */
  private only = 0;

  protected start(editor: Editor, pointer: Pointer): boolean {
    const { erases } = editor.options;
    this.only = erases === 'anything' ? 0 : editor.labelAt(pointer);
    if (erases !== 'selected') return true;
    this.only = editor.selected;
    if (!this.only) editor.hint('select_first');
    return this.only > 0;
  }

  protected paint(transaction: Transaction, y: number, x0: number, x1: number): void {
    transaction.span(y, x0, x1, 0, this.only ? (old) => old === this.only : undefined);
  }
}
