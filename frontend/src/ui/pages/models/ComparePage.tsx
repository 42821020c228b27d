/** Models side by side: metrics with intervals, settings, costs, curves, image by image. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo, useState, type ReactElement } from 'react';
import { Link, useSearchParams } from 'react-router';

import {
  api,
  apiUrl,
  type ComparedInterval,
  type ComparedModel,
  type CurvePoint,
  type ModelComparison,
} from '../../../api';
import { OverlayChart } from '../../charts/OverlayChart';
import { useT } from '../../messages';
import { number, signed } from '../../shell/format';
import { PageHead } from '../../shell/PageHead';
import { Empty, ErrorState, LoadingPage } from '../../shell/states';
import { wordFor } from '../../shell/words';
import type { ProjectPageProps } from '../../shell/WithProject';
import { ModelState } from './badges';
import { chosenModels, isClear, overlay, settingText } from './comparison';
import { ImageByImage } from './ImageByImage';
import { metricLabel } from './metrics';

const COSTS = ['minutes', 'steps', 'parameters', 'megabytes', 'labels'] as const;
const FRACTIONS = new Set<string>(['minutes', 'megabytes']);

/** The score that every kind of task has is called by its own name where it is AP50. */
const nameOf = (metric: string, all: string[]): string | null =>
  metric === 'value' && all.includes('ap50')
    ? null
    : metricLabel(metric === 'value' ? 'accuracy' : metric);

function Head({ models, first }: { models: ComparedModel[]; first: string }): ReactElement {
  const t = useT();
  return (
    <thead>
      <tr>
        <th>{first}</th>
        {models.map((model) => (
          <th key={model.model} className="num">
            <span className="nowrap">{t('models.modelN', { i: model.number })}</span>{' '}
            <ModelState state={model.state} />
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Spread({ interval }: { interval: ComparedInterval }): ReactElement {
  return (
    <>
      <b>{number(interval.mean, 3)}</b>
      <span className="muted small block nowrap">
        {number(interval.low, 3)} .. {number(interval.high, 3)}
      </span>
    </>
  );
}

function Gap({ interval }: { interval: ComparedInterval }): ReactElement {
  const t = useT();
  const clear = isClear(interval);
  return (
    <>
      <b>{signed(interval.mean)}</b>
      <span className="muted small block nowrap">
        {signed(interval.low)} .. {signed(interval.high)}
      </span>
      <span className={`badge ${clear ? (interval.mean > 0 ? 'ok' : 'bad') : ''}`}>
        {t(clear ? 'compare.clear' : 'compare.unclear')}
      </span>
    </>
  );
}

function Metrics({ comparison }: { comparison: ModelComparison }): ReactElement {
  const t = useT();
  const [first, ...others] = comparison.models;
  const metrics = Object.keys(first?.metrics ?? {});
  const rows = metrics.flatMap((metric) => {
    const name = nameOf(metric, metrics);
    return name === null ? [] : [{ metric, name }];
  });
  return (
    <section className="card flush">
      <header>
        <h2>{t('compare.metrics')}</h2>
        <span className="muted small">{t('compare.mean', { n: comparison.n_groups })}</span>
      </header>
      <div className="scroll-x" tabIndex={0}>
        <table className="table">
          <Head models={comparison.models} first={t('overview.metric')} />
          <tbody>
            {rows.map(({ metric, name }) => (
              <tr key={metric}>
                <td>{name}</td>
                {comparison.models.map((model) => {
                  const interval = model.metrics[metric];
                  return (
                    <td key={model.model} className="num">
                      {interval ? <Spread interval={interval} /> : '-'}
                    </td>
                  );
                })}
              </tr>
            ))}
            {rows.map(({ metric, name }) => (
              <tr key={`gap ${metric}`}>
                <td>
                  {name}
                  <span className="muted small block">
                    {t('compare.difference', { i: first?.number ?? '' })}
                  </span>
                </td>
                <td />
                {others.map((model) => {
                  const interval = model.differences[metric];
                  return (
                    <td key={model.model} className="num">
                      {interval ? <Gap interval={interval} /> : '-'}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Settings({ models }: { models: ComparedModel[] }): ReactElement {
  const t = useT();
  const names = Object.keys(models[0]?.settings ?? {});
  return (
    <section className="card flush">
      <header>
        <h2>{t('compare.settings')}</h2>
      </header>
      {names.length === 0 ? (
        <p className="muted pad">{t('compare.same')}</p>
      ) : (
        <div className="scroll-x" tabIndex={0}>
          <table className="table">
            <Head models={models} first={t('compare.setting')} />
            <tbody>
              {names.map((name) => (
                <tr key={name}>
                  <td>
                    <code>{name}</code>
                  </td>
                  {models.map((model) => (
                    <td key={model.model} className="num">
                      {settingText(model.settings[name])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Costs({ models }: { models: ComparedModel[] }): ReactElement {
  const t = useT();
  const shown = COSTS.filter((cost) => models.some((model) => model.costs[cost] !== null));
  return (
    <section className="card flush">
      <header>
        <h2>{t('compare.costs')}</h2>
      </header>
      <div className="scroll-x" tabIndex={0}>
        <table className="table">
          <Head models={models} first="" />
          <tbody>
            {shown.map((cost) => (
              <tr key={cost}>
                <td>{t(`compare.${cost}`)}</td>
                {models.map((model) => (
                  <td key={model.model} className="num">
                    {number(model.costs[cost], FRACTIONS.has(cost) ? 2 : 0)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Curves({ models }: { models: ComparedModel[] }): ReactElement {
  const t = useT();
  const trained = models.filter((model) => model.run !== null);
  const queries = useQueries({
    queries: trained.map((model) => ({
      queryKey: ['curves', model.run],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        api.get<{ points: CurvePoint[] }>(`runs/${model.run}/curves`, {}, signal),
      staleTime: 60_000,
    })),
    combine: (results) => results.map((result) => result.data?.points ?? []),
  });
  const { seconds, columns } = useMemo(() => overlay(queries), [queries]);
  return (
    <section className="card">
      <header>
        <h2>{t('compare.curves')}</h2>
      </header>
      {seconds.length === 0 ? (
        <p className="muted">{t('compare.noCurves')}</p>
      ) : (
        <OverlayChart
          seconds={seconds}
          columns={columns}
          names={trained.map((model) => t('models.modelN', { i: model.number }))}
          labels={[t('compare.seconds'), t('run.val')]}
          label={t('compare.curves')}
        />
      )}
    </section>
  );
}

export function ComparePage({ project }: ProjectPageProps): ReactElement {
  const t = useT();
  const [params] = useSearchParams();
  const ids = chosenModels(params.get('models'));
  const [pair, setPair] = useState<[number, number]>([0, 1]);
  const address = `projects/${project.id}/model-comparison`;
  const query = useQuery({
    queryKey: ['comparison', project.id, ids],
    enabled: ids.length > 1,
    queryFn: ({ signal }) => api.get<ModelComparison>(address, { models: ids.join(',') }, signal),
  });
  const toModels = <Link to={`/projects/${project.id}/models`}>{t('nav.models')}</Link>;
  if (ids.length < 2) {
    return (
      <div className="page">
        <PageHead title={t('compare.title')} crumbs={toModels} />
        <Empty title={t('compare.few')} text={t('compare.fewText')}>
          {toModels}
        </Empty>
      </div>
    );
  }
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <LoadingPage />;
  const comparison = query.data;
  const lead = t('compare.lead', {
    n: comparison.n_images,
    split: wordFor(t, 'split', comparison.split),
  });
  return (
    <div className="page">
      <PageHead title={t('compare.title')} lead={lead} crumbs={toModels}>
        <a className="btn" href={apiUrl(address, { models: ids.join(',') })}>
          {t('compare.json')}
        </a>
      </PageHead>
      <div className="stack">
        {comparison.n_images === 0 ? (
          <Empty title={t('compare.none')} text={t('compare.noneText')} />
        ) : (
          <Metrics comparison={comparison} />
        )}
        <div className="cols">
          <Settings models={comparison.models} />
          <Costs models={comparison.models} />
        </div>
        <Curves models={comparison.models} />
        {comparison.n_images > 0 ? (
          <ImageByImage
            projectId={project.id}
            comparison={comparison}
            pair={pair}
            onPair={setPair}
          />
        ) : null}
      </div>
    </div>
  );
}
