/** Histogram of each channel, logarithmic counts, as plain SVG. */
import type { ReactElement } from 'react';

import type { Channel, Histogram } from '../../api';
import { number } from '../shell/format';
import { logBins } from './curves';

const WIDTH = 512;
const HEIGHT = 90;

function outline(bins: number[]): string {
  const step = WIDTH / Math.max(1, bins.length);
  const points = logBins(bins).map(
    (value, i) => `${(i * step).toFixed(1)},${(HEIGHT - value * HEIGHT).toFixed(1)}`,
  );
  return `M0,${HEIGHT} L${points.join(' L')} L${WIDTH},${HEIGHT} Z`;
}

interface Props {
  histogram: Histogram;
  channels: Channel[];
}

export function HistogramChart({ histogram, channels }: Props): ReactElement {
  return (
    <div className="stack">
      {histogram.channels.map(({ low, high, bins }, i) => (
        <figure key={i} style={{ margin: 0 }}>
          <svg
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            width="100%"
            height={HEIGHT}
            role="img"
            aria-label={channels[i]?.name ?? `${i + 1}`}
          >
            <path
              d={outline(bins)}
              fill="var(--c1)"
              fillOpacity="0.35"
              stroke="var(--c1)"
              strokeWidth="1"
            />
          </svg>
          <figcaption className="row between small muted">
            <span>{number(low)}</span>
            <span>{channels[i]?.name}</span>
            <span>{number(high)}</span>
          </figcaption>
        </figure>
      ))}
    </div>
  );
}
