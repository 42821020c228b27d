/** Contrast of all pictures of the grid: the same controls as on the canvas. */
import { useSyncExternalStore, type ReactElement } from 'react';

import type { GridLook, WindowSource } from '../../../engine/grid/gridLook';
import { ChannelControls } from '../../canvas/ChannelControls';
import { Panel } from '../../canvas/Panel';
import { useT } from '../../messages';

export function ContrastPanel({ look }: { look: GridLook }): ReactElement {
  const t = useT();
  const { window } = useSyncExternalStore(look.subscribe, look.snapshot);
  const { channels } = look;
  const { contrast, solo } = channels;
  return (
    <Panel
      id="contrast"
      title={t('classify.contrast')}
      aside={
        <button type="button" className="btn small" onClick={() => channels.reset()}>
          {t('display.reset')}
        </button>
      }
    >
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
    </Panel>
  );
}
