/** Scores of a search's trials in order, those given up early, and the best so far. */
import { useMemo, type ReactElement } from 'react';
import type uPlot from 'uplot';

import { useT } from '../messages';
import { trialColumns } from '../pages/search/trials';
import type { Trial } from '../../api';
import { seriesColor } from './colors';
import { axis, BOTTOM, Plot, type PlotOptions } from './Plot';

const decimals = (_: uPlot, value: number | null): string =>
  value === null ? '-' : value.toFixed(3);
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50];

export function TrialChart({ trials }: { trials: Trial[] }): ReactElement {
  const t = useT();
  const data = useMemo<uPlot.AlignedData>(() => {
    const { numbers, scores, pruned, best } = trialColumns(trials);
    return [numbers, scores, pruned, best];
  }, [trials]);
  const options = (): PlotOptions => ({
    scales: {
      x: { time: false, range: (_, low, high) => [low - 0.5, high + 0.5] },
      y: { range: (_, low, high) => [Math.max(0, low - 0.05), Math.min(1, high + 0.05)] },
    },
    axes: [
      axis(t('search.trial'), { ...BOTTOM, incrs: WHOLE_STEPS }),
      axis(t('search.score'), { size: 52 }),
    ],
    series: [
      { label: t('search.trial') },
      {
        label: t('search.trialState.done'),
        stroke: 'transparent',
        points: { show: true, size: 9, fill: seriesColor(0), stroke: seriesColor(0) },
        value: decimals,
      },
      {
        label: t('search.trialState.pruned'),
        stroke: 'transparent',
        points: { show: true, size: 7, stroke: seriesColor(3) },
        value: decimals,
      },
      {
        label: t('search.bestSoFar'),
        stroke: seriesColor(2),
        width: 2,
        points: { show: false },
        spanGaps: true,
        value: decimals,
      },
    ],
  });
  return <Plot options={options} data={data} label={t('search.chart')} />;
}
