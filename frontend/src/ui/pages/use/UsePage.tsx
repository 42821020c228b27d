/** Use a model: a picture dropped here, or a whole data set, and what it finds to take away. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { Link, useParams } from 'react-router';

import { api, type ModelVersion, type PredictionBatch } from '../../../api';
import { useT } from '../../messages';
import { PageHead } from '../../shell/PageHead';
import { canAnnotate, canManage } from '../../shell/roles';
import { ErrorState, LoadingPage } from '../../shell/states';
import type { ProjectPageProps } from '../../shell/WithProject';
import { BatchCard } from './BatchCard';
import { BatchImages } from './BatchImages';
import { PredictedCard } from './PredictedCard';
import { TryCard } from './TryCard';
import { TryPicture } from './TryPicture';
import { UncertaintyBox } from './UncertaintyBox';
import './use.css';

/** What is looked at: the address of an answer, or the images of a batch. */
type Shown = { kind: 'answer'; path: string } | { kind: 'batch'; batch: PredictionBatch };

export function UsePage({ project }: ProjectPageProps): ReactElement {
  const t = useT();
  const id = Number(useParams().modelId);
  const [shown, setShown] = useState<Shown | null>(null);
  const [unsure, setUnsure] = useState(false);
  // A class of a whole picture has no pixels to be unsure of.
  const mapped = project.task_kind !== 'classification';
  const query = useQuery({
    queryKey: ['model', id],
    queryFn: ({ signal }) => api.get<ModelVersion>(`models/${id}`, {}, signal),
  });
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <LoadingPage />;
  const model = query.data;
  const name = t('models.modelN', { i: model.number });
  const showAnswer = (request: string): void =>
    setShown({ kind: 'answer', path: `predictions/${request}` });
  return (
    <div className="page">
      <PageHead
        title={t('use.title', { name })}
        crumbs={<Link to={`/projects/${project.id}/models/${id}`}>{name}</Link>}
      />
      <div className="cols wide-left">
        <div className="stack">
          {canAnnotate(project) ? (
            <>
              {mapped ? <UncertaintyBox checked={unsure} onChange={setUnsure} /> : null}
              <TryCard model={id} uncertainty={unsure} onAnswer={showAnswer} />
              <TryPicture project={project} model={id} uncertainty={unsure} onAnswer={showAnswer} />
            </>
          ) : (
            <p className="card muted">{t('use.mayNot')}</p>
          )}
          {shown?.kind === 'answer' ? <PredictedCard path={shown.path} /> : null}
          {shown?.kind === 'batch' ? (
            <BatchImages
              key={shown.batch.id}
              batch={shown.batch}
              onShow={(image) =>
                setShown({
                  kind: 'answer',
                  path: `prediction-batches/${shown.batch.id}/images/${image}`,
                })
              }
            />
          ) : null}
        </div>
        <BatchCard
          project={project}
          model={id}
          mapped={mapped}
          mayStart={canManage(project)}
          onShow={(batch) => setShown({ kind: 'batch', batch })}
        />
      </div>
    </div>
  );
}
