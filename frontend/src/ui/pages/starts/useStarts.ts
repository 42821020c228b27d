/** What the server knows of a project's starts. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import {
  api,
  fetchAll,
  type Id,
  type Pretraining,
  type ProjectStart,
  type StartComparison,
} from '../../../api';

const LIVE_MS = 3000;
const CALM_MS = 15_000;

const isLive = (row: { state: string }): boolean =>
  row.state === 'queued' || row.state === 'running';

export function useProjectStart(project: Id): UseQueryResult<ProjectStart> {
  return useQuery({
    queryKey: ['start', project],
    queryFn: ({ signal }) => api.get<ProjectStart>(`projects/${project}/start`, {}, signal),
  });
}

export function usePretrainings(project: Id): UseQueryResult<Pretraining[]> {
  return useQuery({
    queryKey: ['pretrainings', project],
    queryFn: ({ signal }) => fetchAll<Pretraining>('pretrainings', { project }, 50, signal),
    refetchInterval: (query) => (query.state.data?.some(isLive) ? LIVE_MS : CALM_MS),
  });
}

export function useStartComparisons(project: Id): UseQueryResult<StartComparison[]> {
  return useQuery({
    queryKey: ['start-comparisons', project],
    queryFn: ({ signal }) =>
      fetchAll<StartComparison>('start-comparisons', { project }, 50, signal),
    refetchInterval: (query) => (query.state.data?.some(isLive) ? LIVE_MS : CALM_MS),
  });
}

/** Lists that a change of starts touches. */
export const startLists = (project: Id): [string, Id][] => [
  ['start', project],
  ['pretrainings', project],
  ['start-comparisons', project],
];
