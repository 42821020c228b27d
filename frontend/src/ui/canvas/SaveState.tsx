/** What is saved and what waits, in words and with a sign. */
import type { ReactElement } from 'react';

import { Icon } from '../shell/Icon';
import { useT, type Translate } from '../messages';

export interface Saving {
  save: 'saved' | 'saving' | 'offline' | 'signed_out' | 'refused';
  saveDetail: string;
  pending: number;
  durable: boolean;
}

function textOf(t: Translate, { save, saveDetail, pending, durable }: Saving): string {
  if (!durable) return t('save.unsafe');
  if (save === 'refused') return t('save.refused', { detail: saveDetail });
  return t(`save.${save}`, { n: pending });
}

export function SaveState({ state }: { state: Saving }): ReactElement {
  const t = useT();
  const bad = !state.durable || state.save === 'refused';
  const waits = state.save === 'offline' || state.save === 'signed_out';
  const look = bad ? 'bad' : waits ? 'warn' : 'quiet';
  return (
    <span className={`save-state ${look}`} role="status" data-state={state.save}>
      <Icon name={bad || waits ? 'warn' : state.save === 'saving' ? 'upload' : 'check'} />
      {textOf(t, state)}
    </span>
  );
}
