/** One channel of the picture: shown or not, colour, window, and curve. */
import { useId, type ReactElement } from 'react';

import type { Channels } from '../../engine/image/channels';
import type { Contrast } from '../../engine/image/contrast';
import { useT } from '../messages';
import { useOpenPanel } from './openPanels';
import { Fold } from './Panel';

interface Props {
  channels: Channels;
  index: number;
  channel: Contrast;
  /** It is the only one that is shown. */
  solo: boolean;
  /** There are others. */
  several: boolean;
}

/** Steps of a slider over an intensity range: whole numbers where they are fine enough. */
function stepOf(low: number, high: number): number {
  const range = high - low;
  return range >= 50 ? 1 : range / 200 || 0.01;
}

interface HeadProps extends Props {
  open: boolean;
  body: string;
  onFold: () => void;
}

function Head(props: HeadProps): ReactElement {
  const { channels, index, channel, solo, several, open, body, onFold } = props;
  const t = useT();
  const { name } = channel;
  return (
    <div className="row between">
      <input
        type="checkbox"
        aria-label={t('channel.show', { name })}
        checked={channel.on}
        onChange={(event) => channels.set(index, { on: event.target.checked })}
      />
      <span className="grow truncate" title={name}>
        <Fold open={open} controls={body} onClick={onFold}>
          {name}
        </Fold>
      </span>
      {several ? (
        <button
          type="button"
          className="btn small"
          aria-pressed={solo}
          aria-label={t('channel.soloOf', { name })}
          onClick={() => channels.toggleSolo(index)}
        >
          {t('channel.solo')}
        </button>
      ) : null}
      <button
        type="button"
        className="btn small"
        aria-label={t('channel.autoOf', { name })}
        onClick={() => channels.auto(index)}
      >
        {t('channel.auto')}
      </button>
      <input
        type="color"
        className="channel-color"
        aria-label={t('panel.color', { name })}
        value={channel.color}
        onChange={(event) => channels.set(index, { color: event.target.value })}
      />
    </div>
  );
}

interface EndProps {
  label: string;
  range: { low: number; high: number };
  value: number;
  onChange: (value: number, step: number) => void;
}

function WindowEnd({ label, range, value, onChange }: EndProps): ReactElement {
  const step = stepOf(range.low, range.high);
  return (
    <label className="slider">
      <span>{label}</span>
      <input
        type="range"
        min={range.low}
        max={range.high}
        step={step}
        value={value}
        onChange={(event) => onChange(Number(event.target.value), step)}
      />
      <output>{step === 1 ? value.toFixed(0) : value.toPrecision(3)}</output>
    </label>
  );
}

type WindowProps = Pick<Props, 'channels' | 'index' | 'channel'>;

function Curve({ channels, index, channel }: WindowProps): ReactElement {
  const t = useT();
  const { name, gamma, log, invert } = channel;
  return (
    <>
      <label className="slider">
        <span>{t('panel.gamma')}</span>
        <input
          type="range"
          min={0.2}
          max={3}
          step={0.05}
          value={gamma}
          onChange={(event) => channels.set(index, { gamma: Number(event.target.value) })}
        />
        <output>{gamma.toFixed(2)}</output>
      </label>
      <div className="row channel-curve">
        <label className="row">
          <input
            type="checkbox"
            aria-label={t('channel.logOf', { name })}
            checked={log}
            onChange={(event) => channels.set(index, { log: event.target.checked })}
          />
          {t('channel.log')}
        </label>
        <label className="row">
          <input
            type="checkbox"
            aria-label={t('channel.invertOf', { name })}
            checked={invert}
            onChange={(event) => channels.set(index, { invert: event.target.checked })}
          />
          {t('channel.invert')}
        </label>
      </div>
    </>
  );
}

/** Black, white and what lies between. */
function Window(props: WindowProps): ReactElement {
  const t = useT();
  const { channels, index, channel } = props;
  const known = channels.rangeOf(index);
  const range = {
    low: Math.min(known.low, channel.low),
    high: Math.max(known.high, channel.high),
  };
  return (
    <>
      <WindowEnd
        label={t('panel.low')}
        range={range}
        value={channel.low}
        onChange={(low, step) => channels.set(index, { low: Math.min(low, channel.high - step) })}
      />
      <WindowEnd
        label={t('panel.high')}
        range={range}
        value={channel.high}
        onChange={(high, step) => channels.set(index, { high: Math.max(high, channel.low + step) })}
      />
      <Curve {...props} />
    </>
  );
}

/** Several channels are closed at first: only one row of each is seen. */
export function ChannelControls(props: Props): ReactElement {
  const t = useT();
  const { channels, index, channel, several } = props;
  const [open, toggle] = useOpenPanel(several ? `channel.${index}` : 'channel', !several);
  const body = useId();
  return (
    <fieldset className="channel">
      <legend className="sr-only">{t('panel.channel', { name: channel.name })}</legend>
      <Head {...props} open={open} body={body} onFold={toggle} />
      <div id={body} className="channel" hidden={!open}>
        {open ? <Window channels={channels} index={index} channel={channel} /> : null}
      </div>
    </fieldset>
  );
}
