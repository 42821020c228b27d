/** Magic wand: press on a cell and pull to let more or less of it in. */
import type { Editor } from '../labels/editor';
import type { Point, Span } from '../geometry';
import { around, type Reading } from '../image/imageReader';
import { withoutHoles } from '../pixels/components';
import { growRegion, isCutOff } from '../pixels/grow';
import { boxOf, maskOf, spansOf, spansWhere, widthOf } from '../pixels/mask';
import { Intensities } from './intensities';
import type { Pointer, Preview, Tool } from './tool';
import { CLICK_WITHIN } from './trail';

/** How far from the pressed place it looks, in pixels. */
const REACH = 512;
/** Screen pixels of pulling for one percent of tolerance. */
const PULL = 4;

/** One press of the wand. */
interface Growth {
  seed: Point;
  from: Pointer;
  tolerance: number;
  /** The cell that grows; 0 for a new one. */
  label: number;
  reading: Reading | null;
  free: Uint8Array;
  spans: Span[];
  cutOff: boolean;
  released: boolean;
}

export class Wand implements Tool {
  readonly name = 'wand';
  private readonly intensities = new Intensities();
  private growth: Growth | null = null;

  down(editor: Editor, pointer: Pointer): void {
    const seed = { x: Math.round(pointer.x), y: Math.round(pointer.y) };
    const { bounds } = editor.plane;
    if (seed.x < 0 || seed.y < 0 || seed.x >= bounds.x1 || seed.y >= bounds.y1) return;
    const label = pointer.shift && editor.selected ? editor.selected : editor.labelAt(seed);
    const { tolerance } = editor.options;
    const growth: Growth = {
      ...{ seed, from: pointer, tolerance, label },
      ...{ reading: null, free: new Uint8Array(), spans: [], cutOff: false, released: false },
    };
    this.growth = growth;
    this.intensities.ask(editor, around(seed, REACH, bounds), (reading) => {
      begin(editor, growth, reading);
      if (growth.released) this.finish(editor, growth);
    });
  }

  move(editor: Editor, pointer: Pointer, pressed: boolean): void {
    const { growth } = this;
    if (!pressed || !growth || growth.released) return;
    const { from } = growth;
    const pulled = (pointer.x - from.x + from.y - pointer.y) / pointer.pixel;
    const meant = Math.sign(pulled) * Math.max(0, Math.abs(pulled) - CLICK_WITHIN);
    growth.tolerance = inPercent(editor.options.tolerance + meant / PULL);
    measure(editor, growth);
  }

  up(editor: Editor): void {
    const { growth } = this;
    if (!growth) return;
    growth.released = true;
    if (growth.reading) this.finish(editor, growth);
  }

  cancel(): void {
    this.intensities.drop();
    this.growth = null;
  }

  turn(editor: Editor, steps: number): boolean {
    const tolerance = inPercent(editor.options.tolerance + steps);
    editor.options = { ...editor.options, tolerance };
    return true;
  }

  preview(): Preview | null {
    const { growth } = this;
    if (!growth) return null;
    const text = String(Math.round(growth.tolerance));
    const { seed, spans } = growth;
    const points = [{ ...seed, text }];
    return { kind: 'mask', pieces: [spans], points, waiting: this.intensities.waiting };
  }

  private finish(editor: Editor, growth: Growth): void {
    if (this.growth === growth) this.growth = null;
    editor.options = { ...editor.options, tolerance: growth.tolerance };
    if (growth.cutOff) editor.hint('wand_too_far');
    else write(editor, growth);
  }
}

function inPercent(value: number): number {
  return Math.min(100, Math.max(0, value));
}

/** True for a pixel that a press may take: background, or of the cell that grows. */
function isFree(editor: Editor, { label }: Growth, x: number, y: number): boolean {
  const old = editor.plane.get(x, y);
  return old === 0 || old === label;
}

function begin(editor: Editor, growth: Growth, reading: Reading): void {
  const { x0, y0 } = reading.area;
  const width = widthOf(reading.area);
  growth.reading = reading;
  growth.free = Uint8Array.from(reading.values, (_, at) =>
    isFree(editor, growth, x0 + (at % width), y0 + Math.floor(at / width)) ? 1 : 0,
  );
  measure(editor, growth);
}

function measure(editor: Editor, growth: Growth): void {
  const { reading, seed, free } = growth;
  if (!reading) return;
  const tolerance = (growth.tolerance / 100) * (reading.high - reading.low);
  const grown = growRegion(reading, free, seed, tolerance);
  growth.cutOff = isCutOff(grown, editor.plane.bounds);
  const spans = spansOf(grown);
  const solid = withoutHoles(maskOf(spans, boxOf(spans)));
  const { x0, y0 } = solid.area;
  const width = widthOf(solid.area);
  growth.spans = spansWhere(
    solid.area,
    (at) =>
      solid.inside[at] === 1 &&
      isFree(editor, growth, x0 + (at % width), y0 + Math.floor(at / width)),
  );
}

function write(editor: Editor, { spans, label }: Growth): void {
  const transaction = editor.begin();
  if (!transaction) return;
  const target = label || editor.newLabel();
  for (const [y, x0, x1] of spans) transaction.span(y, x0, x1, target, (old) => old === 0);
  if (transaction.isEmpty) editor.hint('nothing_grown');
  else editor.select(target);
  editor.commit();
}
