/** One run: progress while it goes, curves, log, cancel and retry. */
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';

import { api, type CurvePoint, type Finding, type Id, type Run } from '../../../api';
import { RunChart } from '../../charts/RunChart';
import { serverSentence, useT } from '../../messages';
import { dateTime, number } from '../../shell/format';
import { useAction } from '../../shell/mutate';
import { PageHead } from '../../shell/PageHead';
import { canManage } from '../../shell/roles';
import { ErrorState, Loaded, LoadingPage } from '../../shell/states';
import type { ProjectPageProps } from '../../shell/WithProject';
import { RunState } from './badges';
import { RunMeter } from './RunMeter';

const POLL_MS = 2000;

const isLive = (state: Run['state'] | undefined): boolean =>
  state === 'running' || state === 'queued';

function RunFacts({ run, projectId }: { run: Run; projectId: Id }): ReactElement {
  const t = useT();
  return (
    <section className="card">
      <header>
        <h2>{t('run.facts')}</h2>
      </header>
      <dl className="facts">
        <dt>{t('models.state')}</dt>
        <dd>
          <RunState state={run.state} />
        </dd>
        <dt>{t('run.seed')}</dt>
        <dd>{run.seed}</dd>
        <dt>{t('run.snapshot')}</dt>
        <dd>
          {t('run.snapshotText', {
            train: run.snapshot.n_train,
            val: run.snapshot.n_val,
            test: run.snapshot.n_test,
          })}
        </dd>
        <dt>{t('run.hash')}</dt>
        <dd className="mono">{run.snapshot.hash.slice(0, 16)}</dd>
        <dt>{t('run.started')}</dt>
        <dd>{dateTime(run.started_at)}</dd>
        <dt>{t('run.finished')}</dt>
        <dd>{dateTime(run.finished_at)}</dd>
        <dt>{t('run.attempts')}</dt>
        <dd>{number(run.attempts)}</dd>
        {run.model ? (
          <>
            <dt>{t('models.model')}</dt>
            <dd>
              <Link to={`/projects/${projectId}/models/${run.model}`}>{t('run.toModel')}</Link>
            </dd>
          </>
        ) : null}
      </dl>
      <details style={{ marginTop: 10 }}>
        <summary>{t('run.config')}</summary>
        <pre className="log">{JSON.stringify(run.config, null, 2)}</pre>
      </details>
    </section>
  );
}

/** What the run doctor found: evidence, what it means, what to do. */
function Findings({ findings }: { findings: Finding[] }): ReactElement | null {
  const t = useT();
  if (findings.length === 0) return null;
  return (
    <section className="card stack">
      <h2>{t('run.findings')}</h2>
      {findings.map((finding) => (
        <div key={finding.code} className="notice warn">
          <b>{finding.meaning}</b>
          <p className="muted small">{finding.evidence}</p>
          <p>{finding.remedy}</p>
        </div>
      ))}
    </section>
  );
}

function Curves({ id, live }: { id: Id; live: boolean }): ReactElement {
  const t = useT();
  const curves = useQuery({
    queryKey: ['curves', id, live],
    queryFn: ({ signal }) => api.get<{ points: CurvePoint[] }>(`runs/${id}/curves`, {}, signal),
    refetchInterval: live ? POLL_MS : false,
    placeholderData: (before) => before,
  });
  return (
    <section className="card">
      <header>
        <h2>{t('run.curves')}</h2>
      </header>
      <Loaded query={curves}>
        {({ points }) =>
          points.length === 0 ? (
            <p className="muted">{t('run.noCurves')}</p>
          ) : (
            <RunChart points={points} />
          )
        }
      </Loaded>
    </section>
  );
}

function Log({ id, live }: { id: Id; live: boolean }): ReactElement {
  const t = useT();
  const log = useQuery({
    queryKey: ['log', id, live],
    queryFn: async ({ signal }) =>
      (await api.raw(`runs/${id}/log`, { signal, headers: { Accept: 'text/plain, */*' } })).text(),
    refetchInterval: live ? POLL_MS : false,
    placeholderData: (before) => before,
  });
  return (
    <section className="card flush">
      <header>
        <h2>{t('run.log')}</h2>
      </header>
      <Loaded query={log}>
        {(text) => (
          <pre className="log" tabIndex={0} aria-label={t('run.log')}>
            {text || t('run.noLog')}
          </pre>
        )}
      </Loaded>
    </section>
  );
}

export function RunPage({ project }: ProjectPageProps): ReactElement {
  const t = useT();
  const id = Number(useParams().runId);
  const query = useQuery({
    queryKey: ['run', id],
    queryFn: ({ signal }) => api.get<Run>(`runs/${id}`, {}, signal),
    refetchInterval: (current) => (isLive(current.state.data?.state) ? POLL_MS : false),
  });
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
    <div className="page">
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
        <div className="cols wide-left">
          <Curves id={id} live={live} />
          <RunFacts run={run} projectId={project.id} />
        </div>
        <Findings findings={run.findings} />
        <Log id={id} live={live} />
      </div>
    </div>
  );
}
