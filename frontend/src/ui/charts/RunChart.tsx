/** Curves of a run: loss on the left scale, the validation metric on the right one. */
import { useMemo, type ReactElement } from 'react';
import type uPlot from 'uplot';

import type { CurvePoint } from '../../api';
import { useT } from '../messages';
import { seriesColor, withAlpha } from './colors';
import { runData } from './curves';
import { axis, BOTTOM, Plot, type PlotOptions } from './Plot';

// uPlot numbers the sides from the top, clockwise; its enum has no value at run time.
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
const RIGHT: uPlot.Axis = { side: 1 };

const decimals = (_: uPlot, value: number | null): string =>
  value === null ? '-' : value.toFixed(3);

export function RunChart({ points }: { points: CurvePoint[] }): ReactElement {
  const t = useT();
  const columns = useMemo<uPlot.AlignedData>(() => {
    const { steps, loss, smooth, val } = runData(points);
    return [steps, loss, smooth, val];
  }, [points]);
  const options = (): PlotOptions => ({
    scales: { x: { time: false }, y: {}, val: { range: [0, 1] } },
    axes: [
      axis(t('run.step'), BOTTOM),
      axis(t('run.loss'), { size: 52 }),
      axis(t('run.val'), { scale: 'val', ...RIGHT, size: 52, grid: { show: false } }),
    ],
    series: [
      { label: t('run.step') },
      {
        label: t('run.loss'),
        stroke: withAlpha(seriesColor(0), 0.35),
        width: 1,
        points: { show: false },
        spanGaps: true,
        value: decimals,
      },
      {
        label: t('run.lossSmooth'),
        stroke: seriesColor(0),
        width: 2,
        points: { show: false },
        spanGaps: true,
        value: decimals,
      },
      {
        label: t('run.val'),
        scale: 'val',
        stroke: seriesColor(1),
        width: 2,
        dash: [6, 4],
        spanGaps: true,
        points: { show: true, size: 6, fill: seriesColor(1) },
        value: decimals,
      },
    ],
  });
  return <Plot options={options} data={columns} label={t('run.curvesLabel')} />;
}
