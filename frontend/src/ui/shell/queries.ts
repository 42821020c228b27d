/** What several pages ask the server for, with one cache key each. */
import {
  useInfiniteQuery,
  useQuery,
  type InfiniteData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
} from '@tanstack/react-query';

import {
  api,
  cursorOf,
  fetchAll,
  fetchPage,
  type DataSet,
  type Id,
  type Image,
  type Lab,
  type Overview,
  type Page,
  type Project,
  type Query,
} from '../../api';

export function useLabs(): UseQueryResult<Lab[]> {
  return useQuery({
    queryKey: ['labs'],
    queryFn: ({ signal }) => fetchAll<Lab>('labs', {}, 200, signal),
  });
}

export function useProjects(archived = false): UseQueryResult<Project[]> {
  return useQuery({
    queryKey: ['projects', archived],
    queryFn: ({ signal }) =>
      fetchAll<Project>('projects', { archived: archived || null }, 500, signal),
  });
}

export function useProject(id: Id): UseQueryResult<Project> {
  return useQuery({
    queryKey: ['project', id],
    enabled: id > 0,
    queryFn: ({ signal }) => api.get<Project>(`projects/${id}`, {}, signal),
    staleTime: 10_000,
  });
}

export function useDataSets(lab?: Id): UseQueryResult<DataSet[]> {
  return useQuery({
    queryKey: ['datasets', lab ?? 'all'],
    queryFn: ({ signal }) => fetchAll<DataSet>('datasets', { lab }, 500, signal),
  });
}

/** The overview, asked again every few seconds while the page is looked at. */
export function useOverview(id: Id): UseQueryResult<Overview> {
  return useQuery({
    queryKey: ['overview', id],
    queryFn: ({ signal }) => api.get<Overview>(`projects/${id}/overview`, {}, signal),
    refetchInterval: 10_000,
  });
}

export function useImage(id: Id): UseQueryResult<Image> {
  return useQuery({
    queryKey: ['image', id],
    queryFn: ({ signal }) => api.get<Image>(`images/${id}`, {}, signal),
    refetchInterval: (query) => (query.state.data?.status === 'queued' ? 2000 : false),
  });
}

/** Pages of a list that grow on demand; `rows` flattens them. */
export function usePaged<T>(
  key: readonly unknown[],
  path: string,
  query: Query,
  refetchInterval: number | false = false,
): UseInfiniteQueryResult<InfiniteData<Page<T>>> {
  return useInfiniteQuery({
    queryKey: [...key, query],
    queryFn: ({ pageParam, signal }) => fetchPage<T>(path, query, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => cursorOf(page.next),
    refetchInterval,
  });
}

export function rowsOf<T>(data: InfiniteData<Page<T>> | undefined): T[] {
  return data?.pages.flatMap((page) => page.results) ?? [];
}
