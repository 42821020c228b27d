/** What the split tool does with a cell: its mask and borders, its parts by a line or by seeds, and how they are written. */
import type { Editor } from '../labels/editor';
import type { Point, Span } from '../geometry';
import { objectSpans } from '../labels/labels';
import { cutAlong } from '../pixels/cut';
import { boxOf, maskOf, spansWhere, widthOf, type Mask, type Patch } from '../pixels/mask';
import { borderOf, seededWatershed } from '../pixels/watershed';
import { linePixels } from '../labels/raster';

/** A cell with how much each of its pixels looks like a border. */
export interface Look {
  label: number;
  mask: Mask;
  border: Float32Array;
}

/** A cell's parts, the largest first: that one stays the cell. */
export interface Parts {
  label: number;
  pieces: Span[][];
}

/** Look at a cell by its shape, or by intensities of the same rectangle. */
export function lookAt(editor: Editor, label: number, patch: Patch | null): Look {
  const { spans } = objectSpans(editor.plane, label);
  // The margin lets the distance to the cell's outside be seen.
  const area = patch?.area ?? boxOf(spans, 1);
  const mask = maskOf(spans, area);
  return { label, mask, border: borderOf(mask, patch ? editor.options.border : 'shape', patch) };
}

export function cutCell({ label, mask, border }: Look, line: readonly Point[]): Parts | null {
  const sides = cutAlong(mask, line, border);
  return sides && partsOf(label, mask, sides, 2);
}

export function growSeeds({ label, mask, border }: Look, seeds: readonly Point[]): Parts {
  const { area } = mask;
  const places = new Uint32Array(mask.inside.length);
  seeds.forEach(({ x, y }, i) => (places[(y - area.y0) * widthOf(area) + x - area.x0] = i + 1));
  return partsOf(label, mask, seededWatershed(mask, places, border), seeds.length);
}

function partsOf(label: number, { area }: Mask, owner: Uint32Array, count: number): Parts {
  const pieces = Array.from({ length: count }, (_, i) =>
    spansWhere(area, (at) => owner[at] === i + 1),
  ).filter((spans) => spans.length > 0);
  const sizes = new Map(pieces.map((spans) => [spans, areaOf(spans)]));
  return { label, pieces: pieces.sort((a, b) => sizes.get(b)! - sizes.get(a)!) };
}

function areaOf(spans: readonly Span[]): number {
  return spans.reduce((sum, [, x0, x1]) => sum + x1 - x0, 0);
}

/** Make the smaller parts cells of their own, with the class of the cell that they were. */
export function writeParts(editor: Editor, cells: readonly Parts[]): void {
  const split = cells.filter(({ pieces }) => pieces.length > 1);
  if (split.length === 0) {
    editor.hint('split_missed');
    return;
  }
  const transaction = editor.begin();
  if (!transaction) return;
  const origin = new Map<number, number>();
  let fresh = 0;
  for (const { label, pieces } of split) {
    for (const spans of pieces.slice(1)) {
      fresh = editor.newLabel();
      origin.set(fresh, label);
      const isOld = (old: number): boolean => old === label;
      for (const [y, x0, x1] of spans) transaction.span(y, x0, x1, fresh, isOld);
    }
  }
  editor.commit((label) => editor.classes.get(origin.get(label) ?? 0) ?? null);
  editor.select(fresh);
}

/**
 * The cells that a line parts: those that it enters and leaves again, and the one that most of it lies in. Its ends often reach into
 * a neighbour, which is not meant.
 */
export function crossedCells(editor: Editor, line: readonly Point[]): number[] {
  const counts = new Map<number, number>();
  line.forEach((point, i) => {
    for (const pixel of linePixels(line[Math.max(0, i - 1)]!, point)) {
      const label = editor.labelAt(pixel);
      if (label) counts.set(label, (counts.get(label) ?? 0) + 1);
    }
  });
  const ends = new Set([line[0], line.at(-1)].map((end) => (end ? editor.labelAt(end) : 0)));
  let most = 0;
  for (const [label, count] of counts) if (count > (counts.get(most) ?? 0)) most = label;
  return [...counts.keys()].filter((label) => label === most || !ends.has(label));
}
