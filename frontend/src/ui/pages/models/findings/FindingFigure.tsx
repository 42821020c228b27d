/** The evidence of a finding to look at: lines, points, bars or a picture. */
import { useMemo, type ReactElement } from 'react';
import uPlot from 'uplot';

import type { Figure } from '../../../../api';
import { seriesColor, seriesDash } from '../../../charts/colors';
import { axis, BOTTOM, Plot, type PlotOptions } from '../../../charts/Plot';
import { Bars } from './Bars';
import { aligned } from './figures';

const HEIGHT = 170;

function Curves({ figure }: { figure: Figure }): ReactElement {
  const points = figure.kind === 'points';
  const data = useMemo(() => aligned(figure), [figure]);
  const options = (): PlotOptions => ({
    scales: { x: { time: false } },
    axes: [axis(figure.x_label, BOTTOM), axis(figure.y_label, { size: 48 })],
    legend: { show: figure.series.length > 1, live: false },
    cursor: { show: false },
    series: [
      { label: figure.x_label },
      ...figure.series.map(({ name }, i): uPlot.Series => {
        const color = seriesColor(i);
        return {
          label: name,
          stroke: color,
          width: points ? 0 : 2,
          dash: seriesDash(i),
          spanGaps: !points,
          points: { show: points, size: 6, fill: color },
          ...(points ? { paths: () => null } : {}),
        };
      }),
    ],
  });
  return <Plot options={options} data={data} height={HEIGHT} label={figure.title} />;
}

export function FindingFigure({ figure }: { figure: Figure }): ReactElement {
  return (
    <figure className="finding-figure">
      {figure.kind === 'picture' ? (
        <img src={figure.picture} alt={figure.title} />
      ) : figure.kind === 'bars' ? (
        <Bars figure={figure} />
      ) : (
        <Curves figure={figure} />
      )}
      <figcaption className="muted small">{figure.title}</figcaption>
    </figure>
  );
}
