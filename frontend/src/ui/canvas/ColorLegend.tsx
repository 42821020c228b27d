/** What the colours of a scale mean. */
import type { CSSProperties, ReactElement } from 'react';

import type { ColorMode } from '../../engine/labels/labelColors';
import { SCALE, type Rgb } from '../../engine/renderer/palette';
import { useT, type MessageKey } from '../messages';

export function cssColor([r, g, b]: Rgb): string {
  return `rgb(${r} ${g} ${b})`;
}

const BAR: CSSProperties = {
  background: `linear-gradient(to right, ${SCALE.map(cssColor).join(', ')})`,
};

const ENDS: Partial<Record<ColorMode, readonly [MessageKey, MessageKey]>> = {
  confidence: ['legend.low', 'legend.high'],
  uncertainty: ['legend.unsure', 'legend.sure'],
  origin: ['legend.person', 'legend.model'],
};

export function ColorLegend({ mode }: { mode: ColorMode }): ReactElement | null {
  const t = useT();
  const ends = ENDS[mode];
  if (!ends) return null;
  return (
    <p className="legend small">
      <span>{t(ends[0])}</span>
      <span className="legend-bar" style={BAR} aria-hidden />
      <span>{t(ends[1])}</span>
    </p>
  );
}
