/** The tool in the person's hand: which one, how large its brush is, and the keys it takes. */
import type { Census } from '../labels/census';
import type { Editor } from '../labels/editor';
import type { Preview, Tool, ToolName } from '.';
import { makeTools } from '.';
import { deleteObject } from './delete';
import { withNext, type Choice, type ToolOptions } from './options';
import { CELL_ACTIONS, type CellAction } from './reshape';

const LARGEST_RADIUS = 250;
/** The first brush's radius as a share of the typical cell's. */
const BRUSH_OF_CELL = 0.35;

/** Tools that draw a new cell when none is selected. */
const MAKES_CELLS: readonly ToolName[] = [
  'brush',
  'polygon',
  'lasso',
  'ellipse',
  'box',
  'point',
  'wand',
  'threshold',
];

export interface ToolboxEvents {
  changed(): void;
  /** What a tool shows over the picture changed. */
  redraw(): void;
}

export class Toolbox {
  name: ToolName = 'brush';
  /** The brush has its size, from the cells or from the person. */
  private radiusChosen = false;
  /** A pen is held by its eraser end. */
  private flipped = false;
  private readonly tools = makeTools();

  constructor(
    private readonly editor: Editor,
    private readonly events: ToolboxEvents,
  ) {}

  get tool(): Tool {
    return this.tools[this.flipped ? 'eraser' : this.name];
  }

  get preview(): Preview | null {
    return this.tool.preview?.(this.editor) ?? null;
  }

  /** Begin where the person left off on another sample. */
  restore(name: ToolName, radius: number, options: ToolOptions): void {
    this.name = name;
    this.editor.radius = radius;
    this.editor.options = { ...this.editor.options, ...options };
    this.radiusChosen = true;
  }

  choose(name: ToolName): void {
    if (name === this.name) return;
    this.tool.cancel?.(this.editor);
    this.name = name;
    this.shown();
  }

  nextOption(choice: Choice): void {
    this.setOptions(withNext(this.editor.options, choice, this.editor.reach.extent));
  }

  /** The eraser end of a pen erases, whatever tool is chosen. */
  flip(flipped: boolean): void {
    this.flipped = flipped;
  }

  setRadius(radius: number): void {
    this.radiusChosen = true;
    this.editor.radius = Math.min(LARGEST_RADIUS, Math.max(0.5, radius));
    this.events.changed();
  }

  /** A step of the wheel or a key: the size of the brush, or what else the tool turns. */
  turn(steps: number, brushStep = 1): void {
    const used = this.tool.turn?.(this.editor, steps) ?? false;
    if (!used) this.setRadius(this.editor.radius + steps * brushStep);
    this.shown();
  }

  /** Change options of the tools; what a tool shows follows at once. */
  setOptions(change: Partial<ToolOptions>): void {
    this.editor.options = { ...this.editor.options, ...change };
    this.tool.refresh?.(this.editor);
    this.shown();
  }

  /** Set the number that the tool's preview hangs on. */
  setDial(value: number): void {
    this.tool.set?.(this.editor, value);
    this.shown();
  }

  private shown(): void {
    this.events.changed();
    this.events.redraw();
  }

  /** The first brush suits the cells that are there; never changed under the person's hand. */
  fitBrush(census: Census): void {
    if (this.radiusChosen) return;
    this.radiusChosen = true;
    const typical = census.typicalRadius;
    if (typical === 0) return;
    this.editor.radius = Math.min(20, Math.max(1, Math.round(typical * BRUSH_OF_CELL)));
    this.events.changed();
  }

  /** Choose the class of new cells, and of the selected one. */
  chooseClass(index: number): void {
    this.editor.activeClass = index;
    if (this.editor.selected) this.editor.setClass(this.editor.selected, index);
    this.events.changed();
  }

  /** The next stroke begins a new cell, even where it touches the one selected now. */
  newCell(): void {
    this.editor.select(0);
    if (!MAKES_CELLS.includes(this.name)) this.choose('brush');
  }

  deleteSelected(): void {
    deleteObject(this.editor, this.editor.selected);
  }

  /** Do something to the selected cell. */
  reshape(action: CellAction): void {
    const { selected } = this.editor;
    if (selected) CELL_ACTIONS[action](this.editor, selected);
    else this.editor.hint('select_first');
  }

  /** Give up what the tool began, without choosing another. */
  drop(): void {
    this.tool.cancel?.(this.editor);
  }

  /** Escape: give up what the tool began, else select nothing. */
  cancel(): void {
    const begun = this.preview?.kind ?? 'disc';
    const busy = this.editor.isDrawing || begun !== 'disc';
    this.drop();
    if (!busy) this.editor.select(0);
    this.events.redraw();
  }

  /** Enter and Backspace, for the tool; false when it has no use for them. */
  key(key: 'confirm' | 'back'): boolean {
    const used = this.tool.key?.(this.editor, key) ?? false;
    this.events.redraw();
    return used;
  }
}
