/** Contrast of every channel, and the sliders for time and depth. */
import type { ReactElement } from 'react';

import type { Contrast } from '../../engine/contrast';
import type { Session } from '../../engine/session';
import { useT } from '../messages';
import { useSnapshot } from './useSession';

interface ChannelProps {
  session: Session;
  index: number;
  channel: Contrast;
}

/** Steps of a slider over an intensity range: whole numbers where they are fine enough. */
function stepOf(low: number, high: number): number {
  const range = high - low;
  return range >= 50 ? 1 : range / 200 || 0.01;
}

function Channel({ session, index, channel }: ChannelProps): ReactElement {
  const t = useT();
  const range = session.display.rangeOf(index);
  const low = Math.min(range.low, channel.low);
  const high = Math.max(range.high, channel.high);
  const step = stepOf(low, high);
  const change = (part: Partial<Contrast>): void => session.setContrast(index, part);
  const shown = (value: number): string => (step === 1 ? value.toFixed(0) : value.toPrecision(3));
  return (
    <fieldset className="channel">
      <legend className="sr-only">{t('panel.channel', { name: channel.name })}</legend>
      <div className="row between">
        <label className="row grow truncate">
          <input
            type="checkbox"
            checked={channel.on}
            onChange={(event) => change({ on: event.target.checked })}
          />
          <span className="truncate">{channel.name}</span>
        </label>
        <input
          type="color"
          className="channel-color"
          aria-label={t('panel.color', { name: channel.name })}
          value={channel.color}
          onChange={(event) => change({ color: event.target.value })}
        />
      </div>
      <label className="slider">
        <span>{t('panel.low')}</span>
        <input
          type="range"
          min={low}
          max={high}
          step={step}
          value={channel.low}
          onChange={(event) =>
            change({ low: Math.min(Number(event.target.value), channel.high - step) })
          }
        />
        <output>{shown(channel.low)}</output>
      </label>
      <label className="slider">
        <span>{t('panel.high')}</span>
        <input
          type="range"
          min={low}
          max={high}
          step={step}
          value={channel.high}
          onChange={(event) =>
            change({ high: Math.max(Number(event.target.value), channel.low + step) })
          }
        />
        <output>{shown(channel.high)}</output>
      </label>
      <label className="slider">
        <span>{t('panel.gamma')}</span>
        <input
          type="range"
          min={0.2}
          max={3}
          step={0.05}
          value={channel.gamma}
          onChange={(event) => change({ gamma: Number(event.target.value) })}
        />
        <output>{channel.gamma.toFixed(2)}</output>
      </label>
    </fieldset>
  );
}

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

export function PicturePanel({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { contrast, slice, frames, depth } = useSnapshot(session);
  return (
    <section className="panel" aria-label={t('panel.picture')}>
      <header>
        <h2>{t('panel.picture')}</h2>
        <button type="button" className="btn small" onClick={() => session.autoContrast()}>
          {t('panel.auto')}
        </button>
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
      {contrast.map((channel, index) => (
        <Channel key={index} session={session} index={index} channel={channel} />
      ))}
    </section>
  );
}
