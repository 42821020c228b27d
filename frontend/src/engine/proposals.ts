/** Working through what a model proposes: the cells it is unsure of one after another, or all on one side of a confidence at once. */
import type { Editor } from './labels/editor';
import type { LabelLoader } from './labels/labelLoader';
import type { ObjectSummary } from './labels/labels';
import type { Marks } from './sync/markKeeper';
import type { Slice } from './labels/operations';
import type { ProposedObject } from './snapshot';
import { spansOfObjects } from './labels/spans';

export const BINS = 20;

export interface ProposalState {
  /** Rated cells that are still there. */
  total: number;
  /** The place of the cell in turn among them, from 1 on, the least sure first; 0 when none is in turn. */
  position: number;
  /** Of the cell in turn. */
  confidence: number | null;
  seen: number;
  confirmed: number;
  threshold: number;
  /** Cells below the threshold that nobody confirmed. */
  below: number;
  /** Cells at the threshold or above it that nobody confirmed. */
  above: number;
  /** How many of the cells have which confidence, in equal steps from 0 to 1. */
  histogram: readonly number[];
}

/** Where a cell is. */
export interface Place extends ObjectSummary {
  slice: Slice;
}

export interface ProposalParts {
  editor: Editor;
  loader: Pick<LabelLoader, 'loaded' | 'loadAll' | 'loadPlaces'>;
  /** Bring a cell before the person's eyes. */
  show: (place: Place) => Promise<void>;
  changed: () => void;
  /** Other cells than before lie below the threshold. */
  dimmed: (labels: ReadonlySet<number>) => void;
  /** What was marked on earlier visits. */
  marks?: Marks | undefined;
  /** A cell was looked at or confirmed. */
  marked?: ((added: Marks) => void) | undefined;
}

interface Rated {
  id: number;
  confidence: number;
  rank: number;
}

export class Proposals {
  /** Nothing where no model said how sure it is. */
  state: ProposalState | null = null;
  private readonly rated: readonly Rated[];
  private readonly byId: ReadonlyMap<number, Rated>;
  private places: ReadonlyMap<number, Place> = new Map();
  private readonly seen: Set<number>;
  private readonly confirmed: Set<number>;
  private threshold = 0;
  /** Where one is in the order of confidence, also after that cell was deleted. */
  private turn: Rated | null = null;
  private faint: ReadonlySet<number> = new Set();

  constructor(
    proposed: readonly ProposedObject[],
    private readonly parts: ProposalParts,
  ) {
    this.rated = proposed
      .flatMap(({ id, confidence }) => (typeof confidence === 'number' ? [{ id, confidence }] : []))
      .sort((a, b) => a.confidence - b.confidence || a.id - b.id)
      .map((object, rank) => ({ ...object, rank }));
    this.seen = new Set(parts.marks?.seen);
    this.confirmed = new Set(parts.marks?.confirmed);
    this.byId = new Map(this.rated.map((rated) => [rated.id, rated]));
  }

  /** Labels changed: look again which cells are there. */
  refresh(): void {
    if (this.rated.length === 0) return;
    const places = new Map<number, Place>();
    for (const slice of this.parts.loader.loaded) {
      const { objects } = this.parts.editor.planeAt(slice).table;
      for (const { id } of this.rated) {
        const found = objects.get(id);
        if (found && found.area > (places.get(id)?.area ?? 0)) places.set(id, { ...found, slice });
      }
    }
    this.places = places;
    this.update();
  }

  /** Cells below a confidence are shown faintly; nothing is removed by it. */
  setThreshold(threshold: number): void {
    this.threshold = Math.min(1, Math.max(0, threshold));
    this.update();
  }

  /** Go to the next cell, or back; after the last comes the first. */
  async step(by: 1 | -1): Promise<void> {
    this.follow();
    await this.go(this.alive(), by);
  }

  /** The cell in turn is right: mark it, and go to the next that nobody confirmed. */
  async confirm(): Promise<void> {
    this.follow();
    const { turn } = this;
    if (turn && this.places.has(turn.id)) {
      this.confirmed.add(turn.id);
      this.parts.marked?.({ seen: [], confirmed: [turn.id] });
    }
    await this.go(this.open(), 1);
  }

  /** The cell in turn is none: delete it, and go to the next that nobody confirmed. */
  async deleteTurn(): Promise<void> {
    this.follow();
    const { turn } = this;
    if (!turn || !this.places.has(turn.id)) this.parts.editor.hint('no_cell_in_turn');
    else if (await this.remove([turn.id])) await this.go(this.open(), 1);
  }

  /** Remove what lies below the threshold, on all planes, as one step. */
  async removeBelow(): Promise<void> {
    const ids = this.below().map(({ id }) => id);
    if (ids.length === 0) this.parts.editor.hint('none_below');
    else await this.remove(ids);
  }

  /** Take what is not below the threshold for right, wherever it lies; the labels stay as they are. */
  confirmAbove(): void {
    const ids = this.above().map(({ id }) => id);
    if (ids.length === 0) {
      this.parts.editor.hint('none_above');
      return;
    }
    for (const id of ids) this.confirmed.add(id);
    this.parts.marked?.({ seen: [], confirmed: ids });
    this.update();
  }

  /** A proposed cell that the person selected is the one in turn. */
  private follow(): void {
    this.turn = this.byId.get(this.parts.editor.selected) ?? this.turn;
  }

  private alive(): Rated[] {
    return this.rated.filter(({ id }) => this.places.has(id));
  }

  private open(): Rated[] {
    return this.alive().filter(({ id }) => !this.confirmed.has(id));
  }

  private below(): Rated[] {
    return this.open().filter(({ confidence }) => confidence < this.threshold);
  }

  private above(): Rated[] {
    return this.open().filter(({ confidence }) => confidence >= this.threshold);
  }

  private async go(list: readonly Rated[], by: 1 | -1): Promise<void> {
    const next = this.neighbour(list, by);
    const place = next && this.places.get(next.id);
    this.turn = next ?? null;
    if (next) {
      this.seen.add(next.id);
      this.parts.marked?.({ seen: [next.id], confirmed: [] });
    } else this.parts.editor.hint('all_confirmed');
    this.update();
    if (!place) return;
    await this.parts.show(place);
    this.parts.editor.select(place.id);
  }

  /** The next in a list after the one in turn, which need not be in it any more. */
  private neighbour(list: readonly Rated[], by: 1 | -1): Rated | undefined {
    const rank = this.turn?.rank ?? (by > 0 ? -1 : this.rated.length);
    if (by > 0) return list.find((rated) => rated.rank > rank) ?? list[0];
    return list.findLast((rated) => rated.rank < rank) ?? list.at(-1);
  }

  private async remove(ids: readonly number[]): Promise<boolean> {
    const { editor, loader } = this.parts;
    await this.prepare(ids);
    const labels = new Set(ids);
    if (!editor.begin()) return false;
    for (const slice of loader.loaded) {
      const plane = editor.planeAt(slice);
      if (!ids.some((id) => plane.table.has(id))) continue;
      const transaction = editor.also(slice);
      for (const [y, x0, x1] of spansOfObjects(plane, labels)) transaction.span(y, x0, x1, 0);
    }
    if (labels.has(editor.selected)) editor.selected = 0;
    editor.commit();
    this.refresh();
    return true;
  }

  /** Load all of some objects, on whichever planes they are. */
  private async prepare(ids: readonly number[]): Promise<void> {
    const { loader } = this.parts;
    await loader.loadAll();
    for (const slice of loader.loaded) {
      await loader.loadPlaces(slice, ({ table: { objects } }) =>
        ids.flatMap((id) => objects.get(id)?.box ?? []),
      );
    }
  }

  private update(): void {
    if (this.rated.length === 0) return;
    const alive = this.alive();
    const below = this.below();
    const { turn, threshold } = this;
    const position = turn ? alive.findIndex(({ rank }) => rank === turn.rank) + 1 : 0;
    const histogram = new Array<number>(BINS).fill(0);
    for (const { confidence } of alive) histogram[binOf(confidence)]!++;
    this.state = {
      ...{ total: alive.length, position, threshold, histogram },
      ...{ below: below.length, above: this.above().length },
      confidence: position ? turn!.confidence : null,
      seen: alive.filter(({ id }) => this.seen.has(id)).length,
      confirmed: alive.filter(({ id }) => this.confirmed.has(id)).length,
    };
    this.dim(new Set(below.map(({ id }) => id)));
    this.parts.changed();
  }

  private dim(faint: ReadonlySet<number>): void {
    const same = faint.size === this.faint.size && [...faint].every((id) => this.faint.has(id));
    this.faint = faint;
    if (!same) this.parts.dimmed(faint);
  }
}

function binOf(confidence: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor(confidence * BINS)));
}
