/** What is said of a model, what people write into it, and packages to take away. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';

import {
  api,
  fetchAll,
  type ModelCardText,
  type ModelPackage,
  type ModelVersion,
} from '../../../api';
import { useT } from '../../messages';
import { Field, FormError, useForm } from '../../shell/forms';
import { useAction } from '../../shell/mutate';
import { ErrorState, LoadingPage } from '../../shell/states';

const FORMATS = ['bioimageio', 'onnx', 'safetensors'] as const;
const isLive = (row: ModelPackage): boolean => row.state === 'queued' || row.state === 'running';

function Packages({ model, manager }: { model: ModelVersion; manager: boolean }): ReactElement {
  const t = useT();
  const key = ['model-exports', model.id];
  const list = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => fetchAll<ModelPackage>(`models/${model.id}/exports`, {}, 50, signal),
    refetchInterval: (query) => (query.state.data?.some(isLive) ? 2000 : false),
  });
  const order = useAction((format: string) => api.post(`models/${model.id}/exports`, { format }), {
    refresh: [key],
    done: t('transfer.ordered'),
  });
  const rows = list.data ?? [];
  return (
    <section className="card stack">
      <h2>{t('transfer.take')}</h2>
      {manager && model.trainable ? (
        <div className="row">
          {FORMATS.map((format) => (
            <button
              key={format}
              type="button"
              className="btn"
              disabled={order.isPending}
              onClick={() => order.mutate(format)}
            >
              {t(`transfer.format.${format}`)}
            </button>
          ))}
        </div>
      ) : null}
      {rows.length === 0 ? <p className="muted small">{t('transfer.none')}</p> : null}
      <ul className="plain" aria-live="polite">
        {rows.map((row) => (
          <li key={row.id} className="small">
            {row.state === 'done' ? (
              <a href={`/api/v1/model-exports/${row.id}/file`} download>
                {t('transfer.fetch', { name: t(`transfer.format.${row.format as 'onnx'}`) })}
              </a>
            ) : (
              <span>
                {t(`transfer.format.${row.format as 'onnx'}`)}:{' '}
                {row.state === 'failed' ? row.detail : t(`run.state.${row.state}`)}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function About({ model, card }: { model: ModelVersion; card: ModelCardText }): ReactElement {
  const t = useT();
  const [use, setUse] = useState(card.intended_use);
  const [licence, setLicence] = useState(card.licence);
  const [authors, setAuthors] = useState(card.authors.join(', '));
  const save = useAction((body: object) => api.patch(`models/${model.id}/card`, body), {
    refresh: [['model-card', model.id]],
    done: t('transfer.saved'),
  });
  const form = useForm(() =>
    save.mutateAsync({
      intended_use: use,
      licence,
      authors: authors
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    }),
  );
  return (
    <form className="stack" onSubmit={form.onSubmit}>
      <Field label={t('transfer.use')}>
        <textarea className="input" value={use} onChange={(e) => setUse(e.target.value)} />
      </Field>
      <Field label={t('transfer.licence')} hint={t('transfer.licenceHint')}>
        <input className="input" value={licence} onChange={(e) => setLicence(e.target.value)} />
      </Field>
      <Field label={t('transfer.authors')} hint={t('transfer.authorsHint')}>
        <input className="input" value={authors} onChange={(e) => setAuthors(e.target.value)} />
      </Field>
      <FormError error={form.error} />
      <div>
        <button type="submit" className="btn" disabled={form.busy}>
          {t('transfer.save')}
        </button>
      </div>
    </form>
  );
}

/** The model card and the packages of one model. */
export function ModelCard({
  model,
  manager,
}: {
  model: ModelVersion;
  manager: boolean;
}): ReactElement {
  const t = useT();
  const query = useQuery({
    queryKey: ['model-card', model.id],
    queryFn: ({ signal }) => api.get<ModelCardText>(`models/${model.id}/card`, {}, signal),
  });
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <LoadingPage />;
  return (
    <>
      <Packages model={model} manager={manager} />
      <section className="card stack">
        <h2>{t('models.card')}</h2>
        {manager ? <About model={model} card={query.data} /> : null}
        <pre className="log" tabIndex={0}>
          {query.data.markdown}
        </pre>
      </section>
    </>
  );
}
