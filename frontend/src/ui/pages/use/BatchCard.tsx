/** Batches of a model: start one on a data set, watch it, stop it, take it away. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';

import { api, apiUrl, fetchAll, type PredictionBatch, type Project } from '../../../api';
import { useT } from '../../messages';
import { dateTime } from '../../shell/format';
import { Field } from '../../shell/forms';
import { useAction } from '../../shell/mutate';
import { useDataSets } from '../../shell/queries';
import { Empty, Loaded } from '../../shell/states';
import { RunState } from '../models/badges';
import { UncertaintyBox } from './UncertaintyBox';

const ASK_AGAIN = 2000;
const POOL = 'pool';

interface Props {
  project: Project;
  model: number;
  /** The model can say how unsure it is of each pixel. */
  mapped: boolean;
  mayStart: boolean;
  onShow: (batch: PredictionBatch) => void;
}

function isLive({ state }: PredictionBatch): boolean {
  return state === 'queued' || state === 'running';
}

type StartProps = Pick<Props, 'project' | 'model' | 'mapped'>;

function StartBatch({ project, model, mapped }: StartProps): ReactElement {
  const t = useT();
  const sets = useDataSets(project.lab);
  const [chosen, setChosen] = useState(POOL);
  const [unsure, setUnsure] = useState(false);
  const start = useAction(
    () =>
      api.post(`models/${model}/batches`, {
        dataset: chosen === POOL ? null : Number(chosen),
        uncertainty: unsure,
      }),
    { refresh: [['batches', model]], done: t('use.batchStarted') },
  );
  return (
    <div className="stack pad">
      <Field label={t('use.batchOf')}>
        <select
          className="input"
          value={chosen}
          onChange={(event) => setChosen(event.target.value)}
        >
          <option value={POOL}>{t('use.pool')}</option>
          {(sets.data ?? []).map((set) => (
            <option key={set.id} value={set.id}>
              {t('use.setOf', { name: set.name, n: set.n_images })}
            </option>
          ))}
        </select>
      </Field>
      {mapped ? <UncertaintyBox checked={unsure} onChange={setUnsure} /> : null}
      <button
        type="button"
        className="btn primary"
        disabled={start.isPending}
        onClick={() => start.mutate(undefined)}
      >
        {t('use.batchStart')}
      </button>
    </div>
  );
}

interface RowProps {
  batch: PredictionBatch;
  mayStop: boolean;
  onShow: (batch: PredictionBatch) => void;
}

function BatchRow({ batch, mayStop, onShow }: RowProps): ReactElement {
  const t = useT();
  const refresh = [['batches', batch.model]];
  const cancel = useAction(() => api.post(`prediction-batches/${batch.id}/cancel`), { refresh });
  const retry = useAction(() => api.post(`prediction-batches/${batch.id}/retry`), { refresh });
  const over = batch.n_done + batch.n_refused;
  const mayRetry = !isLive(batch) && (batch.state !== 'done' || batch.n_refused > 0);
  return (
    <li className="use-batch">
      <div className="row">
        <b className="grow">{batch.dataset_name || t('use.pool')}</b>
        <RunState state={batch.state} />
      </div>
      <div
        className="meter"
        role="progressbar"
        aria-label={t('models.progress')}
        aria-valuemin={0}
        aria-valuemax={batch.n_images}
        aria-valuenow={over}
      >
        <span style={{ width: `${(100 * over) / batch.n_images}%` }} />
      </div>
      <p className="muted small">
        {t('use.batchProgress', { done: batch.n_done, n: batch.n_images })}
        {batch.n_refused > 0 ? ` ${t('use.batchRefused', { n: batch.n_refused })}` : ''}
        {` · ${dateTime(batch.created_at)}`}
        {batch.uncertainty ? ` · ${t('use.batchUnsure')}` : ''}
      </p>
      {batch.state === 'failed' ? <p className="bad-text small">{batch.detail}</p> : null}
      <div className="row">
        {over > 0 ? (
          <button type="button" className="btn small" onClick={() => onShow(batch)}>
            {t('use.batchShow')}
          </button>
        ) : null}
        {batch.n_done > 0 ? (
          <a
            className="btn small"
            href={apiUrl(`prediction-batches/${batch.id}/download`)}
            download
          >
            {t('use.batchDownload')}
          </a>
        ) : null}
        {mayStop && isLive(batch) ? (
          <button type="button" className="btn small" onClick={() => cancel.mutate(undefined)}>
            {t('use.batchCancel')}
          </button>
        ) : null}
        {mayStop && mayRetry ? (
          <button type="button" className="btn small" onClick={() => retry.mutate(undefined)}>
            {t('use.batchRetry')}
          </button>
        ) : null}
      </div>
    </li>
  );
}

export function BatchCard({ project, model, mapped, mayStart, onShow }: Props): ReactElement {
  const t = useT();
  const query = useQuery({
    queryKey: ['batches', model],
    queryFn: ({ signal }) =>
      fetchAll<PredictionBatch>('prediction-batches', { project: project.id, model }, 100, signal),
    refetchInterval: ({ state }) => (state.data?.some(isLive) ? ASK_AGAIN : false),
  });
  return (
    <section className="card flush">
      <header>
        <h2>{t('use.batches')}</h2>
      </header>
      {mayStart ? <StartBatch project={project} model={model} mapped={mapped} /> : null}
      <Loaded query={query}>
        {(batches) =>
          batches.length === 0 ? (
            <Empty
              title={t('use.noBatches')}
              text={t(mayStart ? 'use.noBatchesText' : 'use.askManager')}
            />
          ) : (
            <ul className="use-batches">
              {batches.map((batch) => (
                <BatchRow key={batch.id} batch={batch} mayStop={mayStart} onShow={onShow} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
