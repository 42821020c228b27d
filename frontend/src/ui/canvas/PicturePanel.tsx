/** Contrast of every channel, and the sliders for time and depth. */
import type { ReactElement } from 'react';

import { PERCENTILES, type Percentiles } from '../../engine/contrast';
import type { Session } from '../../engine/session';
import { useT, type Translate } from '../messages';
import { ChannelControls } from './ChannelControls';
import { useSnapshot } from './useSession';

interface AxisProps {
  label: string;
  count: number;
  value: number;
  onChange: (value: number) => void;
}

function Axis({ label, count, value, onChange }: AxisProps): ReactElement | null {
  if (count < 2) return null;
  return (
    <label className="slider">
      <span>{label}</span>
      <input
        type="range"
        min={0}
        max={count - 1}
        step={1}
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
      />
      <output>
        {value + 1}/{count}
      </output>
    </label>
  );
}

function percentText(t: Translate, { lower, upper }: Percentiles): string {
  if (lower === 0 && upper === 1) return t('display.minMax');
  const percent = (share: number): string => String(Number((100 * share).toFixed(2)));
  return t('display.leavesOut', { lower: percent(lower), upper: percent(1 - upper) });
}

function PercentileChoice({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { percentiles } = useSnapshot(session);
  const chosen = PERCENTILES.findIndex(
    ({ lower, upper }) => lower === percentiles.lower && upper === percentiles.upper,
  );
  return (
    <label className="percentiles">
      <span>{t('display.percentiles')}</span>
      <select
        value={chosen}
        onChange={(event) =>
          session.display.channels.choosePercentiles(PERCENTILES[Number(event.target.value)]!)
        }
      >
        {PERCENTILES.map((choice, index) => (
          <option key={index} value={index}>
            {percentText(t, choice)}
          </option>
        ))}
      </select>
    </label>
  );
}

export function PicturePanel({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { contrast, solo, slice, frames, depth } = useSnapshot(session);
  const { channels } = session.display;
  return (
    <section className="panel" aria-label={t('panel.picture')}>
      <header>
        <h2>{t('panel.picture')}</h2>
        <span className="row">
          <button type="button" className="btn small" onClick={() => channels.auto()}>
            {t('panel.auto')}
          </button>
          <button
            type="button"
            className="btn small"
            title={t('display.resetHint')}
            onClick={() => channels.reset()}
          >
            {t('display.reset')}
          </button>
        </span>
      </header>
      <Axis
        label={t('panel.frame')}
        count={frames}
        value={slice.t}
        onChange={(frame) => void session.navigator.goTo({ t: frame, z: slice.z })}
      />
      <Axis
        label={t('panel.slice')}
        count={depth}
        value={slice.z}
        onChange={(z) => void session.navigator.goTo({ t: slice.t, z })}
      />
      <PercentileChoice session={session} />
      {contrast.map((channel, index) => (
        <ChannelControls
          key={index}
          channels={channels}
          index={index}
          channel={channel}
          solo={solo === index}
          several={contrast.length > 1}
        />
      ))}
    </section>
  );
}
