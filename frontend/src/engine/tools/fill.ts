/** Fill: on a cell, its holes; on an enclosed gap, the gap. */
import type { Editor } from '../labels/editor';
import type { Span } from '../geometry';
import { holesOf, regionAt } from '../labels/regions';
import type { Pointer, Tool } from './tool';

const LARGEST_GAP = 200_000; // pixels

export class Fill implements Tool {
  readonly name = 'fill';

  down(editor: Editor, pointer: Pointer): void {
    const label = editor.labelAt(pointer);
    if (!label) {
      this.fillGap(editor, pointer);
      return;
    }
    editor.select(label);
    fillHoles(editor, label);
  }

  private fillGap(editor: Editor, pointer: Pointer): void {
    const seed = { x: Math.round(pointer.x), y: Math.round(pointer.y) };
    const { x1, y1 } = editor.plane.bounds;
    if (seed.x < 0 || seed.y < 0 || seed.x >= x1 || seed.y >= y1) return;
    const region = regionAt(editor.plane, seed, LARGEST_GAP);
    if (!region || region.touchesEdge) {
      editor.hint('region_open');
      return;
    }
    // A gap inside one cell is that cell's; between several it goes to the selected one, or is a new cell.
    const [only] = region.neighbours;
    const neighbours = region.neighbours;
    const chosen = neighbours.has(editor.selected) ? editor.selected : 0;
    const label = neighbours.size === 1 ? only! : chosen || editor.newLabel();
    editor.select(label);
    write(editor, region.spans, label);
  }
}

/** Give an object the background that it encloses. */
export function fillHoles(editor: Editor, label: number): void {
  const holes = holesOf(editor.plane, label);
  if (holes.length === 0) editor.hint('no_holes');
  else write(editor, holes, label);
}

function write(editor: Editor, spans: readonly Span[], label: number): void {
  const transaction = editor.begin();
  for (const [y, x0, x1] of spans) transaction?.span(y, x0, x1, label);
  editor.commit();
}
