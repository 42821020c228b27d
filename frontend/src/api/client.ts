/** Typed client of the REST API over fetch. No React here: the engine uses it too. */
import { ApiProblem, problemFromBody } from './problem';

export { ApiProblem } from './problem';

export const API_BASE = '/api/v1/';
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export type QueryValue = string | number | boolean | null | undefined;
export type Query = Record<string, QueryValue>;

let sessionCsrf = '';
const signedOutListeners = new Set<() => void>();

/** Remember the token that `auth/session` answered; the cookie wins where it can be read. */
export function setCsrf(token: string): void {
  sessionCsrf = token;
}

/** The CSRF token to send: the cookie's, else the one the session answered. */
export function csrfToken(): string {
  const match = /(?:^|;\s*)csrftoken=([^;]*)/.exec(document.cookie);
  return match?.[1] ? decodeURIComponent(match[1]) : sessionCsrf;
}

/** Call `listener` whenever the server says that nobody is signed in any more. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

/** Tell the listeners; also used by the upload, which does not go through fetch. */
export function announceSignedOut(): void {
  for (const listener of signedOutListeners) listener();
}

/** Address of an API path (`projects/3` or an absolute `/api/v1/...` or full URL) with its query. */
export function apiUrl(path: string, query?: Query): string {
  const absolute = path.startsWith('/') || /^https?:/.test(path);
  const url = absolute ? path : API_BASE + path;
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `${url}${url.includes('?') ? '&' : '?'}${text}` : url;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  const method = (init.method ?? 'GET').toUpperCase();
  const headers = new Headers(init.headers);
  if (!headers.has('Accept')) headers.set('Accept', 'application/json');
  if (!SAFE_METHODS.has(method)) headers.set('X-CSRFToken', csrfToken());
  try {
    return await fetch(url, { credentials: 'same-origin', ...init, method, headers });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem(
      0,
      'network',
      'The server cannot be reached. Check the connection and try again.',
    );
  }
}

/** Send a request and answer the response; a status of 400 or more is thrown as `ApiProblem`. */
async function raw(path: string, init: RequestInit = {}): Promise<Response> {
  const url = apiUrl(path);
  let response = await send(url, init);
  if (response.ok) return response;
  let problem = problemFromBody(response.status, await response.text());
  if (problem.code === 'csrf_failed') {
    // The cookie was rotated by a sign-in in another tab: take the new token and try once more.
    const session = await send(apiUrl('auth/session'), {});
    if (session.ok) setCsrf(((await session.json()) as { csrf?: string }).csrf ?? '');
    response = await send(url, init);
    if (response.ok) return response;
    problem = problemFromBody(response.status, await response.text());
  }
  if (problem.status === 401) announceSignedOut();
  throw problem;
}

async function json<T>(path: string, init: RequestInit): Promise<T> {
  const response = await raw(path, init);
  const text = response.status === 204 ? '' : await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

function withBody(method: string, body: unknown, signal?: AbortSignal): RequestInit {
  return {
    method,
    signal: signal ?? null,
    body: JSON.stringify(body ?? {}),
    headers: { 'Content-Type': 'application/json' },
  };
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
    json<T>(apiUrl(path, query), { signal: signal ?? null }),
  post: <T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> =>
    json<T>(path, withBody('POST', body, signal)),
  patch: <T>(path: string, body: unknown): Promise<T> => json<T>(path, withBody('PATCH', body)),
  /** Sent to its end even when the page is closed meanwhile. */
  put: <T>(path: string, body: unknown): Promise<T> =>
    json<T>(path, { ...withBody('PUT', body), keepalive: true }),
  /** Likewise. */
  postToEnd: <T>(path: string, body: unknown): Promise<T> =>
    json<T>(path, { ...withBody('POST', body), keepalive: true }),
  delete: <T = void>(path: string): Promise<T> => json<T>(path, { method: 'DELETE' }),
  raw,
};
