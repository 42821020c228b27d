/** uPlot inside React: made anew when its shape changes, fed with data when only that changes. */
import { useEffect, useRef, type ReactElement } from 'react';
import uPlot from 'uplot';

import { useDrawnTheme } from '../shell/preferences';
import { token } from './colors';

export type PlotOptions = Omit<uPlot.Options, 'width' | 'height'>;

interface Props {
  /** Called when the plot is made, so that colours are read from the theme in effect. */
  options: () => PlotOptions;
  data: uPlot.AlignedData;
  height?: number;
  /** What the plot shows, in words, for those who do not see it. */
  label: string;
}

/** Height of the axis under a plot: one row of numbers. */
export const BOTTOM: uPlot.Axis = { size: 30 };

/** An axis in the theme's colours. */
export function axis(label: string, extra: uPlot.Axis = {}): uPlot.Axis {
  return {
    label,
    labelSize: 20,
    labelFont: '12px system-ui, sans-serif',
    font: '11.5px system-ui, sans-serif',
    stroke: token('--muted'),
    grid: { stroke: token('--border'), width: 1 },
    ticks: { stroke: token('--border'), width: 1, size: 4 },
    ...extra,
  };
}

export function Plot({ options, data, height = 240, label }: Props): ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ options, data });
  latest.current = { options, data };
  const theme = useDrawnTheme();
  const shape = data.length;

  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const size = (): { width: number; height: number } => ({
      width: Math.max(200, element.clientWidth),
      height,
    });
    const made = new uPlot(
      { ...latest.current.options(), ...size() },
      latest.current.data,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize(size()));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [height, shape, theme]);

  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);

  return <div ref={host} className="chart" role="img" aria-label={label} />;
}
