/** The moment between dropping images and the first label: waits for the first sample, then goes on. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, type ReactElement } from 'react';
import { Link, useNavigate } from 'react-router';

import { api, type Overview, type Project } from '../../../api';
import { useT } from '../../messages';
import { PageHead } from '../../shell/PageHead';
import { ErrorState } from '../../shell/states';

export function Preparing({ project }: { project: Project }): ReactElement {
  const t = useT();
  const navigate = useNavigate();
  const page = project.task_kind === 'classification' ? 'classify' : 'annotate';
  const overview = useQuery({
    queryKey: ['overview', project.id],
    queryFn: () => api.get<Overview>(`projects/${project.id}/overview`),
    refetchInterval: 1000,
  });
  const ready = (overview.data?.queue.open ?? 0) > 0;
  useEffect(() => {
    if (ready) void navigate(`/projects/${project.id}/${page}`, { replace: true });
  }, [ready, navigate, project.id, page]);
  return (
    <div className="page narrow">
      <PageHead title={t('wizard.preparing')} lead={t('wizard.preparingText')} />
      {overview.isError ? (
        <ErrorState error={overview.error} onRetry={() => void overview.refetch()} />
      ) : (
        <div className="stack">
          <p role="status">
            {t('wizard.preparingCount', {
              n: overview.data?.images ?? 0,
              samples: overview.data?.samples.total ?? 0,
            })}
          </p>
          <div className="skeleton" />
          <div>
            <Link className="btn" to={`/projects/${project.id}`}>
              {t('wizard.toOverview')}
            </Link>
          </div>
        </div>
      )}
    </div>
  );
}
