/** Learning curve: a metric over the number of labels, one line and band per arm. */
import { useMemo, type ReactElement } from 'react';
import type uPlot from 'uplot';

import type { LearningPoint } from '../../api';
import { useT } from '../messages';
import { wordFor } from '../shell/words';
import { seriesColor, seriesDash, withAlpha } from './colors';
import { learningData, type LearningMetric } from './curves';
import { axis, BOTTOM, Plot, type PlotOptions } from './Plot';

interface Props {
  points: LearningPoint[];
  metric: LearningMetric;
  /** Name of the metric on its axis. */
  name: string;
}

/** Labels are counted: no ticks between whole numbers. */
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

function decimals(value: number | null): string {
  return value === null ? '-' : value.toFixed(3);
}

export function LearningChart({ points, metric, name }: Props): ReactElement {
  const t = useT();
  const data = useMemo(() => learningData(points, metric), [points, metric]);
  const columns = useMemo<uPlot.AlignedData>(
    () => [data.labels, ...data.series.flatMap(({ values, low, high }) => [values, low, high])],
    [data],
  );
  const options = (): PlotOptions => ({
    scales: {
      x: { time: false },
      y: { range: (_, low, high) => [Math.max(0, low - 0.05), Math.min(1, high + 0.05)] },
    },
    axes: [axis(t('overview.labels'), { ...BOTTOM, incrs: WHOLE_STEPS }), axis(name, { size: 52 })],
    legend: { live: true },
    series: [
      { label: t('overview.labels') },
      ...data.series.flatMap(({ arm }, i): uPlot.Series[] => {
        const color = seriesColor(i);
        const hidden: uPlot.Series = {
          stroke: 'transparent',
          points: { show: false },
          class: 'band-edge',
        };
        return [
          {
            label: wordFor(t, 'arm', arm),
            stroke: color,
            width: 2,
            dash: seriesDash(i),
            spanGaps: true,
            points: { show: true, size: 7, fill: color },
            value: (_, value) => decimals(value),
          },
          { ...hidden, label: `${arm} low`, spanGaps: true },
          { ...hidden, label: `${arm} high`, spanGaps: true },
        ];
      }),
    ],
    bands: data.series.map((_, i) => ({
      series: [i * 3 + 3, i * 3 + 2],
      fill: withAlpha(seriesColor(i), 0.16),
    })),
  });
  return (
    <Plot
      key={metric + data.series.map((item) => item.arm).join()}
      options={options}
      data={columns}
      label={t('overview.curveLabel')}
    />
  );
}
