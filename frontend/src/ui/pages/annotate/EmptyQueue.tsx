/** Why there is nothing to do, and what to do next. */
import { useEffect, type ReactElement } from 'react';
import { Link } from 'react-router';

import type { Coded } from '../../../api';
import { hasMessage, serverSentence, useT } from '../../messages';
import { Empty } from '../../shell/states';

const AGAIN_AFTER_MS = 20_000;

/** Reasons that pass by themselves. */
const PASSING = new Set(['all_leased', 'waiting_for_round', 'no_samples', 'all_seen_by_you']);

interface Props {
  projectId: number;
  reason: Coded;
  onAgain: () => void;
}

export function EmptyQueue({ projectId, reason, onAgain }: Props): ReactElement {
  const t = useT();
  const { code, detail } = reason;
  const passing = PASSING.has(code);
  useEffect(() => {
    if (!passing) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') onAgain();
    }, AGAIN_AFTER_MS);
    return () => clearInterval(timer);
  }, [passing, onAgain]);
  const key = `empty.${code}`;
  const title = hasMessage(key) ? t(key) : t('empty.other');
  const text =
    code === 'not_an_annotator' && !detail ? t('empty.members') : serverSentence(code, detail);
  return (
    <div className="page">
      <Empty title={title} text={text}>
        <div className="row wrap">
          {code === 'no_samples' ? (
            <Link className="btn primary" to={`/projects/${projectId}/data`}>
              {t('empty.upload')}
            </Link>
          ) : null}
          <Link
            className={`btn ${code === 'no_samples' ? '' : 'primary'}`}
            to={`/projects/${projectId}`}
          >
            {t('empty.overview')}
          </Link>
          <button type="button" className="btn" onClick={onAgain}>
            {t('empty.again')}
          </button>
        </div>
        {passing ? <p className="muted small">{t('empty.watching')}</p> : null}
      </Empty>
    </div>
  );
}
