/** Options of the tools that look at intensities: numbers and the channel. */
import type { KeyboardEvent, ReactElement } from 'react';

import type { Session } from '../../engine/session';
import { useT } from '../messages';
import { useSnapshot } from './useSession';

interface Props {
  session: Session;
}

/** Where the tool looks; nothing to choose with one channel. */
export function ChannelSelect({ session }: Props): ReactElement | null {
  const t = useT();
  const { contrast, options } = useSnapshot(session);
  if (contrast.length < 2) return null;
  return (
    <select
      aria-label={t('pixels.channel')}
      title={t('pixels.channel')}
      value={String(options.channel)}
      onChange={({ target: { value } }) =>
        session.toolbox.setOptions({ channel: value === 'visible' ? value : Number(value) })
      }
    >
      <option value="visible">{t('pixels.visible')}</option>
      {contrast.map((channel, index) => (
        <option key={index} value={index}>
          {channel.name}
        </option>
      ))}
    </select>
  );
}

export function ToleranceSlider({ session }: Props): ReactElement {
  const t = useT();
  const { options } = useSnapshot(session);
  return (
    <label className="slider">
      <span>{t('pixels.tolerance')}</span>
      <input
        type="range"
        min={0}
        max={100}
        step={0.5}
        value={options.tolerance}
        onChange={(event) => session.toolbox.setOptions({ tolerance: Number(event.target.value) })}
      />
      <output>{Math.round(options.tolerance)} %</output>
    </label>
  );
}

export function SmallestField({ session }: Props): ReactElement {
  const t = useT();
  const { options } = useSnapshot(session);
  return (
    <label className="row">
      {t('pixels.smallest')}
      <input
        type="number"
        className="tool-number"
        min={1}
        max={100000}
        value={options.smallest}
        onChange={(event) =>
          session.toolbox.setOptions({ smallest: Math.max(1, Number(event.target.value)) })
        }
      />
    </label>
  );
}

/** The threshold of the region that was drawn, and what comes of it. */
export function ThresholdDial({ session }: Props): ReactElement | null {
  const t = useT();
  const { dial } = useSnapshot(session);
  if (!dial) return null;
  const { low, high, value, pieces, dropped } = dial;
  const make = (): void => void session.toolbox.key('confirm');
  // Enter belongs to the tool also while the slider has the focus.
  const onKey = (event: KeyboardEvent): void => {
    if (event.code === 'Enter') make();
  };
  return (
    <>
      <label className="slider">
        <span>{t('pixels.threshold')}</span>
        <input
          type="range"
          min={low}
          max={high}
          step={(high - low) / 500 || 1}
          value={value}
          onChange={(event) => session.toolbox.setDial(Number(event.target.value))}
          onKeyDown={onKey}
        />
        <output>{value.toPrecision(4)}</output>
      </label>
      <span role="status">
        {t('pixels.found', { n: pieces })}
        {dropped > 0 ? `, ${t('pixels.dropped', { n: dropped })}` : ''}
      </span>
      <button type="button" className="btn small" disabled={pieces === 0} onClick={make}>
        {t('pixels.apply')}
      </button>
    </>
  );
}
