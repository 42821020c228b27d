import type { ReactElement } from 'react';

import type { Search, Trial } from '../../../api';
import { useT } from '../../messages';

const SEARCH_TONES: Record<Search['state'], string> = {
  running: 'accent',
  done: 'ok',
  failed: 'bad',
  cancelled: 'warn',
};

export function SearchState({ state }: { state: Search['state'] }): ReactElement {
  const t = useT();
  return <span className={`badge ${SEARCH_TONES[state]}`}>{t(`search.state.${state}`)}</span>;
}

const TRIAL_TONES: Record<Trial['state'], string> = {
  running: 'accent',
  done: 'ok',
  pruned: '',
  failed: 'bad',
};

export function TrialState({ state }: { state: Trial['state'] }): ReactElement {
  const t = useT();
  return <span className={`badge ${TRIAL_TONES[state]}`}>{t(`search.trialState.${state}`)}</span>;
}
