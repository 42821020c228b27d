/** Cursor pagination: `{next, previous, results}` with `?cursor=`. */
import { api, type Query } from './client';

export interface Page<T> {
  next: string | null;
  previous: string | null;
  results: T[];
}

/** The cursor inside a `next` address, which may be absolute and of another host behind a proxy. */
export function cursorOf(address: string | null): string | null {
  if (!address) return null;
  return new URL(address, 'http://unused.invalid').searchParams.get('cursor');
}

/** One page of a list; a plain array (a list that is not paged) becomes a single page. */
export async function fetchPage<T>(
  path: string,
  query: Query = {},
  cursor: string | null = null,
  signal?: AbortSignal,
): Promise<Page<T>> {
  const answer = await api.get<Page<T> | T[]>(path, { ...query, cursor }, signal);
  return Array.isArray(answer) ? { next: null, previous: null, results: answer } : answer;
}

/** All rows of a list, page after page, at most `limit` of them. */
export async function fetchAll<T>(
  path: string,
  query: Query = {},
  limit = 1000,
  signal?: AbortSignal,
): Promise<T[]> {
  const rows: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await fetchPage<T>(path, query, cursor, signal);
    rows.push(...page.results);
    cursor = cursorOf(page.next);
  } while (cursor && rows.length < limit);
  return rows.slice(0, limit);
}
