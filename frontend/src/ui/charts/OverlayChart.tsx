/** Validation curves of several runs over the seconds that they took. */
import { useMemo, type ReactElement } from 'react';
import type uPlot from 'uplot';

import type { Column } from './curves';
import { seriesColor, seriesDash } from './colors';
import { axis, BOTTOM, Plot, type PlotOptions } from './Plot';

interface Props {
  seconds: number[];
  columns: Column[];
  names: string[];
  /** Of the horizontal and the vertical axis. */
  labels: [string, string];
  label: string;
}

export function OverlayChart({ seconds, columns, names, labels, label }: Props): ReactElement {
  const data = useMemo<uPlot.AlignedData>(() => [seconds, ...columns], [seconds, columns]);
  const options = (): PlotOptions => ({
    scales: { x: { time: false }, y: { range: [0, 1] } },
    axes: [axis(labels[0], BOTTOM), axis(labels[1], { size: 52 })],
    series: [
      { label: labels[0] },
      ...names.map((name, i): uPlot.Series => ({
        label: name,
        stroke: seriesColor(i),
        width: 2,
        dash: seriesDash(i),
        spanGaps: true,
        points: { show: true, size: 6, fill: seriesColor(i) },
        value: (_, value: number | null) => (value === null ? '-' : value.toFixed(3)),
      })),
    ],
  });
  return <Plot options={options} data={data} label={label} />;
}
