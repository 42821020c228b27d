/** Planes as pictures of characters, so that a test shows what it expects. */
import { Editor, type EditorEvents } from '../../src/engine/labels/editor';
import type { HintCode } from '../../src/engine/hints';
import { LabelPlane } from '../../src/engine/labels/labels';
import type { Operation } from '../../src/engine/labels/operations';
import type { Pointer, Tool } from '../../src/engine/tools';

/** `.` is background, a digit its label. */
export function planeOf(picture: string): LabelPlane {
  const rows = picture.trim().split(/\s+/);
  const labels = rows.flatMap((row) =>
    Array.from(row, (char) => (char === '.' ? 0 : Number(char))),
  );
  return LabelPlane.from(Uint32Array.from(labels), rows[0]!.length, rows.length);
}

export function pictureOf(plane: LabelPlane): string {
  const rows: string[] = [];
  for (let y = 0; y < plane.height; y++) {
    let row = '';
    for (let x = 0; x < plane.width; x++) row += String(plane.get(x, y) || '.');
    rows.push(row);
  }
  return rows.join('\n');
}

export function tidy(picture: string): string {
  return picture.trim().split(/\s+/).join('\n');
}

export interface Bench {
  editor: Editor;
  operations: Operation[];
  hints: HintCode[];
}

export function benchOf(plane: LabelPlane, events: Partial<EditorEvents> = {}): Bench {
  const operations: Operation[] = [];
  const hints: HintCode[] = [];
  const editor = new Editor(plane.width, plane.height, {
    operation: (operation) => operations.push(operation),
    dirty: () => undefined,
    classChanged: () => undefined,
    changed: () => undefined,
    hint: (code) => hints.push(code),
    preview: () => undefined,
    ...events,
  });
  editor.setPlane({ t: 0, z: 0 }, plane);
  return { editor, operations, hints };
}

export function at(x: number, y: number, shift = false): Pointer {
  return { x, y, shift, pixel: 0.1 };
}

export function click(editor: Editor, tool: Tool, pointer: Pointer): void {
  tool.down!(editor, pointer);
  tool.up?.(editor, pointer);
}

/** Press at the first point, go over the others, let go at the last. */
export function drag(editor: Editor, tool: Tool, ...points: Pointer[]): void {
  tool.down!(editor, points[0]!);
  for (const point of points.slice(1)) tool.move?.(editor, point, true);
  tool.up?.(editor, points.at(-1)!);
}

/** Typed arrays are compared by hand: matchers take minutes on large ones. */
export function equalArrays(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
