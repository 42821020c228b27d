/** Review: the queue at the left, the sample beside it. */
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useNavigate, useParams } from 'react-router';

import { api, fetchAll, type Project, type Sample } from '../../../api';
import '../../canvas/canvas.css';
import { useT } from '../../messages';
import { PageHead } from '../../shell/PageHead';
import { canReview } from '../../shell/roles';
import { Empty, ErrorState, Forbidden, Loaded } from '../../shell/states';
import type { ProjectPageProps } from '../../shell/WithProject';
import { ReviewList } from './ReviewList';
import { ReviewSample } from './ReviewSample';

/** The sample to show after one was decided: the next in the list, else the one before. */
export function neighbour(samples: Sample[], id: number, by: 1 | -1): Sample | undefined {
  const at = samples.findIndex((sample) => sample.id === id);
  return samples[at + by] ?? (by === 1 ? samples[at - 1] : undefined);
}

function Queue({ project, samples }: { project: Project; samples: Sample[] }): ReactElement {
  const t = useT();
  const navigate = useNavigate();
  const asked = Number(useParams().sampleId) || undefined;
  const listed = samples.find((sample) => sample.id === asked);
  // A link may lead to a sample that is not in the queue, such as an accepted one.
  const single = useQuery({
    queryKey: ['sample', asked],
    queryFn: () => api.get<Sample>(`samples/${asked}`),
    enabled: asked !== undefined && !listed,
  });
  const current = listed ?? (asked ? single.data : samples[0]);
  const base = `/projects/${project.id}/review`;
  const go = (sample: Sample | undefined): void =>
    void navigate(sample ? `${base}/${sample.id}` : base);

  if (samples.length === 0 && !current) {
    return <Empty title={t('review.emptyTitle')} text={t('review.emptyText')} />;
  }
  return (
    <div className="review">
      <ReviewList projectId={project.id} samples={samples} current={current?.id} />
      {single.isError && !current ? <ErrorState error={single.error} /> : null}
      {current ? (
        <ReviewSample
          key={current.id}
          project={project}
          sample={current}
          onMove={(by) => {
            const next = neighbour(samples, current.id, by);
            if (next) go(next);
          }}
          onDecided={() => go(neighbour(samples, current.id, 1))}
        />
      ) : null}
    </div>
  );
}

export function ReviewPage({ project }: ProjectPageProps): ReactElement {
  const t = useT();
  const queue = useQuery({
    queryKey: ['review-queue', project.id],
    queryFn: ({ signal }) =>
      fetchAll<Sample>(`projects/${project.id}/review-queue`, {}, 300, signal),
    enabled: canReview(project),
    refetchInterval: 15_000,
  });
  if (!canReview(project)) return <Forbidden />;
  return (
    <div className="page" style={{ maxWidth: 'none' }}>
      <PageHead title={t('nav.review')} lead={t('review.lead')} />
      <Loaded query={queue}>{(samples) => <Queue project={project} samples={samples} />}</Loaded>
    </div>
  );
}
