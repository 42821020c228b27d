/** Frame and slice that all views show. */
import { useSyncExternalStore, type ReactElement } from 'react';

import type { Scene } from '../../../engine/compare/scene';
import { useT } from '../../messages';

interface AxisProps {
  label: string;
  count: number;
  value: number;
  onChange: (value: number) => void;
}

function Axis({ label, count, value, onChange }: AxisProps): ReactElement | null {
  if (count < 2) return null;
  return (
    <label className="slider grow">
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
