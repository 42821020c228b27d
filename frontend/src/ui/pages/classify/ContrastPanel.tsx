/** Contrast of all pictures of the grid: the same controls as on the canvas. */
import { useSyncExternalStore, type ReactElement } from 'react';

import type { GridLook, WindowSource } from '../../../engine/gridLook';
import { ChannelControls } from '../../canvas/ChannelControls';
import { useT } from '../../messages';

export function ContrastPanel({ look }: { look: GridLook }): ReactElement {
  const t = useT();
  const { window } = useSyncExternalStore(look.subscribe, look.snapshot);
  const { channels } = look;
  const { contrast, solo } = channels;
  return (
    <section className="panel" aria-label={t('classify.contrast')}>
      <header>
        <h2>{t('classify.contrast')}</h2>
        <button type="button" className="btn small" onClick={() => channels.reset()}>
          {t('display.reset')}
        </button>
      </header>
      <select
        className="input"
        aria-label={t('classify.contrast')}
        value={window}
        onChange={(event) => look.setWindow(event.target.value as WindowSource)}
      >
        <option value="image">{t('classify.contrastImage')}</option>
        <option value="crop">{t('classify.contrastCrop')}</option>
      </select>
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
