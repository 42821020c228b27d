/** Two numbers of each image as a point that leads to it; drawn as SVG so that points are links. */
import type { ReactElement } from 'react';
import { Link } from 'react-router';

export interface ScatterPoint {
  key: number;
  x: number;
  y: number;
  /** Where a click leads; nothing for an image that is gone. */
  to: string | null;
  name: string;
}

interface Props {
  points: ScatterPoint[];
  labels: [string, string];
  label: string;
}

const SIDE = 320;
const LEFT = 46;
const BOTTOM = 40;
const TOP = 10;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

const across = (value: number): number => LEFT + value * SIDE;
const down = (value: number): number => TOP + (1 - value) * SIDE;

export function ScatterChart({ points, labels, label }: Props): ReactElement {
  return (
    <svg
      className="scatter"
      viewBox={`0 0 ${LEFT + SIDE + 12} ${TOP + SIDE + BOTTOM}`}
      role="group"
      aria-label={label}
    >
      {TICKS.map((tick) => (
        <g key={tick} className="scatter-grid">
          <line x1={across(tick)} x2={across(tick)} y1={down(0)} y2={down(1)} />
          <line x1={across(0)} x2={across(1)} y1={down(tick)} y2={down(tick)} />
          <text x={across(tick)} y={down(0) + 15} textAnchor="middle">
            {tick}
          </text>
          <text x={LEFT - 6} y={down(tick) + 4} textAnchor="end">
            {tick}
          </text>
        </g>
      ))}
      <line className="scatter-even" x1={across(0)} y1={down(0)} x2={across(1)} y2={down(1)} />
      <text x={across(0.5)} y={TOP + SIDE + 34} textAnchor="middle">
        {labels[0]}
      </text>
      <text transform={`translate(12 ${down(0.5)}) rotate(-90)`} textAnchor="middle">
        {labels[1]}
      </text>
      {points.map(({ key, x, y, to, name }) => {
        const dot = (
          <circle cx={across(x)} cy={down(y)} r={5}>
            <title>{name}</title>
          </circle>
        );
        return to === null ? (
          <g key={key}>{dot}</g>
        ) : (
          <Link key={key} to={to} aria-label={name}>
            {dot}
          </Link>
        );
      })}
    </svg>
  );
}
