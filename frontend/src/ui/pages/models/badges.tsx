import type { ReactElement } from 'react';

import type { ModelVersion, Run } from '../../../api';
import { useT } from '../../messages';
import { Icon } from '../../shell/Icon';

const RUN_TONES: Record<Run['state'], string> = {
  queued: '',
  running: 'accent',
  done: 'ok',
  failed: 'bad',
  cancelled: 'warn',
};

export function RunState({ state }: { state: Run['state'] }): ReactElement {
  const t = useT();
  return <span className={`badge ${RUN_TONES[state]}`}>{t(`run.state.${state}`)}</span>;
}

const MODEL_TONES: Record<ModelVersion['state'], string> = {
  champion: 'ok',
  candidate: 'accent',
  retired: '',
  rejected: 'warn',
};

export function ModelState({ state }: { state: ModelVersion['state'] }): ReactElement {
  const t = useT();
  return (
    <span className={`badge ${MODEL_TONES[state]}`}>
      {state === 'champion' ? <Icon name="crown" /> : null}
      {t(`model.state.${state}`)}
    </span>
  );
}
