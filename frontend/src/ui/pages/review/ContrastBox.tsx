/** Contrast of all views: the same controls as on the canvas, folded away until they are wanted. */
import { useSyncExternalStore, type ReactElement } from 'react';

import type { Scene } from '../../../engine/review/scene';
import { ChannelControls } from '../../canvas/ChannelControls';
import { useT } from '../../messages';

export function ContrastBox({ scene }: { scene: Scene }): ReactElement {
  const t = useT();
  useSyncExternalStore(scene.subscribe, scene.snapshot);
  const { channels } = scene;
  const { contrast, solo } = channels;
  return (
    <details className="contrast-box">
      <summary>{t('classify.contrast')}</summary>
      <button type="button" className="btn small" onClick={() => channels.reset()}>
        {t('display.reset')}
      </button>
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
    </details>
  );
}
