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

export interface RunData {
  steps: number[];
  loss: Column;
  smooth: Column;
  val: Column;
}

/** Loss as logged, loss smoothed (exponential mean) and the validation metric over the steps. */
export function runData(points: CurvePoint[], smoothing = 0.85): RunData {
  const sorted = [...points].sort((a, b) => a.step - b.step);
  const loss = sorted.map((point) => point.loss ?? null);
  let mean: number | null = null;
  const smooth = loss.map((value) => {
    if (value === null) return mean;
    mean = mean === null ? value : smoothing * mean + (1 - smoothing) * value;
    return mean;
  });
  return {
    steps: sorted.map((point) => point.step),
    loss,
    smooth,
    val: sorted.map((point) => point.val ?? null),
  };
}

/** Counts on a logarithmic scale from 0 to 1, so that dim and bright pixels both show. */
export function logBins(bins: number[]): number[] {
  const logs = bins.map((count) => Math.log10(1 + Math.max(0, count)));
  const top = Math.max(...logs, 1e-9);
  return logs.map((value) => value / top);
}
