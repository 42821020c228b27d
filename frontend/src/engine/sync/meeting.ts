/** Two series of edits made from the same start: whether they touch, and how ours go on top of theirs. */
import type { Editor } from '../labels/editor';
import { emptyRect, growRect, type Rect } from '../geometry';
import { LabelPlane, objectSpans } from '../labels/labels';
import { sliceKey, type LoggedOperation, type Operation, type Slice } from '../labels/operations';
import { decodePatch, encodePatch, fromBase64, toBase64 } from '../labels/wire';

/** Pixels and objects that a series of operations writes. */
interface Touched {
  /** By plane: 1 where a pixel is written. */
  masks: Map<string, LabelPlane>;
  /** Objects that get pixels, lose some, or get a class. */
  objects: Set<number>;
  /** Objects that get pixels. */
  painted: Set<number>;
  /** Objects that had pixels there before all of them; known of operations in the log only. */
  overwritten: Set<number>;
}

/** Where both sides wrote. */
export interface Overlap {
  pixels: number;
  /** The plane with the first of them, and what part of it they lie in. */
  slice: Slice;
  rect: Rect;
}

export interface Meeting {
  theirs: Touched;
  /** Null where no pixel was written by both. */
  overlap: Overlap | null;
  /** Objects that both sides changed. */
  objects: number[];
  /** Ids that both sides gave to new objects of theirs: ours get others. */
  renamed: Map<number, number>;
}

function forPieces(
  patch: string | undefined,
  sink: (y: number, x0: number, x1: number, label: number) => void,
): void {
  if (patch) decodePatch(fromBase64(patch), sink);
}

function touchedBy(
  operations: readonly (Operation | LoggedOperation)[],
  width: number,
  height: number,
): Touched {
  const [objects, painted, overwritten] = [new Set<number>(), new Set<number>(), new Set<number>()];
  const masks = new Map<string, LabelPlane>();
  for (const operation of operations) {
    const key = sliceKey(operation);
    const mask = masks.get(key) ?? new LabelPlane(width, height);
    if (operation.patch) masks.set(key, mask);
    const before = 'undo_patch' in operation ? operation.undo_patch : undefined;
    forPieces(before, (y, x0, x1, label) => {
      if (label) objects.add(label);
      for (let x = x0; x < x1; x++) if (label && !mask.get(x, y)) overwritten.add(label);
    });
    forPieces(operation.patch, (y, x0, x1, label) => {
      mask.setSpan(y, x0, x1, 1);
      if (label) painted.add(label);
    });
    if (operation.payload?.object !== undefined) objects.add(operation.payload.object);
  }
  for (const label of painted) objects.add(label);
  return { masks, objects, painted, overwritten };
}

/** Compare operations that are stored (`theirs`, on the editor's planes) with ours that wait. */
export function meet(
  editor: Editor,
  theirs: readonly LoggedOperation[],
  ours: readonly Operation[],
): Meeting {
  const { width, height } = editor;
  const first = touchedBy(theirs, width, height);
  const second = touchedBy(ours, width, height);
  let overlap: Overlap | null = null;
  for (const operation of ours) {
    const { t, z } = operation;
    const plane = editor.planeAt({ t, z });
    const theirMask = first.masks.get(sliceKey({ t, z }));
    forPieces(operation.patch, (y, x0, x1) => {
      for (let x = x0; x < x1; x++) {
        if (theirMask?.get(x, y)) overlap = addTo(overlap, { t, z }, x, y);
        else if (plane.get(x, y)) second.objects.add(plane.get(x, y));
      }
    });
  }
  const renamed = new Map<number, number>();
  for (const label of second.painted) {
    if (!first.painted.has(label) || isOlder(editor, first, label)) continue;
    renamed.set(label, editor.newLabel());
  }
  const both = [...second.objects].filter((label) => first.objects.has(label));
  return { theirs: first, overlap, objects: both.filter((label) => !renamed.has(label)), renamed };
}

function addTo(overlap: Overlap | null, slice: Slice, x: number, y: number): Overlap {
  const found = overlap ?? { pixels: 0, slice, rect: emptyRect() };
  found.pixels++;
  if (sliceKey(found.slice) === sliceKey(slice)) {
    growRect(found.rect, { x0: x, y0: y, x1: x + 1, y1: y + 1 });
  }
  return found;
}

/** True when an object was there before they came: they wrote over it, or it has pixels that they did not write. */
function isOlder(editor: Editor, { masks, overwritten }: Touched, label: number): boolean {
  if (overwritten.has(label)) return true;
  for (const [key, plane] of editor.knownPlanes()) {
    const mask = masks.get(key);
    for (const [y, x0, x1] of objectSpans(plane, label).spans) {
      for (let x = x0; x < x1; x++) if (!mask?.get(x, y)) return true;
    }
  }
  return false;
}

/** Ours with other ids for new objects, and, where asked, only where they wrote nothing. Null when nothing of it is left. */
export function adapt<T extends Operation>(
  operation: T,
  width: number,
  meeting: Meeting,
  onlyBeside: boolean,
): T | null {
  const { renamed, theirs } = meeting;
  const named = (label: number): number => renamed.get(label) ?? label;
  const adapted = { ...operation };
  if (operation.payload?.object !== undefined) {
    const { object } = operation.payload;
    if (onlyBeside && theirs.objects.has(object) && !renamed.has(object)) return null;
    adapted.payload = { ...operation.payload, object: named(object) };
  }
  if (operation.patch === undefined) return adapted;
  const mask = onlyBeside ? theirs.masks.get(sliceKey(operation)) : undefined;
  const runs: number[] = [];
  forPieces(operation.patch, (y, x0, x1, label) => {
    for (let x = x0; x < x1; x++) {
      const start = x;
      while (x < x1 && !mask?.get(x, y)) x++;
      if (x > start) runs.push(y, start, x - start, 0, named(label));
    }
  });
  if (runs.length === 0) return null;
  adapted.patch = toBase64(encodePatch(runs, width));
  return adapted;
}
