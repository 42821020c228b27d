/** Contrast of every channel. */
import type { ReactElement } from 'react';

import { PERCENTILES, type Percentiles } from '../../engine/image/contrast';
import type { Session } from '../../engine/session';
import { useT, type Translate } from '../messages';
import { ChannelControls } from './ChannelControls';
import { Panel } from './Panel';
import { useSnapshot } from './useSession';

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
  const { contrast, solo, views } = useSnapshot(session);
  const { channels } = session.display;
  return (
    <Panel
      id="picture"
      title={t('panel.picture')}
      aside={
        <span className="row">
          <button
            type="button"
            className="btn small"
            aria-label={t('panel.auto')}
            title={t('panel.auto')}
            onClick={() => channels.auto()}
          >
            {t('channel.auto')}
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
      }
    >
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
      <label className="row">
        <input
          type="checkbox"
          checked={views.minimap}
          onChange={() => session.views.toggleMinimap()}
        />
        {t('display.minimap')}
      </label>
    </Panel>
  );
}
