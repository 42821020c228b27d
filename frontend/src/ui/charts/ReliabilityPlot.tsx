/** Reliability: what came true over how sure the model was; on the diagonal both agree. */
import type { ReactElement } from 'react';

import { number } from '../shell/format';
import { reliabilityPath, type ReliabilityPoint } from './reliability';

const SIDE = 220;
const LEFT = 34;
const BOTTOM = 30;
const TOP = 8;
const BARS = 34;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

interface Curve {
  name: string;
  bins: readonly ReliabilityPoint[];
}

interface Props {
  curves: Curve[];
  label: string;
}

const x = (value: number): number => LEFT + value * SIDE;
const y = (value: number): number => TOP + (1 - value) * SIDE;

/** How many cases each bin of the last curve holds, as bars under the plot. */
function Counts({ bins }: { bins: readonly ReliabilityPoint[] }): ReactElement {
  const most = Math.max(1, ...bins.map(({ n }) => n));
  return (
    <g fill="var(--muted)" fillOpacity="0.35">
      {bins.map(({ low, high, n }) => {
        const height = (n / most) * BARS;
        return (
          <rect
            key={low}
            x={x(low) + 0.5}
            y={y(0) - height}
            width={Math.max(1, (high - low) * SIDE - 1)}
            height={height}
          />
        );
      })}
    </g>
  );
}

function Axes(): ReactElement {
  return (
    <g fontSize="10.5" fill="var(--muted)" stroke="none">
      {TICKS.map((tick) => (
        <g key={tick}>
          <path d={`M${x(0)},${y(tick)} H${x(1)}`} stroke="var(--border)" />
          <text x={LEFT - 5} y={y(tick) + 3.5} textAnchor="end">
            {number(tick * 100)}
          </text>
          <text x={x(tick)} y={y(0) + 14} textAnchor="middle">
            {number(tick * 100)}
          </text>
        </g>
      ))}
      <path
        d={`M${x(0)},${y(0)} L${x(1)},${y(1)}`}
        stroke="var(--border-strong)"
        strokeDasharray="3 3"
      />
    </g>
  );
}

export function ReliabilityPlot({ curves, label }: Props): ReactElement {
  const last = curves.at(-1);
  return (
    <figure className="reliability">
      <svg
        viewBox={`0 0 ${LEFT + SIDE + 10} ${TOP + SIDE + BOTTOM}`}
        role="img"
        aria-label={label}
        width="100%"
      >
        <Axes />
        {last ? <Counts bins={last.bins} /> : null}
        {curves.map(({ name, bins }, at) => {
          const color = `var(--c${at + 1})`;
          const only = curves.length === 1;
          return (
            <g key={name} stroke={color} fill="none" strokeWidth="2">
              <path
                d={reliabilityPath(bins, x, y)}
                {...(at === 0 && !only ? { strokeDasharray: '5 4' } : {})}
              />
              {bins.map(({ confidence, accuracy, low }) => (
                <circle key={low} cx={x(confidence)} cy={y(accuracy)} r="3" fill={color} />
              ))}
            </g>
          );
        })}
      </svg>
      <figcaption>
        <ul className="legend-list small">
          {curves.map(({ name }, at) => (
            <li key={name}>
              <i style={{ background: `var(--c${at + 1})` }} aria-hidden /> {name}
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}
