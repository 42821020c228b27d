/** Plot data of findings in the form that plots take. Pure. */
import type { AlignedData } from 'uplot';

import type { Figure } from '../../../../api';

type Value = number | null;

/** Series over one common axis; where several lie on one place, the place is there as often. */
export function aligned(figure: Pick<Figure, 'series'>): AlignedData {
  const rows = figure.series.flatMap(({ x, y }, at) =>
    y.map((value, i) => ({ at, x: x[i] ?? i, y: value })),
  );
  rows.sort((a, b) => a.x - b.x);
  const merged: { x: number; values: Value[] }[] = [];
  for (const { at, x, y } of rows) {
    const last = merged.at(-1);
    const open = last?.x === x && last.values[at] === undefined ? last : undefined;
    const row = open ?? { x, values: [] };
    row.values[at] = y;
    if (!open) merged.push(row);
  }
  return [
    merged.map(({ x }) => x),
    ...figure.series.map((_, at) => merged.map(({ values }) => values[at] ?? null)),
  ];
}

export interface Bar {
  label: string;
  value: number;
  /** Share of the longest bar, 0 to 1. */
  share: number;
}

/** One row of bars per label: all series of the label one under the other. */
export function barRows(figure: Pick<Figure, 'series' | 'labels'>): Bar[][] {
  const values = figure.series.flatMap(({ y }) => y.map((value) => value ?? 0));
  const top = Math.max(...values, 1e-9);
  return figure.labels.map((label, at) =>
    figure.series.map(({ y }) => {
      const value = y[at] ?? 0;
      return { label, value, share: Math.max(0, value) / top };
    }),
  );
}

/** Few digits, and no more than there are: 12, 0.43, 3.5. */
export function shortNumber(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString();
  return value.toPrecision(value < 1 ? 2 : 3);
}
