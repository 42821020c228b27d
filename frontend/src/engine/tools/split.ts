/** Split: draw along the border between cells, or click one seed in each and press Enter. */
import type { Editor } from '../labels/editor';
import type { Point } from '../geometry';
import { boxesOf } from '../labels/labels';
import { Intensities } from './intensities';
import {
  crossedCells,
  cutCell,
  growSeeds,
  lookAt,
  writeParts,
  type Look,
  type Parts,
} from './splitting';
import type { Pointer, Preview, Tool } from './tool';
import { Trail } from './trail';

interface Seed extends Point {
  label: number;
}

export class Split implements Tool {
  readonly name = 'split';
  private readonly intensities = new Intensities();
  private readonly trail = new Trail();
  private seeds: Seed[] = [];
  private parts: Parts[] = [];

  down(_editor: Editor, pointer: Pointer): void {
    this.trail.begin(pointer);
  }

  move(_editor: Editor, pointer: Pointer, pressed: boolean): void {
    if (pressed) this.trail.add(pointer);
  }

  up(editor: Editor, pointer: Pointer): void {
    this.trail.add(pointer);
    const { points, isClick } = this.trail;
    this.trail.clear();
    if (isClick) this.addSeed(editor, pointer);
    else this.cut(editor, points);
  }

  cancel(): void {
    this.intensities.drop();
    this.trail.clear();
    this.seeds = [];
    this.parts = [];
  }

  key(editor: Editor, key: 'confirm' | 'back'): boolean {
    if (this.seeds.length === 0) return false;
    if (key === 'back') {
      this.seeds.pop();
      this.grow(editor);
    } else if (!this.intensities.waiting) this.confirm(editor);
    return true;
  }

  refresh(editor: Editor): void {
    this.grow(editor);
  }

  preview(): Preview | null {
    const { points: line } = this.trail;
    if (line.length === 0 && this.seeds.length === 0) return null;
    const points = this.seeds.map(({ x, y }, i) => ({ x, y, text: String(i + 1) }));
    const pieces = this.parts.flatMap((parts) => parts.pieces);
    return { kind: 'mask', pieces, points, line, waiting: this.intensities.waiting };
  }

  private addSeed(editor: Editor, pointer: Pointer): void {
    const label = editor.labelAt(pointer);
    if (label) {
      this.seeds.push({ x: Math.round(pointer.x), y: Math.round(pointer.y), label });
      this.grow(editor);
    } else editor.hint('no_cell_here');
  }

  /** Work out the parts of every cell that has two seeds or more. */
  private grow(editor: Editor): void {
    this.intensities.drop();
    this.parts = [];
    for (const label of new Set(this.seeds.map((seed) => seed.label))) {
      const seeds = this.seeds.filter((seed) => seed.label === label);
      if (seeds.length < 2) continue;
      this.look(editor, label, (look) => this.parts.push(growSeeds(look, seeds)));
    }
  }

  private confirm(editor: Editor): void {
    const { parts } = this;
    if (parts.length === 0) {
      editor.hint('split_needs_two');
      return;
    }
    this.cancel();
    writeParts(editor, parts);
  }

  private cut(editor: Editor, line: readonly Point[]): void {
    this.cancel();
    const cells = crossedCells(editor, line);
    const found: Parts[] = [];
    let open = cells.length;
    const take = (parts: Parts | null): void => {
      if (parts) found.push(parts);
      if (--open === 0) writeParts(editor, found);
    };
    if (open === 0) editor.hint('split_missed');
    for (const label of cells) this.look(editor, label, (look) => take(cutCell(look, line)));
  }

  /** Hand over a cell with what shows its borders; at once where its shape is enough. */
  private look(editor: Editor, label: number, act: (look: Look) => void): void {
    const { plane, options } = editor;
    const byShape = options.border === 'shape';
    const [area] = boxesOf(plane, [label]);
    if (byShape && !plane.paged) act(lookAt(editor, label, null));
    else if (area) {
      this.intensities.ask(editor, area, (reading) =>
        act(lookAt(editor, label, byShape ? null : reading)),
      );
    }
  }
}
