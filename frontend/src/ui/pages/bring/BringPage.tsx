/** Bring a model in: from a file, which is looked at in a sandbox, or from another project of the lab. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { Link } from 'react-router';

import { fetchAll, type ModelImport } from '../../../api';
import { useT } from '../../messages';
import { ago, dateTime } from '../../shell/format';
import { PageHead } from '../../shell/PageHead';
import { canManage } from '../../shell/roles';
import { Forbidden, Loaded } from '../../shell/states';
import type { ProjectPageProps } from '../../shell/WithProject';
import { RunState } from '../models/badges';
import '../use/use.css';
import './bring.css';
import { FileCard } from './FileCard';
import { FoundCard } from './FoundCard';
import { OtherProjects } from './OtherProjects';

const ASK_AGAIN = 2000;
const isLive = ({ state }: ModelImport): boolean => state === 'queued' || state === 'running';

interface ListProps {
  rows: ModelImport[];
  shown: number | null;
  onShow: (id: number) => void;
}

function Imports({ rows, shown, onShow }: ListProps): ReactElement {
  const t = useT();
  if (rows.length === 0) return <p className="muted pad">{t('bring.none')}</p>;
  return (
    <ul className="use-batches">
      {rows.map((row) => (
        <li key={row.id} className="use-batch">
          <div className="row">
            <button
              type="button"
              className="btn quiet small grow bring-file"
              aria-pressed={shown === row.id}
              onClick={() => onShow(row.id)}
            >
              {row.filename}
            </button>
            <RunState state={row.state} />
          </div>
          <span className="muted small" title={dateTime(row.created_at)}>
            {ago(row.created_at)}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function BringPage({ project }: ProjectPageProps): ReactElement {
  const t = useT();
  const [chosen, setChosen] = useState<number | null>(null);
  const imports = useQuery({
    queryKey: ['model-imports', project.id],
    queryFn: ({ signal }) =>
      fetchAll<ModelImport>(`projects/${project.id}/model-imports`, {}, 50, signal),
    refetchInterval: (query) => (query.state.data?.some(isLive) ? ASK_AGAIN : false),
  });
  if (!canManage(project)) return <Forbidden />;
  const row = imports.data?.find(({ id }) => id === chosen);
  return (
    <div className="page">
      <PageHead
        title={t('bring.title')}
        lead={t('bring.lead')}
        crumbs={<Link to={`/projects/${project.id}/models`}>{t('nav.models')}</Link>}
      />
      <div className="cols wide-left">
        <div className="stack">
          <FileCard project={project} onSent={({ id }) => setChosen(id)} />
          {row ? <FoundCard key={row.id} project={project} row={row} /> : null}
        </div>
        <div className="stack">
          <section className="card flush">
            <header>
              <h2>{t('bring.sent')}</h2>
            </header>
            <Loaded query={imports}>
              {(rows) => <Imports rows={rows} shown={chosen} onShow={setChosen} />}
            </Loaded>
          </section>
          <OtherProjects project={project} />
        </div>
      </div>
    </div>
  );
}
