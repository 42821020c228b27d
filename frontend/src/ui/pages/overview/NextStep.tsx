/** The one thing that brings the project on now. */
import type { ReactElement } from 'react';
import { Link } from 'react-router';

import type { Overview, Project } from '../../../api';
import { hasMessage, useT } from '../../messages';
import { Icon } from '../../shell/Icon';

/** Page of each step; the server's own address serves for steps that are newer than this page. */
export function pageOfStep(project: Project, step: Overview['next_step']): string {
  const base = `/projects/${project.id}`;
  const known: Record<string, string> = {
    upload: `${base}/data?upload=1`,
    upload_images: `${base}/data?upload=1`,
    annotate: `${base}/${project.task_kind === 'classification' ? 'classify' : 'annotate'}`,
    review: `${base}/review`,
    invite: `${base}/members`,
    train: `${base}/models`,
    watch_run: `${base}/models`,
    promote: `${base}/models`,
  };
  return known[step.code] ?? (/^\/(?![/\\])/.test(step.href) ? step.href : base);
}

interface Props {
  project: Project;
  step: Overview['next_step'];
}

export function NextStep({ project, step }: Props): ReactElement {
  const t = useT();
  const key = `next.${step.code}`;
  return (
    <section className="card next-step" aria-label={t('overview.next')}>
      <div>
        <h2>{hasMessage(key) ? t(key) : t('overview.next')}</h2>
        <p>{step.detail}</p>
      </div>
      <Link className="btn primary" to={pageOfStep(project, step)}>
        {t('overview.go')}
        <Icon name="arrow" />
      </Link>
    </section>
  );
}
