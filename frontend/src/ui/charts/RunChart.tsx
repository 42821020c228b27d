/** Curves of a run over its steps: loss with the validation metric on a scale of its own, learning rate, or speed. */
import { useMemo, type ReactElement } from 'react';
import type uPlot from 'uplot';

import type { CurvePoint } from '../../api';
import { useT } from '../messages';
import { seriesColor, withAlpha } from './colors';
import { positive, runData, type RunCurve } from './curves';
import { axis, BOTTOM, Plot, type PlotOptions } from './Plot';

// uPlot numbers the sides from the top, clockwise; its enum has no value at run time.
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
const RIGHT: uPlot.Axis = { side: 1 };
/** uPlot's name for a logarithmic scale; its enum has no value at run time either. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
const LOGARITHMIC: uPlot.Scale = { distr: 3 };

const decimals =
  (digits: number) =>
  (_: uPlot, value: number | null): string =>
    value === null ? '-' : value.toPrecision(digits);

interface Props {
  points: CurvePoint[];
  shown: RunCurve;
  /** The left scale is logarithmic. */
  log: boolean;
  smoothing: number;
}

function line(label: string, index: number): uPlot.Series {
  const color = seriesColor(index);
  return {
    label,
    stroke: color,
    width: 2,
    points: { show: false },
    spanGaps: true,
    value: decimals(4),
  };
}

export function RunChart({ points, shown, log, smoothing }: Props): ReactElement {
  const t = useT();
  const columns = useMemo<uPlot.AlignedData>(() => {
    const { steps, loss, smooth, val, rate, speed } = runData(points, smoothing);
    const left = shown === 'loss' ? [loss, smooth] : [shown === 'rate' ? rate : speed];
    const drawn = log ? left.map(positive) : left;
    return shown === 'loss' ? [steps, ...drawn, val] : [steps, ...drawn];
  }, [points, shown, log, smoothing]);
  const scale: uPlot.Scale = log ? LOGARITHMIC : {};

  const losses = (): PlotOptions => ({
    scales: { x: { time: false }, y: scale, val: { range: [0, 1] } },
    axes: [
      axis(t('run.step'), BOTTOM),
      axis(t('run.loss'), { size: 52 }),
      axis(t('run.val'), { scale: 'val', ...RIGHT, size: 52, grid: { show: false } }),
    ],
    series: [
      { label: t('run.step') },
      { ...line(t('run.loss'), 0), stroke: withAlpha(seriesColor(0), 0.35), width: 1 },
      line(t('run.lossSmooth'), 0),
      {
        ...line(t('run.val'), 1),
        scale: 'val',
        dash: [6, 4],
        points: { show: true, size: 6, fill: seriesColor(1) },
      },
    ],
  });
  const single = (label: string, index: number): PlotOptions => ({
    scales: { x: { time: false }, y: scale },
    axes: [axis(t('run.step'), BOTTOM), axis(label, { size: 64 })],
    series: [{ label: t('run.step') }, line(label, index)],
  });
  const options = (): PlotOptions => {
    if (shown === 'loss') return losses();
    return shown === 'rate' ? single(t('run.curve.rate'), 2) : single(t('run.curve.speed'), 3);
  };
  return (
    <Plot
      key={`${shown} ${log}`}
      options={options}
      data={columns}
      label={t(`run.curvesLabel.${shown}`)}
    />
  );
}
