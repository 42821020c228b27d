/** The end of a run's log. */
import type { ReactElement } from 'react';

import type { Id } from '../../../../api';
import { useT } from '../../../messages';
import { Loaded } from '../../../shell/states';
import { useLog } from './useRun';

export function LogCard({ id, live }: { id: Id; live: boolean }): ReactElement {
  const t = useT();
  const log = useLog(id, live);
  return (
    <section className="card flush">
      <header>
        <h2>{t('run.log')}</h2>
      </header>
      <Loaded query={log}>
        {(text) => (
          <pre className="log" tabIndex={0} role="region" aria-label={t('run.log')}>
            {text || t('run.noLog')}
          </pre>
        )}
      </Loaded>
    </section>
  );
}
