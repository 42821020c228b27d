/** What the page of a run asks the server for. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { api, type CurvePoint, type Id, type RunDetail } from '../../../../api';

const POLL_MS = 2000;

export const isLive = (state: RunDetail['state'] | undefined): boolean =>
  state === 'running' || state === 'queued';

export function useRun(id: Id): UseQueryResult<RunDetail> {
  return useQuery({
    queryKey: ['run', id],
    queryFn: ({ signal }) => api.get<RunDetail>(`runs/${id}`, {}, signal),
    refetchInterval: (current) => (isLive(current.state.data?.state) ? POLL_MS : false),
  });
}

export function useCurves(id: Id, live: boolean): UseQueryResult<CurvePoint[]> {
  return useQuery({
    queryKey: ['curves', id, live],
    queryFn: async ({ signal }) =>
      (await api.get<{ points: CurvePoint[] }>(`runs/${id}/curves`, {}, signal)).points,
    refetchInterval: live ? POLL_MS : false,
    placeholderData: (before) => before,
  });
}

export function useLog(id: Id, live: boolean): UseQueryResult<string> {
  return useQuery({
    queryKey: ['log', id, live],
    queryFn: async ({ signal }) =>
      (await api.raw(`runs/${id}/log`, { signal, headers: { Accept: 'text/plain, */*' } })).text(),
    refetchInterval: live ? POLL_MS : false,
    placeholderData: (before) => before,
  });
}
