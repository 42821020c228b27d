/** What one click does about a finding. */
import type { ReactElement } from 'react';
import { Link, useNavigate } from 'react-router';

import { api, type FindingAction, type Project, type Run } from '../../../../api';
import { useT } from '../../../messages';
import { useAction } from '../../../shell/mutate';
import { canAnnotate, canManage, canReview } from '../../../shell/roles';
import { MoveGroup } from './MoveGroup';
import { changeWords, newRun } from './remedy';

const SHOWN = 8;

interface Props {
  project: Project;
  run: Run;
  actions: FindingAction[];
}

function Retry({ project, run, action }: Omit<Props, 'actions'> & { action: FindingAction }) {
  const t = useT();
  const navigate = useNavigate();
  const retry = useAction(
    () => api.post<Run>(`projects/${project.id}/runs`, newRun(run, action.changes)),
    {
      refresh: [['runs', project.id]],
      done: t('finding.retried'),
      onDone: (made) => void navigate(`/projects/${project.id}/runs/${made.id}`),
    },
  );
  const live = run.state === 'queued' || run.state === 'running';
  return (
    <button
      type="button"
      className="btn small"
      disabled={retry.isPending || live}
      title={live ? t('finding.retryLater') : undefined}
      onClick={() => retry.mutate()}
    >
      {t('finding.retry', { changes: changeWords(action.changes) })}
    </button>
  );
}

/** Samples to look at again; the pages of review know them by their numbers. */
function Samples({ project, samples }: { project: Project; samples: string[] }): ReactElement {
  const t = useT();
  const known = samples.filter((name) => /^\d+$/.test(name));
  return (
    <span className="finding-samples small">
      {t('finding.lookAgain', { n: samples.length })}{' '}
      {known.slice(0, SHOWN).map((name) => (
        <Link key={name} to={`/projects/${project.id}/review/${name}`}>
          {name}
        </Link>
      ))}
      {known.length > SHOWN ? t('finding.more', { n: known.length - SHOWN }) : null}
    </span>
  );
}

export function Remedies({ project, run, actions }: Props): ReactElement | null {
  const t = useT();
  const shown = actions.flatMap((action, at) => {
    if (action.action === 'retry' && canManage(project)) {
      return <Retry key={at} project={project} run={run} action={action} />;
    }
    if (action.action === 'move_group' && canManage(project)) {
      return <MoveGroup key={at} project={project} action={action} />;
    }
    if (action.action === 'review_samples' && canReview(project)) {
      return <Samples key={at} project={project} samples={action.samples} />;
    }
    if (action.action === 'label_more' && canAnnotate(project)) {
      const page = project.task_kind === 'classification' ? 'classify' : 'annotate';
      return (
        <Link key={at} className="btn small" to={`/projects/${project.id}/${page}`}>
          {t('finding.label')}
        </Link>
      );
    }
    return [];
  });
  return shown.length > 0 ? <div className="finding-actions">{shown}</div> : null;
}
