/** One run: what was found first, then live curves, and when it is over what the report shows. */
import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';

import { api } from '../../../api';
import { serverSentence, useT } from '../../messages';
import { useAction } from '../../shell/mutate';
import { PageHead } from '../../shell/PageHead';
import { canManage } from '../../shell/roles';
import { ErrorState, LoadingPage } from '../../shell/states';
import type { ProjectPageProps } from '../../shell/WithProject';
import { Findings } from './findings/Findings';
import { CurvesCard } from './run/CurvesCard';
import { LogCard } from './run/LogCard';
import { NumbersCard } from './run/NumbersCard';
import { ReportCards } from './run/ReportCards';
import { reportOf } from './run/report';
import './run/run.css';
import { RunFacts, RunSettings } from './run/RunFacts';
import { isLive, useRun } from './run/useRun';
import { RunMeter } from './RunMeter';

export function RunPage({ project }: ProjectPageProps): ReactElement {
  const t = useT();
  const id = Number(useParams().runId);
  const query = useRun(id);
  const refresh = [
    ['run', id],
    ['runs', project.id],
  ];
  const cancel = useAction(() => api.post(`runs/${id}/cancel`), {
    refresh,
    done: t('run.cancelled'),
  });
  const retry = useAction(() => api.post(`runs/${id}/retry`), { refresh, done: t('run.retried') });
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <LoadingPage />;
  const run = query.data;
  const live = isLive(run.state);
  const stopped = run.state === 'failed' || run.state === 'cancelled';
  return (
    <div className="page run-page">
      <PageHead
        title={t('models.runN', { i: run.id })}
        crumbs={<Link to={`/projects/${project.id}/models`}>{t('nav.models')}</Link>}
      >
        {canManage(project) && live ? (
          <button
            type="button"
            className="btn danger"
            disabled={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            {t('run.cancel')}
          </button>
        ) : null}
        {canManage(project) && stopped ? (
          <button
            type="button"
            className="btn primary"
            disabled={retry.isPending}
            onClick={() => retry.mutate()}
          >
            {t('run.retry')}
          </button>
        ) : null}
      </PageHead>
      <div className="stack">
        {live ? (
          <section className="card">
            <RunMeter run={run} />
          </section>
        ) : null}
        {run.state === 'failed' ? (
          <p className="notice bad" role="alert">
            {serverSentence(run.code, run.detail)}
          </p>
        ) : null}
        <Findings project={project} run={run} />
        <NumbersCard report={reportOf(run)} />
        <div className="cols wide-left">
          <CurvesCard id={id} live={live} />
          <RunFacts run={run} projectId={project.id} />
        </div>
        {live ? null : <ReportCards project={project} run={run} />}
        <RunSettings run={run} />
        <LogCard id={id} live={live} />
      </div>
    </div>
  );
}
