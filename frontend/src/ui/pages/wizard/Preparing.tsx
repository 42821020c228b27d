/** The moment between dropping images and the first label: waits for the first sample, then goes on. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactElement } from 'react';
import { Link, useNavigate } from 'react-router';

import { api, fetchPage, type Overview, type Project, type Sample } from '../../../api';
import { useT } from '../../messages';
import { PageHead } from '../../shell/PageHead';
import { ErrorState } from '../../shell/states';
import { usePreset } from './usePreset';

/** Outlines to start from save most of the work, so the first sample waits for them a little. */
const PROPOSAL_WAIT_MS = 25_000;

/** True once a queued sample has its proposal; never for long: labelling works without one, too. */
function useFirstProposal(project: Project, isReady: boolean): boolean {
  const [isLate, setIsLate] = useState(false);
  const wanted = isReady && project.task_kind === 'instance';
  useEffect(() => {
    if (!wanted) return undefined;
    const timer = setTimeout(() => setIsLate(true), PROPOSAL_WAIT_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  const found = useQuery({
    queryKey: ['first-proposal', project.id],
    enabled: wanted,
    queryFn: async () => {
      const query = { project: project.id, state: 'queued', page_size: 1 };
      const [sample] = (await fetchPage<Sample>('samples', query)).results;
      if (sample) await api.get(`samples/${sample.id}/proposal/info`);
      return true;
    },
    retry: PROPOSAL_WAIT_MS / 2000,
    retryDelay: 2000,
  });
  return project.task_kind !== 'instance' || isLate || found.isSuccess || found.isError;
}

export function Preparing({ project, preset }: { project: Project; preset: string }): ReactElement {
  const t = useT();
  const navigate = useNavigate();
  const page = project.task_kind === 'classification' ? 'classify' : 'annotate';
  const overview = useQuery({
    queryKey: ['overview', project.id],
    queryFn: () => api.get<Overview>(`projects/${project.id}/overview`),
    refetchInterval: 1000,
  });
  const isQueued = (overview.data?.queue.open ?? 0) > 0;
  const hasProposal = useFirstProposal(project, isQueued);
  const hasPreset = usePreset(project, preset, isQueued);
  const ready = isQueued && hasProposal && hasPreset;
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
            })}{' '}
            {isQueued ? t('wizard.proposing') : null}
          </p>
          <div className="skeleton" />
          <div className="row">
            {isQueued ? (
              <Link className="btn primary" to={`/projects/${project.id}/${page}`}>
                {t('wizard.startNow')}
              </Link>
            ) : null}
            <Link className="btn" to={`/projects/${project.id}`}>
              {t('wizard.toOverview')}
            </Link>
          </div>
        </div>
      )}
    </div>
  );
}
