/** What a model says of one picture: outlines over it, its cells in a table, files to take away. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';

import { api, apiUrl, type Predicted } from '../../../api';
import { useT } from '../../messages';
import { number, percent } from '../../shell/format';
import { Empty, Loaded } from '../../shell/states';
import { CellTable } from './CellTable';
import { OutlinedPicture } from './OutlinedPicture';

const TABLES = ['csv', 'parquet'] as const;
const LABELS = ['png', 'ome-tiff', 'zarr'] as const;

function filesOf(answer: Predicted): ((typeof TABLES | typeof LABELS)[number] | 'uncertainty')[] {
  if (answer.class_probabilities.length > 0) return [...TABLES];
  return [...LABELS, ...TABLES, ...(answer.uncertainty ? (['uncertainty'] as const) : [])];
}

function Probabilities({ answer }: { answer: Predicted }): ReactElement {
  const t = useT();
  return (
    <table className="table">
      <thead>
        <tr>
          <th>{t('use.class')}</th>
          <th className="num">{t('use.probability')}</th>
        </tr>
      </thead>
      <tbody>
        {answer.class_probabilities.map((row) => (
          <tr key={row.index}>
            <td>{row.name}</td>
            <td className="num">{percent(row.probability)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Answered({ path, answer }: { path: string; answer: Predicted }): ReactElement {
  const t = useT();
  const [chosen, setChosen] = useState<number | null>(null);
  const [times = 1, , depths = 1] = answer.shape;
  const isClass = answer.class_probabilities.length > 0;
  return (
    <>
      <div className="use-look">
        <OutlinedPicture path={path} outlined={!isClass} chosen={chosen} onChoose={setChosen} />
      </div>
      <p className="pad muted small">
        {t('use.facts', { model: answer.model.number, seconds: number(answer.seconds, 1) })}
        {times * depths > 1 ? ` ${t('use.middle')}` : ''}
      </p>
      {isClass ? <Probabilities answer={answer} /> : null}
      {!isClass && answer.n_objects === 0 ? (
        <Empty title={t('use.nothing')} text={t('use.nothingText')} />
      ) : null}
      {!isClass && answer.n_objects > 0 ? (
        <CellTable answer={answer} chosen={chosen} onChoose={setChosen} />
      ) : null}
    </>
  );
}

export function PredictedCard({ path }: { path: string }): ReactElement {
  const t = useT();
  const query = useQuery({
    queryKey: ['predicted', path],
    queryFn: ({ signal }) => api.get<Predicted>(path, {}, signal),
    staleTime: Infinity,
  });
  const answer = query.data;
  const isClass = answer !== undefined && answer.class_probabilities.length > 0;
  return (
    <section className="card flush">
      <header>
        <h2>{answer ? answer.name : t('use.answer')}</h2>
        {answer && !isClass ? (
          <span className="badge accent">{t('use.cells', { n: answer.n_objects })}</span>
        ) : null}
      </header>
      <Loaded query={query}>{(found) => <Answered key={path} path={path} answer={found} />}</Loaded>
      {answer ? (
        <div className="row wrap pad">
          <span className="muted small">{t('use.take')}</span>
          {filesOf(answer).map((form) => (
            <a key={form} className="btn small" href={apiUrl(path, { format: form })} download>
              {t(`use.file.${form}`)}
            </a>
          ))}
        </div>
      ) : null}
    </section>
  );
}
