/** The samples that wait for a reviewer. */
import type { ReactElement } from 'react';
import { Link } from 'react-router';

import type { Id, Sample } from '../../../api';
import { useT } from '../../messages';
import { percent } from '../../shell/format';
import { Thumb } from '../data/Thumb';

interface Props {
  projectId: Id;
  samples: Sample[];
  current: Id | undefined;
}

export function ReviewList({ projectId, samples, current }: Props): ReactElement {
  const t = useT();
  return (
    <nav aria-label={t('review.list')}>
      <ul className="review-list">
        {samples.map((sample) => (
          <li key={sample.id}>
            <Link
              to={`/projects/${projectId}/review/${sample.id}`}
              className={sample.id === current ? 'active' : ''}
              aria-current={sample.id === current ? 'true' : undefined}
            >
              <span className="mini">
                <Thumb image={{ id: sample.image, name: '', status: 'ready' }} />
              </span>
              <span className="grow">
                <span className="truncate" style={{ display: 'block' }}>
                  {sample.name}
                </span>
                <span className="muted small">
                  {t('review.short', {
                    n: sample.n_answers,
                    agreement: percent(sample.agreement),
                  })}
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
