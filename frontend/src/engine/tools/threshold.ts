/** Threshold in a region: draw round some cells, move the threshold, Enter makes each connected piece a cell. */
import type { Editor } from '../labels/editor';
import { intersect, isEmpty, type Point, type Rect, type Span } from '../geometry';
import type { Reading } from '../image/imageReader';
import { boxOf, maskOf, sizeOf, widthOf } from '../pixels/mask';
import { otsuThreshold, piecesBeyond, rangeOf, type Found, type Range } from '../pixels/threshold';
import { polygonSpans } from '../labels/raster';
import { Intensities } from './intensities';
import type { Dial, Pointer, Preview, Tool } from './tool';
import { Trail } from './trail';

/** Larger regions would make the slider stick. */
const LARGEST_REGION = 4 << 20;
/** Turns of the wheel from the darkest pixel to the brightest. */
const TURNS = 100;

/** A region with its intensities. */
interface Chosen {
  reading: Reading;
  region: Uint8Array;
  range: Range;
  threshold: number;
  found: Found;
}

export class Threshold implements Tool {
  readonly name = 'threshold';
  private readonly intensities = new Intensities();
  private readonly trail = new Trail();
  private asBox = false;
  private outline: readonly Point[] = [];
  private chosen: Chosen | null = null;

  down(_editor: Editor, pointer: Pointer): void {
    this.cancel();
    this.asBox = pointer.shift;
    this.trail.begin(pointer);
  }

  move(_editor: Editor, pointer: Pointer, pressed: boolean): void {
    if (pressed) this.trail.add(pointer);
  }

  up(editor: Editor, pointer: Pointer): void {
    this.trail.add(pointer);
    this.outline = this.drawn();
    const isClick = this.trail.isClick;
    this.trail.clear();
    if (isClick) {
      this.outline = [];
      editor.hint('threshold_drag');
    } else this.read(editor);
  }

  cancel(): void {
    this.intensities.drop();
    this.trail.clear();
    this.outline = [];
    this.chosen = null;
  }

  key(editor: Editor, key: 'confirm' | 'back'): boolean {
    const { chosen } = this;
    if (!chosen || key !== 'confirm') return false;
    this.cancel();
    makeCells(editor, chosen.found.pieces);
    return true;
  }

  turn(editor: Editor, steps: number): boolean {
    const { chosen } = this;
    if (!chosen) return false;
    const { low, high } = chosen.range;
    this.set(editor, chosen.threshold + (steps * (high - low)) / TURNS);
    return true;
  }

  /** Move the threshold. */
  set(editor: Editor, threshold: number): void {
    const { chosen } = this;
    if (!chosen) return;
    const { low, high } = chosen.range;
    chosen.threshold = Math.min(high, Math.max(low, threshold));
    measure(editor, chosen);
  }

  refresh(editor: Editor): void {
    if (this.outline.length > 0) this.read(editor);
  }

  dial(): Dial | null {
    if (!this.chosen) return null;
    const { range, threshold, found } = this.chosen;
    return { ...range, value: threshold, pieces: found.pieces.length, dropped: found.dropped };
  }

  preview(): Preview | null {
    const points = this.trail.points.length > 0 ? this.drawn() : this.outline;
    if (points.length === 0) return null;
    return {
      kind: 'mask',
      pieces: this.chosen?.found.pieces ?? [],
      line: [...points, points[0]!],
      waiting: this.intensities.waiting,
    };
  }

  /** The lasso, or the box between the ends of the drag. */
  private drawn(): readonly Point[] {
    const { points } = this.trail;
    const [a, b] = [points[0], points.at(-1)];
    if (!this.asBox || !a || !b) return points;
    return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
  }

  private read(editor: Editor): void {
    const spans: Span[] = [];
    polygonSpans(this.outline, (y, x0, x1) => spans.push([y, x0, x1]));
    const area = intersect(boxOf(spans), editor.plane.bounds);
    this.intensities.drop();
    this.chosen = null;
    if (isEmpty(area) || sizeOf(area) > LARGEST_REGION) {
      editor.hint(isEmpty(area) ? 'threshold_drag' : 'region_too_large');
      this.outline = [];
      return;
    }
    this.intensities.ask(editor, area, (reading) => this.choose(editor, spans, reading));
  }

  private choose(editor: Editor, spans: readonly Span[], reading: Reading): void {
    const region = freeIn(editor, spans, reading.area);
    const range = rangeOf(reading, region);
    if (!range) {
      this.outline = [];
      editor.hint('region_taken');
      return;
    }
    const threshold = otsuThreshold(reading, region, range);
    const found = { pieces: [], dropped: 0 };
    this.chosen = { reading, region, range, threshold, found };
    measure(editor, this.chosen);
  }
}

/** The background pixels of a region. */
function freeIn(editor: Editor, spans: readonly Span[], area: Rect): Uint8Array {
  const width = widthOf(area);
  const { inside } = maskOf(spans, area);
  return inside.map((value, at) => {
    const taken = editor.plane.get(area.x0 + (at % width), area.y0 + Math.floor(at / width));
    return value && !taken ? 1 : 0;
  });
}

function measure(editor: Editor, chosen: Chosen): void {
  const { objects, smallest } = editor.options;
  const { reading, region, threshold } = chosen;
  chosen.found = piecesBeyond(reading, region, { threshold, objects, smallest });
}

function makeCells(editor: Editor, pieces: readonly (readonly Span[])[]): void {
  const transaction = editor.begin();
  if (!transaction) return;
  for (const spans of pieces) {
    const label = editor.newLabel();
    for (const [y, x0, x1] of spans) transaction.span(y, x0, x1, label, (old) => old === 0);
  }
  if (transaction.isEmpty) editor.hint('nothing_beyond');
  editor.commit();
}
