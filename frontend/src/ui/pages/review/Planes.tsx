/** Frame and slice that all views show. */
import { useSyncExternalStore, type ReactElement } from 'react';

import type { Scene } from '../../../engine/review/scene';
import { Axis } from '../../canvas/Axis';
import { useT } from '../../messages';

export function Planes({ scene }: { scene: Scene }): ReactElement | null {
  const t = useT();
  const { slice } = useSyncExternalStore(scene.subscribe, scene.snapshot);
  const { frames, depth } = scene.source;
  if (frames < 2 && depth < 2) return null;
  return (
    <div className="row">
      <Axis
        label={t('panel.frame')}
        count={frames}
        value={slice.t}
        onChange={(frame) => scene.goTo({ t: frame, z: slice.z })}
      />
      <Axis
        label={t('panel.slice')}
        count={depth}
        value={slice.z}
        onChange={(z) => scene.goTo({ t: slice.t, z })}
      />
    </div>
  );
}
