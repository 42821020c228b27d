/** The report of a run, as the trainer writes it (docs/training.md), and what the page makes of it. Pure. */
import type { Id, RunDetail } from '../../../../api';

export const LAYERS = ['picture', 'truth', 'prediction', 'errors'] as const;
export type Layer = (typeof LAYERS)[number];
export const KINDS = ['found', 'missed', 'false', 'split', 'merged'] as const;
export type ErrorKind = (typeof KINDS)[number];
/** What became of a cell: found cells may still be of a wrong class. */
export type CellKind = ErrorKind | 'wrong';
export type Why = 'worst' | 'median' | 'best' | 'random';

type Box = [y0: number, x0: number, y1: number, x1: number];

/** A line about one item: a sample's id, and the names of its pictures. */
export interface ItemLine {
  item: string;
  layers?: Partial<Record<Layer, string>>;
  /** Rows and columns of the pictures. */
  shape?: [number, number];
  t?: number;
  z?: number;
  box?: Box;
}

/** A line about a whole image, with its class where it has one, or all its classes where it may have several. */
export interface WorstImage extends ItemLine {
  value: number;
  counts?: Record<ErrorKind, number>;
  truth?: number;
  predicted?: number;
  confidence?: number;
  truths?: number[];
  predictions?: number[];
  /** Of each class. */
  probabilities?: number[];
}

export interface Example extends WorstImage {
  why: Why[];
}

export interface WorstObject extends ItemLine {
  object: number;
  kind: CellKind;
  iou: number;
  area: number;
  confidence: number | null;
  /** Classes of a cell of a wrong class. */
  truth?: number | null;
  predicted?: number | null;
}

export interface ClassRow {
  index: number;
  support: number;
  predicted: number;
  precision: number;
  recall: number;
  f1?: number;
  iou?: number;
  dice?: number;
  average_precision?: number | null;
  ap50?: number;
  panoptic_quality?: number;
}

export interface Classes {
  unit: 'image' | 'object' | 'pixel';
  names: string[];
  rows: ClassRow[];
  /** Which class was taken for which; absent where an image may have several. */
  matrix?: number[][];
  /** Of each class, where an image may have several: what is above is said to be there. */
  thresholds?: number[];
  /** Images that have two classes at once, in the truth and as predicted. */
  together?: { truth: number[][]; predicted: number[][] };
  /** Cells that nobody has given a class, which the matrix leaves out. */
  unclassed?: number;
  /** Index of the class that stands for no class at all. */
  background?: number;
  errors?: Record<ErrorKind, number>;
}

export interface Interval {
  value: number;
  low: number;
  high: number;
}

export interface Intervals {
  level: number;
  primary: string;
  items: number;
  groups: number;
  metrics: Record<string, Interval>;
}

export interface ReliabilityBin {
  low: number;
  high: number;
  n: number;
  confidence: number;
  accuracy: number;
}

export interface Calibration {
  method: string;
  n: number;
  used: boolean;
  code: string;
  reason: string;
  before: Record<string, number>;
  after: Record<string, number>;
  curves: { before: ReliabilityBin[]; after: ReliabilityBin[] };
}

export interface Report {
  metrics?: Record<string, number>;
  seconds?: number;
  steps?: number;
  parameters?: number;
  examples?: {
    available: number;
    looked_at: number;
    items: Example[];
    colors?: {
      errors?: Record<string, string>;
      outlines?: Record<string, string>;
      classes?: string[];
    };
  };
  classes?: Classes;
  worst?: { images: WorstImage[]; objects?: WorstObject[]; wrong?: number };
  intervals?: Intervals;
  calibration?: Record<string, Calibration>;
}

/** The report of a run; empty before it is over. */
export function reportOf(run: RunDetail): Report {
  return run.report as Report;
}

/** The name of a class: its own, that of the background, or one for objects that are not told apart. */
export function classWord(
  { names, background }: Pick<Classes, 'names' | 'background'>,
  at: number,
  words: { background: string; all: string },
): string {
  return names[at] || (at === background ? words.background : words.all);
}

/** Where a picture of the report is. */
export function pictureUrl(run: Id, name: string): string {
  return `/api/v1/runs/${run}/pictures/${encodeURIComponent(name)}`;
}

/** What tells lines of one list apart: several may be about one large image, each about a part. */
export function keyOf({ item, t, box }: ItemLine): string {
  return [item, t ?? 0, ...(box ?? [])].join(' ');
}

/** The middle of a line's box: centres of pixels are whole numbers. */
export function middleOf([y0, x0, y1, x1]: Box): { x: number; y: number } {
  return { x: (x0 + x1 - 1) / 2, y: (y0 + y1 - 1) / 2 };
}

/**
 * Where a line leads: those who review open the sample on the canvas, at the place; others see the image.
 *
 * A label of the prediction is none of the canvas, which shows the truth.
 */
export function placeLink(
  project: Id,
  line: ItemLine & { object?: number; kind?: string },
  { reviews, image }: { reviews: boolean; image: Id | undefined },
): string | null {
  if (!reviews) return image === undefined ? null : `/projects/${project}/data/${image}`;
  const query = new URLSearchParams();
  if (line.box) {
    const { x, y } = middleOf(line.box);
    query.set('x', String(x));
    query.set('y', String(y));
    query.set('t', String(line.t ?? 0));
    query.set('z', String(line.z ?? 0));
  }
  if (line.object !== undefined && line.kind !== 'false') query.set('object', String(line.object));
  const place = query.toString();
  return `/projects/${project}/annotate/${line.item}${place ? `?${place}` : ''}`;
}

export interface Matrix {
  names: string[];
  matrix: number[][];
}

export interface MatrixCell {
  count: number;
  /** Share of its row, from 0 to 1; null in an empty row. */
  share: number | null;
  hit: boolean;
  /** Nothing to count: what is not there and was not found. */
  void: boolean;
}

export interface MatrixView {
  /** A name per row and column; null stands for nothing there. */
  names: (string | null)[];
  rows: MatrixCell[][];
}

/** A confusion matrix with shares of its rows. One with a line more than names has "nothing" as its last class. */
export function matrixView({ names, matrix }: Matrix): MatrixView {
  const labels = matrix.map((_, at) => names[at] ?? (at < names.length ? '' : null));
  const rows = matrix.map((row, i) => {
    const sum = row.reduce((total, count) => total + count, 0);
    return row.map((count, j) => ({
      count,
      share: sum > 0 ? count / sum : null,
      hit: i === j && labels[i] !== null,
      void: labels[i] === null && labels[j] === null,
    }));
  });
  return { names: labels, rows };
}

/** The pairs of classes that are mixed up most, as counts; the diagonal is none. */
export function confusions(
  { names, matrix }: Matrix,
  most: number,
): { truth: string; predicted: string; count: number }[] {
  return matrix
    .flatMap((row, i) =>
      row.map((count, j) => ({ truth: names[i] ?? '', predicted: names[j] ?? '', count, i, j })),
    )
    .filter(({ i, j, count }) => i !== j && count > 0 && i < names.length && j < names.length)
    .sort((a, b) => b.count - a.count)
    .slice(0, most)
    .map(({ truth, predicted, count }) => ({ truth, predicted, count }));
}

/** The metrics to show with their interval, the primary first; `order` names those worth it. */
export function mainIntervals(
  { primary, metrics }: Intervals,
  order: readonly string[],
): [string, Interval][] {
  const rank = (name: string): number => (name === primary ? -1 : order.indexOf(name));
  return Object.entries(metrics)
    .filter(([name]) => name === primary || order.includes(name))
    .sort(([a], [b]) => rank(a) - rank(b));
}

/** What was said of an image and what is true, in names of classes; the chance of each where it is known. */
export interface Verdict {
  wrong: boolean;
  predicted: { name: string; chance: number | undefined }[];
  truth: string[];
}

/** The verdict on an image that has a class or several; null for one that has none to compare. */
export function verdictOf(line: WorstImage, names: readonly string[]): Verdict | null {
  const { truth, predicted, confidence, truths, predictions, probabilities } = line;
  const word = (at: number): string => names[at] ?? '';
  if (truths && predictions) {
    return {
      wrong: [...truths].sort().join() !== [...predictions].sort().join(),
      predicted: predictions.map((at) => ({ name: word(at), chance: probabilities?.[at] })),
      truth: truths.map(word),
    };
  }
  if (truth === undefined || predicted === undefined) return null;
  return {
    wrong: truth !== predicted,
    predicted: [{ name: word(predicted), chance: confidence }],
    truth: [word(truth)],
  };
}
