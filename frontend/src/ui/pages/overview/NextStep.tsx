/** The one thing that brings the project on now. */
import type { ReactElement } from 'react';
import { Link } from 'react-router';

import type { Overview, Project } from '../../../api';
import { hasMessage, serverSentence, useT } from '../../messages';
import { Icon } from '../../shell/Icon';
import { canManage } from '../../shell/roles';
import { StartRound } from './StartButtons';

/** Page of each step; the server's own address serves for steps that are newer than this page. */
export function pageOfStep(project: Project, step: Overview['next_step']): string {
  const base = `/projects/${project.id}`;
  const known: Record<string, string> = {
    upload: `${base}/data?upload=1`,
    add_data: `${base}/settings`,
    annotate: `${base}/${project.task_kind === 'classification' ? 'classify' : 'annotate'}`,
    review: `${base}/review`,
    done: `${base}/models`,
  };
  return known[step.code] ?? (/^\/(?![/\\])/.test(step.href) ? step.href : base);
}

interface Props {
  project: Project;
  step: Overview['next_step'];
}

/** The button of the step: a dialog where the step is one, else a link; none where one has to wait. */
function Action({ project, step }: Props): ReactElement | null {
  const t = useT();
  if (step.code === 'start_round') {
    return canManage(project) ? <StartRound project={project} primary /> : null;
  }
  const to = pageOfStep(project, step);
  if (to === `/projects/${project.id}`) return null;
  return (
    <Link className="btn primary" to={to}>
      {t('overview.go')}
      <Icon name="arrow" />
    </Link>
  );
}

export function NextStep({ project, step }: Props): ReactElement {
  const t = useT();
  const key = `next.${step.code}`;
  return (
    <section className="card next-step" aria-label={t('overview.next')}>
      <div>
        <h2>{hasMessage(key) ? t(key) : t('overview.next')}</h2>
        <p>{serverSentence(key, step.detail)}</p>
      </div>
      <Action project={project} step={step} />
    </section>
  );
}
