/** Asks the server which cell clicks mean. Of questions that overlap only the newest is answered. */
import { api, ApiProblem } from '../../api/client';
import type { Outlined } from '../../api/types';
import type { HintCode } from '../hints';
import type { Rect, Span } from '../geometry';
import type { LabelPlane } from '../labels/labels';
import type { Slice } from '../labels/operations';
import { decodePlane, encodePlane, fromBase64, toBase64 } from '../labels/wire';

/** The server looks at so many pixels across, with the clicks in the middle. */
const NEIGHBOURHOOD = 512;
const TIMEOUT_MS = 15_000;

export interface Click {
  x: number;
  y: number;
  /** Inside the cell, or not of it. */
  positive: boolean;
}

/** A mask of a rectangle, as runs in base64. */
export type CroppedMask = Pick<Outlined, 'x0' | 'y0' | 'width' | 'height' | 'runs'>;

export interface Question extends Slice {
  clicks: readonly Click[];
  /** Other cells round the clicks. */
  taken: CroppedMask | null;
  /** The channel to look at where there is no model; null for all. */
  channel: number | null;
}

/** Raises ApiProblem. */
export type Ask = (question: Question, signal: AbortSignal) => Promise<Outlined>;

/** The maps of a model, by its number, or the intensities where no model has looked. */
export type AnsweredBy = Pick<Outlined, 'source' | 'model'>;

export type Answer =
  ({ kind: 'found'; spans: Span[] } & AnsweredBy) | { kind: 'refused'; why: HintCode };

export function askServer(sample: number): Ask {
  return (question, signal) => api.post<Outlined>(`samples/${sample}/outline`, question, signal);
}

export class Outliner {
  private running: AbortController | null = null;

  constructor(
    private readonly ask: Ask,
    private readonly channel: () => number | null,
  ) {}

  get waiting(): boolean {
    return this.running !== null;
  }

  /** The cell that clicks mean; null when another question came meanwhile, or none is wanted any more. */
  async outline(
    slice: Slice,
    clicks: readonly Click[],
    taken: CroppedMask | null,
  ): Promise<Answer | null> {
    this.drop();
    const mine = new AbortController();
    this.running = mine;
    const { t, z } = slice;
    const question = { t, z, clicks, taken, channel: this.channel() };
    const limit = setTimeout(() => mine.abort(), TIMEOUT_MS);
    const answer = await this.ask(question, mine.signal).then(asFound, asRefused);
    clearTimeout(limit);
    if (this.running !== mine) return null;
    this.running = null;
    return answer;
  }

  drop(): void {
    this.running?.abort();
    this.running = null;
  }
}

function asFound(outlined: Outlined): Answer {
  const { source, model } = outlined;
  return { kind: 'found', spans: spansOf(outlined), source, model };
}

const WHY: Record<string, HintCode> = {
  nothing_found: 'click_nothing',
  clicks_too_far_apart: 'click_too_far',
};

function asRefused(error: unknown): Answer {
  if (error instanceof DOMException) return { kind: 'refused', why: 'click_offline' };
  if (!(error instanceof ApiProblem)) throw error;
  const offline = error.status === 0 || error.status === 429 || error.status >= 500;
  const otherwise = error.status === 401 ? 'click_signed_out' : 'click_refused';
  return { kind: 'refused', why: WHY[error.code] ?? (offline ? 'click_offline' : otherwise) };
}

/** The row pieces of a mask. */
export function spansOf({ x0, y0, width, height, runs }: CroppedMask): Span[] {
  const inside = decodePlane(fromBase64(runs), width * height);
  const spans: Span[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!inside[y * width + x]) continue;
      const start = x;
      while (x < width && inside[y * width + x]) x++;
      spans.push([y0 + y, x0 + start, x0 + x]);
    }
  }
  return spans;
}

/** The cells round clicks, without one that is drawn anew; null where there are none. */
export function takenAround(
  plane: LabelPlane,
  clicks: readonly Click[],
  without: number,
): CroppedMask | null {
  const { x0, y0, x1, y1 } = neighbourhood(plane, clicks);
  const [width, height] = [x1 - x0, y1 - y0];
  const taken = new Uint8Array(width * height);
  let any = false;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const label = plane.get(x, y);
      if (!label || label === without) continue;
      taken[(y - y0) * width + x - x0] = 1;
      any = true;
    }
  }
  return any ? { x0, y0, width, height, runs: toBase64(encodePlane(taken)) } : null;
}

function neighbourhood(plane: LabelPlane, clicks: readonly Click[]): Rect {
  const positive = clicks.filter((click) => click.positive);
  const start = (values: number[]): number =>
    Math.floor((Math.min(...values) + Math.max(...values) + 1) / 2) - NEIGHBOURHOOD / 2;
  const left = start(positive.map(({ x }) => x));
  const top = start(positive.map(({ y }) => y));
  return {
    x0: Math.max(0, left),
    y0: Math.max(0, top),
    x1: Math.min(plane.width, left + NEIGHBOURHOOD),
    y1: Math.min(plane.height, top + NEIGHBOURHOOD),
  };
}
