/** Models and the runs that trained them. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { Link } from 'react-router';

import { fetchAll, type Id, type ModelVersion, type Run } from '../../../api';
import { serverSentence, useT } from '../../messages';
import { ago, dateTime, duration, number } from '../../shell/format';
import { PageHead } from '../../shell/PageHead';
import { useOverview } from '../../shell/queries';
import { canManage } from '../../shell/roles';
import { Loaded } from '../../shell/states';
import type { ProjectPageProps } from '../../shell/WithProject';
import { Searches } from '../search/Searches';
import { TrainingSettingsCard } from '../search/TrainingSettingsCard';
import { StartTraining } from '../overview/StartButtons';
import { Starts } from '../starts/Starts';
import { ModelState, RunState } from './badges';
import { headline, trainedOn, verdict, type Headline } from './metrics';
import { RunMeter } from './RunMeter';

const isLive = (run: Run): boolean => run.state === 'running' || run.state === 'queued';

function Runs({ projectId, runs }: { projectId: Id; runs: Run[] }): ReactElement {
  const t = useT();
  if (runs.length === 0) return <p className="muted pad">{t('models.noRuns')}</p>;
  return (
    <table className="table">
      <thead>
        <tr>
          <th>{t('models.run')}</th>
          <th>{t('models.state')}</th>
          <th>{t('models.progress')}</th>
          <th className="num">{t('models.trainedOn')}</th>
          <th>{t('models.created')}</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <td>
              <Link to={`/projects/${projectId}/runs/${run.id}`}>
                {t('models.runN', { i: run.id })}
              </Link>
            </td>
            <td>
              <RunState state={run.state} />
            </td>
            <td style={{ minWidth: 190 }}>
              {isLive(run) ? (
                <RunMeter run={run} />
              ) : (
                <span className="muted small">
                  {run.state === 'failed' ? serverSentence(run.code, run.detail) : elapsed(run)}
                </span>
              )}
            </td>
            <td className="num">{number(run.snapshot.n_train)}</td>
            <td className="muted nowrap">{dateTime(run.created_at)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function elapsed(run: Run): string {
  if (!run.started_at || !run.finished_at) return '';
  return duration((Date.parse(run.finished_at) - Date.parse(run.started_at)) / 1000);
}

function Score({ of }: { of: Headline | null }): ReactElement {
  const t = useT();
  if (!of) return <span className="muted">{t('models.noMetrics')}</span>;
  return (
    <>
      {of.name} <b>{number(of.value, 3)}</b>
      {of.interval ? (
        <div className="muted small">
          {number(of.interval.low, 3)} .. {number(of.interval.high, 3)}
        </div>
      ) : null}
    </>
  );
}

interface ModelsProps {
  projectId: Id;
  models: ModelVersion[];
  /** Models that are ticked to be compared, and what is called when another is. */
  picked: Id[];
  onPick: (picked: Id[]) => void;
}

function Models({ projectId, models, picked, onPick }: ModelsProps): ReactElement {
  const t = useT();
  if (models.length === 0) return <p className="muted pad">{t('models.noModels')}</p>;
  return (
    <table className="table">
      <thead>
        <tr>
          <th aria-label={t('compare.button')} />
          <th>{t('models.model')}</th>
          <th>{t('models.state')}</th>
          <th className="num" title={t('models.validationHint')}>
            {t('models.validation')}
          </th>
          <th className="num">{t('models.trainedOn')}</th>
          <th>{t('models.verdict')}</th>
          <th className="num">{t('models.testLooks')}</th>
          <th>{t('models.age')}</th>
        </tr>
      </thead>
      <tbody>
        {models.map((model) => (
          <tr key={model.id}>
            <td>
              <input
                type="checkbox"
                aria-label={t('compare.pick', { i: model.number })}
                checked={picked.includes(model.id)}
                onChange={(event) =>
                  onPick(
                    event.target.checked
                      ? [...picked, model.id]
                      : picked.filter((id) => id !== model.id),
                  )
                }
              />
            </td>
            <td>
              <Link className="nowrap" to={`/projects/${projectId}/models/${model.id}`}>
                <b>{t('models.modelN', { i: model.number })}</b>
              </Link>
            </td>
            <td>
              <ModelState state={model.state} />
            </td>
            <td className="num nowrap">
              <Score of={headline(model)} />
            </td>
            <td className="num">{number(trainedOn(model))}</td>
            <td className="small">{verdict(t, model.gate)}</td>
            <td className="num">{number(model.test_looks)}</td>
            <td className="muted nowrap" title={dateTime(model.created_at)}>
              {ago(model.created_at)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function ModelsPage({ project }: ProjectPageProps): ReactElement {
  const t = useT();
  const overview = useOverview(project.id);
  const [picked, setPicked] = useState<Id[]>([]);
  const runs = useQuery({
    queryKey: ['runs', project.id],
    queryFn: ({ signal }) => fetchAll<Run>('runs', { project: project.id }, 200, signal),
    refetchInterval: (query) => (query.state.data?.some(isLive) ? 2000 : 10_000),
  });
  const models = useQuery({
    queryKey: ['models', project.id],
    queryFn: ({ signal }) => fetchAll<ModelVersion>('models', { project: project.id }, 200, signal),
    refetchInterval: 10_000,
  });
  return (
    <div className="page">
      <PageHead title={t('nav.models')} lead={t('models.lead')}>
        {canManage(project) ? (
          <>
            <Link className="btn" to={`/projects/${project.id}/models/bring`}>
              {t('bring.open')}
            </Link>
            <StartTraining project={project} accepted={overview.data?.samples.accepted ?? 0} />
          </>
        ) : null}
      </PageHead>
      <div className="stack">
        <section className="card flush">
          <header>
            <h2>{t('models.models')}</h2>
            {picked.length > 1 ? (
              <Link
                className="btn small"
                to={`/projects/${project.id}/models/compare?models=${picked.join(',')}`}
              >
                {t('compare.button')} ({picked.length})
              </Link>
            ) : null}
          </header>
          <Loaded query={models}>
            {(list) => (
              <Models
                projectId={project.id}
                models={[...list].sort((a, b) => b.number - a.number)}
                picked={picked}
                onPick={setPicked}
              />
            )}
          </Loaded>
        </section>
        <section className="card flush">
          <header>
            <h2>{t('models.runs')}</h2>
          </header>
          <Loaded query={runs}>
            {(list) => <Runs projectId={project.id} runs={[...list].sort((a, b) => b.id - a.id)} />}
          </Loaded>
        </section>
        <Starts project={project} />
        <Searches project={project} />
        <TrainingSettingsCard project={project} />
      </div>
    </div>
  );
}
