/** One search: what it found and how sure that is, its trials, what mattered. */
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';

import { api, type Search, type Trial } from '../../../api';
import { TrialChart } from '../../charts/TrialChart';
import { serverSentence, useT } from '../../messages';
import { duration, number, percent, signed } from '../../shell/format';
import { useAction } from '../../shell/mutate';
import { PageHead } from '../../shell/PageHead';
import { canManage } from '../../shell/roles';
import { ErrorState, LoadingPage } from '../../shell/states';
import type { ProjectPageProps } from '../../shell/WithProject';
import { settingText } from '../models/comparison';
import { SearchState, TrialState } from './badges';
import { spent } from './trials';

const POLL_MS = 3000;

function Values({ values }: { values: Trial['values'] }): ReactElement {
  return (
    <>
      {Object.entries(values).map(([key, value]) => (
        <span key={key} className="small nowrap block">
          <code>{key}</code> {settingText(value)}
        </span>
      ))}
    </>
  );
}

function Result({ search }: { search: Search }): ReactElement {
  const t = useT();
  const { gain, confirmed, best, values, value } = search.result;
  if (best === undefined) {
    const isOver = search.state === 'cancelled' || search.state === 'failed';
    return <p className="muted">{t(isOver ? 'search.noResult' : 'search.waiting')}</p>;
  }
  if (value === 0) return <p className="notice warn">{t('search.nothing')}</p>;
  if (!gain) return <p className="notice">{t('search.keep')}</p>;
  const text = t('search.gain', {
    gain: `${signed(gain.mean)} (${signed(gain.low)} .. ${signed(gain.high)})`,
    n: gain.items,
  });
  const isBetter = gain.low > 0;
  return (
    <>
      <p className={`notice ${isBetter ? 'ok' : 'warn'}`}>
        {t(isBetter ? 'search.better' : 'search.unsure', { gain: text })}
      </p>
      <p className="muted small">{t(confirmed ? 'search.confirmed' : 'search.optimistic')}</p>
      <h3>
        {t('search.best')}: {t('search.trial')} {best} ({number(value, 3)})
      </h3>
      <Values values={values ?? {}} />
    </>
  );
}

function Importances({ shares }: { shares: Record<string, number> }): ReactElement {
  const t = useT();
  const rows = Object.entries(shares).sort((a, b) => b[1] - a[1]);
  return (
    <section className="card">
      <header>
        <h2>{t('search.importances')}</h2>
      </header>
      {rows.length === 0 ? <p className="muted">{t('search.noImportances')}</p> : null}
      {rows.map(([key, share]) => (
        <div key={key} className="weight-row small">
          <code>{key}</code>
          <span className="meter" aria-hidden="true">
            <span style={{ width: `${share * 100}%` }} />
          </span>
          <span className="num">{percent(share)}</span>
        </div>
      ))}
    </section>
  );
}

function Trials({ trials }: { trials: Trial[] }): ReactElement {
  const t = useT();
  return (
    <section className="card flush">
      <header>
        <h2>{t('search.byTrial')}</h2>
      </header>
      <div className="scroll-x" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th className="num">{t('search.trial')}</th>
              <th>{t('search.role')}</th>
              <th>{t('models.state')}</th>
              <th className="num">{t('search.score')}</th>
              <th className="num">{t('search.time')}</th>
              <th>{t('search.values')}</th>
            </tr>
          </thead>
          <tbody>
            {trials.map((trial) => (
              <tr key={trial.number}>
                <td className="num">{trial.number}</td>
                <td>{t(`search.role.${trial.role}`)}</td>
                <td>
                  <TrialState state={trial.state} />
                  {trial.state === 'running' && trial.fraction !== null ? (
                    <span className="muted small"> {percent(trial.fraction)}</span>
                  ) : null}
                  {trial.state === 'failed' ? (
                    <span className="muted small block">
                      {serverSentence(trial.code, trial.detail)}
                    </span>
                  ) : null}
                </td>
                <td className="num">{number(trial.value, 3)}</td>
                <td className="num nowrap">{trial.seconds ? duration(trial.seconds) : '-'}</td>
                <td>
                  <Values values={trial.values} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export function SearchPage({ project }: ProjectPageProps): ReactElement {
  const t = useT();
  const id = Number(useParams().searchId);
  const query = useQuery({
    queryKey: ['search', id],
    queryFn: ({ signal }) => api.get<Search>(`searches/${id}`, {}, signal),
    refetchInterval: (current) => (current.state.data?.state === 'running' ? POLL_MS : false),
  });
  const refresh = [
    ['search', id],
    ['searches', project.id],
    ['training-settings', project.id],
  ];
  const cancel = useAction(() => api.post(`searches/${id}/cancel`), {
    refresh,
    done: t('search.cancelled'),
  });
  const apply = useAction(() => api.post(`searches/${id}/apply`), {
    refresh,
    done: t('search.applied'),
  });
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <LoadingPage />;
  const search = query.data;
  const running = search.state === 'running';
  const share = spent(search);
  return (
    <div className="page">
      <PageHead
        title={t('search.title', { i: search.id })}
        crumbs={<Link to={`/projects/${project.id}/models`}>{t('nav.models')}</Link>}
      >
        {canManage(project) && running ? (
          <button
            type="button"
            className="btn danger"
            disabled={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            {t('search.cancel')}
          </button>
        ) : null}
        {canManage(project) && search.state === 'done' && search.result.gain ? (
          <button
            type="button"
            className="btn primary"
            disabled={apply.isPending}
            onClick={() => apply.mutate()}
          >
            {t('search.apply')}
          </button>
        ) : null}
      </PageHead>
      <div className="stack">
        {search.state === 'failed' ? (
          <p className="notice bad" role="alert">
            {serverSentence(search.code, search.detail)}
          </p>
        ) : null}
        <div className="cols wide-left">
          <section className="card">
            <header>
              <h2>{t('search.chart')}</h2>
            </header>
            <TrialChart trials={search.trials} />
          </section>
          <div className="stack">
            <section className="card stack">
              <div className="row">
                <SearchState state={search.state} />
                <span className="muted small">
                  {t('search.spent', { n: search.trials.length })}
                  {running ? `, ${percent(share)}` : ''}
                </span>
              </div>
              {running ? (
                <div className="meter" aria-hidden="true">
                  <span style={{ width: `${share * 100}%` }} />
                </div>
              ) : null}
              <Result search={search} />
            </section>
            <Importances shares={search.result.importances ?? {}} />
          </div>
        </div>
        <Trials trials={search.trials} />
      </div>
    </div>
  );
}
