/** Click: point at a cell and the server outlines it; further clicks add to it or take away, Enter keeps it. */
import type { Editor } from '../labels/editor';
import type { Span } from '../geometry';
import { objectSpans } from '../labels/labels';
import type { Slice } from '../labels/operations';
import { takenAround, type Answer, type AnsweredBy, type Click as Place } from './outliner';
import type { Pointer, Preview, Tool } from './tool';

/** A click, and the cell that it and those before it mean; null while that is not known. */
interface Step extends Place {
  found: Extract<Answer, { kind: 'found' }> | null;
}

export class Click implements Tool {
  readonly name = 'click';
  readonly takesRight = true;
  private steps: Step[] = [];
  /** The cell that is outlined anew; 0 for a new one. */
  private target = 0;
  private slice: Slice = { t: 0, z: 0 };
  private waiting = false;
  /** Enter was pressed before the answer came. */
  private keeping = false;
  private source: AnsweredBy | null = null;

  down(editor: Editor, pointer: Pointer): void {
    const [x, y] = [Math.round(pointer.x), Math.round(pointer.y)];
    const { x1, y1 } = editor.plane.bounds;
    if (x < 0 || y < 0 || x >= x1 || y >= y1) return;
    const positive = !pointer.negative;
    if (editor.readOnly) editor.hint('read_only');
    else if (this.steps.length === 0 && !positive) editor.hint('click_inside_first');
    else this.add(editor, { x, y, positive });
  }

  cancel(editor: Editor): void {
    editor.outliner?.drop();
    this.steps = [];
    this.waiting = this.keeping = false;
  }

  key(editor: Editor, key: 'confirm' | 'back'): boolean {
    if (this.steps.length === 0) return false;
    if (key === 'back') this.takeBack(editor);
    else if (this.waiting) this.keeping = true;
    else this.keep(editor);
    return true;
  }

  /** Stays after a cell is kept: it tells what to expect of the next click. */
  answeredBy(): AnsweredBy | null {
    return this.source;
  }

  preview(): Preview | null {
    if (this.steps.length === 0) return null;
    const points = this.steps.map(({ x, y, positive }) => ({ x, y, text: positive ? '+' : '−' }));
    return { kind: 'mask', pieces: [this.spans], points, waiting: this.waiting };
  }

  /** The newest answer: while another is awaited it stays on the screen. */
  private get spans(): readonly Span[] {
    return this.steps.findLast(({ found }) => found)?.found?.spans ?? [];
  }

  private add(editor: Editor, place: Place): void {
    if (this.steps.length === 0) {
      this.slice = editor.currentSlice;
      this.target = editor.labelAt(place);
      editor.select(this.target);
    }
    this.steps.push({ ...place, found: null });
    void this.ask(editor);
  }

  private takeBack(editor: Editor): void {
    this.steps.pop();
    this.keeping = false;
    const last = this.steps.at(-1);
    if (!last) this.cancel(editor);
    else if (!last.found) void this.ask(editor);
    else {
      editor.outliner?.drop();
      this.waiting = false;
    }
  }

  private async ask(editor: Editor): Promise<void> {
    const { outliner } = editor;
    if (!outliner) return;
    this.waiting = true;
    const clicks = this.steps.map(({ x, y, positive }) => ({ x, y, positive }));
    const taken = takenAround(editor.planeAt(this.slice), clicks, this.target);
    const answer = await outliner.outline(this.slice, clicks, taken);
    if (!answer) return; // a newer question is on its way
    this.waiting = false;
    if (answer.kind === 'found') {
      this.steps.at(-1)!.found = answer;
      this.source = answer;
    } else this.refused(editor, answer.why);
    if (this.keeping && this.spans.length > 0) this.keep(editor);
    this.keeping = false;
    editor.showPreview();
  }

  /** Go back to the clicks that were answered, and say why. */
  private refused(editor: Editor, why: Extract<Answer, { kind: 'refused' }>['why']): void {
    const answered = this.steps.findLastIndex(({ found }) => found !== null);
    this.steps.length = answered + 1;
    this.keeping = false;
    editor.hint(why);
  }

  private keep(editor: Editor): void {
    const { spans, target } = this;
    this.cancel(editor);
    const transaction = editor.begin();
    if (!transaction) return;
    if (target) {
      for (const [y, x0, x1] of objectSpans(editor.plane, target).spans)
        transaction.span(y, x0, x1, 0);
    }
    const label = target || editor.newLabel();
    for (const [y, x0, x1] of spans) transaction.span(y, x0, x1, label, (old) => old === 0);
    if (!transaction.isEmpty) editor.select(label);
    editor.commit();
  }
}
