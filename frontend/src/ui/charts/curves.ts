/** From rows of the API to the columns that uPlot draws. Pure. */
import type { CurvePoint, LearningPoint } from '../../api';

export type Column = (number | null)[];

export interface LearningSeries {
  arm: string;
  values: Column;
  low: Column;
  high: Column;
}

export interface LearningData {
  labels: number[];
  series: LearningSeries[];
}

/** `score` is the project's own metric and has an interval; the others are extra. */
export type LearningMetric = 'score' | 'ap50' | 'ap75';

/**
 * One line per arm over the number of labels, on one shared axis, with its interval.
 *
 * A later point of the same arm at the same number of labels replaces the earlier one. The interval is of
 * the score; other metrics come without a band.
 */
export function learningData(points: LearningPoint[], metric: LearningMetric): LearningData {
  const known = points.filter((point) => point[metric] !== null);
  const labels = [...new Set(known.map((point) => point.labels))].sort((a, b) => a - b);
  const arms = [...new Set(known.map((point) => point.arm))];
  const series = arms.map((arm) => {
    const byLabels = new Map(
      known.filter((point) => point.arm === arm).map((point) => [point.labels, point]),
    );
    const pick = (read: (point: LearningPoint) => number | null): Column =>
      labels.map((n) => {
        const point = byLabels.get(n);
        return point ? read(point) : null;
      });
    const banded = metric === 'score';
    return {
      arm,
      values: pick((point) => point[metric]),
      low: pick((point) => (banded ? point.low : null)),
      high: pick((point) => (banded ? point.high : null)),
    };
  });
  return { labels, series };
}

/** The splits that the points speak of, the test split first. */
export function splitsOf(points: LearningPoint[]): string[] {
  return [...new Set(points.map((point) => point.split))].sort((a, b) =>
    a === 'test' ? -1 : b === 'test' ? 1 : a.localeCompare(b),
  );
}

export type RunCurve = 'loss' | 'rate' | 'speed';

export interface RunData {
  steps: number[];
  loss: Column;
  smooth: Column;
  val: Column;
  rate: Column;
  speed: Column;
}

/** An exponential mean; it starts at the first value and stays where there is none. */
export function smoothed(values: Column, smoothing: number): Column {
  let mean: number | null = null;
  return values.map((value) => {
    if (value === null) return mean;
    mean = mean === null ? value : smoothing * mean + (1 - smoothing) * value;
    return mean;
  });
}

/** Loss as logged, loss smoothed, the validation metric, learning rate and images per second over the steps. */
export function runData(points: CurvePoint[], smoothing = 0.85): RunData {
  const sorted = [...points].sort((a, b) => a.step - b.step);
  const loss = sorted.map((point) => point.loss ?? null);
  return {
    steps: sorted.map((point) => point.step),
    loss,
    smooth: smoothed(loss, smoothing),
    val: sorted.map((point) => point.val ?? null),
    rate: sorted.map((point) => point.learning_rate ?? null),
    speed: sorted.map((point) => point.images_per_second ?? null),
  };
}

/** What a logarithmic axis can show: numbers above 0. */
export function positive(values: Column): Column {
  return values.map((value) => (value !== null && value > 0 ? value : null));
}

export interface CurveSummary {
  name: 'loss' | 'val' | 'rate' | 'speed';
  first: number | null;
  newest: number | null;
  lowest: number | null;
  highest: number | null;
}

/** A chart in numbers, for those who do not see it. */
export function summary(points: CurvePoint[], shown: RunCurve): CurveSummary[] {
  const data = runData(points);
  const names = shown === 'loss' ? (['loss', 'val'] as const) : ([shown] as const);
  return names.map((name) => {
    const known = data[name].filter((value) => value !== null);
    return {
      name,
      first: known[0] ?? null,
      newest: known.at(-1) ?? null,
      lowest: known.length > 0 ? Math.min(...known) : null,
      highest: known.length > 0 ? Math.max(...known) : null,
    };
  });
}

/** Counts on a logarithmic scale from 0 to 1, so that dim and bright pixels both show. */
export function logBins(bins: number[]): number[] {
  const logs = bins.map((count) => Math.log10(1 + Math.max(0, count)));
  const top = Math.max(...logs, 1e-9);
  return logs.map((value) => value / top);
}
