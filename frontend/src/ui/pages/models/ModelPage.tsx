/** One model: the gate's verdict, its metrics, its card; promote it, or look at the test split. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { Link, useParams } from 'react-router';

import { api, type ModelVersion } from '../../../api';
import { useT } from '../../messages';
import { Confirm } from '../../shell/Dialog';
import { dateTime, number } from '../../shell/format';
import { useAction } from '../../shell/mutate';
import { PageHead } from '../../shell/PageHead';
import { canManage } from '../../shell/roles';
import { ErrorState, LoadingPage } from '../../shell/states';
import { wordFor } from '../../shell/words';
import type { ProjectPageProps } from '../../shell/WithProject';
import { ModelState } from './badges';
import { ModelCard } from './ModelCard';
import { isMain, metricLabel, metricRows, verdict, type MetricRow } from './metrics';

interface RowsProps {
  names: string[];
  splits: string[];
  rows: MetricRow[];
}

function MetricRows({ names, splits, rows }: RowsProps): ReactElement {
  const t = useT();
  const cell = (name: string, split: string): string => {
    const value = rows.find((row) => row.name === name && row.split === split)?.value;
    const isCount = value !== undefined && Number.isInteger(value) && value > 1;
    return number(value, isCount ? 0 : 3);
  };
  return (
    <table className="table">
      <thead>
        <tr>
          <th>{t('overview.metric')}</th>
          {splits.map((split) => (
            <th key={split} className="num">
              {wordFor(t, 'split', split)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <td>{metricLabel(name)}</td>
            {splits.map((split) => (
              <td key={split} className="num">
                {cell(name, split)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function MetricTable({ metrics }: { metrics: ModelVersion['metrics'] }): ReactElement {
  const t = useT();
  const rows = metricRows(metrics);
  const splits = [...new Set(rows.map((row) => row.split))];
  const names = [...new Set(rows.map((row) => row.name))];
  const main = names.filter(isMain);
  const rest = names.filter((name) => !isMain(name));
  if (rows.length === 0) return <p className="muted pad">{t('models.noMetrics')}</p>;
  return (
    <>
      <MetricRows names={main.length > 0 ? main : rest} splits={splits} rows={rows} />
      {main.length > 0 && rest.length > 0 ? (
        <details className="pad">
          <summary>{t('models.moreMetrics', { n: rest.length })}</summary>
          <MetricRows names={rest} splits={splits} rows={rows} />
        </details>
      ) : null}
    </>
  );
}

type Asked = 'promote' | 'test' | null;

export function ModelPage({ project }: ProjectPageProps): ReactElement {
  const t = useT();
  const id = Number(useParams().modelId);
  const [asked, setAsked] = useState<Asked>(null);
  const query = useQuery({
    queryKey: ['model', id],
    queryFn: ({ signal }) => api.get<ModelVersion>(`models/${id}`, {}, signal),
  });
  const refresh = [
    ['model', id],
    ['models', project.id],
  ];
  const promote = useAction(() => api.post(`models/${id}/promote`), {
    refresh,
    done: t('models.promoted'),
  });
  const look = useAction(() => api.post(`models/${id}/test-look`), {
    refresh,
    done: t('models.looked'),
  });
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <LoadingPage />;
  const model = query.data;
  const manager = canManage(project);
  return (
    <div className="page">
      <PageHead
        title={t('models.modelN', { i: model.number })}
        crumbs={<Link to={`/projects/${project.id}/models`}>{t('nav.models')}</Link>}
      >
        <Link className="btn" to={`/projects/${project.id}/models/${id}/use`}>
          {t('use.open')}
        </Link>
        {manager ? (
          <button
            type="button"
            className="btn"
            disabled={look.isPending}
            onClick={() => setAsked('test')}
          >
            {t('models.testLook')}
          </button>
        ) : null}
        {manager && model.state !== 'champion' ? (
          <button
            type="button"
            className="btn primary"
            disabled={promote.isPending}
            onClick={() => setAsked('promote')}
          >
            {t('models.promote')}
          </button>
        ) : null}
      </PageHead>
      <div className="cols">
        <section className="card flush">
          <header>
            <h2>{t('models.metrics')}</h2>
          </header>
          <MetricTable metrics={model.metrics} />
        </section>
        <div className="stack">
          <section className="card stack">
            <div className="row">
              <ModelState state={model.state} />
              <span className="muted small">{dateTime(model.created_at)}</span>
            </div>
            <p>{verdict(t, model.gate)}</p>
            {model.gate.n && model.gate.reason ? (
              <p className="muted small">{model.gate.reason}</p>
            ) : null}
            <p className="small">{t('models.looks', { n: model.test_looks })}</p>
            {model.run ? (
              <Link to={`/projects/${project.id}/runs/${model.run}`}>{t('models.toRun')}</Link>
            ) : null}
          </section>
          <ModelCard model={model} manager={manager} />
        </div>
      </div>
      {asked ? (
        <Confirm
          title={t(asked === 'promote' ? 'models.promoteTitle' : 'models.testTitle')}
          text={t(asked === 'promote' ? 'models.promoteText' : 'models.testText')}
          action={t(asked === 'promote' ? 'models.promote' : 'models.testLook')}
          onConfirm={() => {
            (asked === 'promote' ? promote : look).mutate();
            setAsked(null);
          }}
          onClose={() => setAsked(null)}
        />
      ) : null}
    </div>
  );
}
