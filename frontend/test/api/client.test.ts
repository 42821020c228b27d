import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { api, ApiProblem, apiUrl, fetchAll, onSignedOut, setCsrf } from '../../src/api';
import { cursorOf } from '../../src/api/pagination';
import { problemFromBody } from '../../src/api/problem';

type Handler = (url: string, init: RequestInit) => Response;

function serve(handler: Handler): { url: string; init: RequestInit }[] {
  const calls: { url: string; init: RequestInit }[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    calls.push({ url, init });
    return Promise.resolve(handler(url, init));
  });
  return calls;
}

const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status });

const header = (init: RequestInit, name: string): string | null =>
  new Headers(init.headers).get(name);

beforeEach(() => {
  document.cookie = 'csrftoken=; expires=Thu, 01 Jan 1970 00:00:00 GMT';
  setCsrf('');
});
afterEach(() => vi.unstubAllGlobals());

describe('addresses', () => {
  it('puts paths under the API and drops empty query values', () => {
    expect(apiUrl('images', { dataset: 3, split: '', search: null, page_size: 5 })).toBe(
      '/api/v1/images?dataset=3&page_size=5',
    );
    expect(apiUrl('/api/v1/x?y=1', { z: 2 })).toBe('/api/v1/x?y=1&z=2');
  });
});

describe('CSRF', () => {
  it('sends the cookie with what changes things, and not with what reads', async () => {
    document.cookie = 'csrftoken=from-cookie';
    setCsrf('from-session');
    const calls = serve(() => json({}));
    await api.get('labs');
    await api.post('labs', { name: 'a' });
    await api.patch('labs/1', { name: 'b' });
    await api.delete('labs/1');
    expect(calls.map(({ init }) => header(init, 'X-CSRFToken'))).toEqual([
      null,
      'from-cookie',
      'from-cookie',
      'from-cookie',
    ]);
    expect(calls[1]?.init.body).toBe('{"name":"a"}');
  });

  it('falls back to the token of the session where the cookie cannot be read', async () => {
    setCsrf('from-session');
    const calls = serve(() => json({}));
    await api.post('labs', {});
    expect(header(calls[0]!.init, 'X-CSRFToken')).toBe('from-session');
  });

  it('takes a new token and tries once more when the old one is refused', async () => {
    setCsrf('old');
    const calls = serve((url, init) => {
      if (url.endsWith('auth/session')) return json({ csrf: 'new' });
      return header(init, 'X-CSRFToken') === 'new'
        ? json({ id: 7 })
        : json({ code: 'csrf_failed', detail: '' }, 403);
    });
    await expect(api.post('labs', {})).resolves.toEqual({ id: 7 });
    expect(calls).toHaveLength(3);
  });
});

describe('problems', () => {
  it('keeps code, detail, field errors and other members', async () => {
    serve(() =>
      json(
        {
          type: 'about:blank',
          title: 'Conflict',
          status: 409,
          code: 'version_conflict',
          detail: 'Somebody else changed it.',
          version: 12,
          errors: { policy: { overlap: ['Too many.'] }, name: ['Needed.'] },
        },
        409,
      ),
    );
    const problem = await api.post('x').catch((error: unknown) => error as ApiProblem);
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem).toMatchObject({
      status: 409,
      code: 'version_conflict',
      detail: 'Somebody else changed it.',
      errors: { policy: ['Too many.'], name: ['Needed.'] },
    });
    expect((problem as ApiProblem).extra['version']).toBe(12);
  });

  it.each([
    [404, '<html>not found</html>', 'not_found'],
    [502, '', 'unavailable'],
    [500, 'oops', 'server_error'],
    [418, '[]', 'invalid'],
  ])('makes a code of the status %i where the body is no problem', (status, body, code) => {
    expect(problemFromBody(status, body).code).toBe(code);
  });

  it('tells a lost connection from an answer, and what may pass by itself', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
    const problem = await api.get('labs').catch((error: unknown) => error as ApiProblem);
    expect(problem).toMatchObject({ status: 0, code: 'network', isTransient: true });
    expect(problemFromBody(503, '').isTransient).toBe(true);
    expect(problemFromBody(404, '').isTransient).toBe(false);
  });

  it('says once that the session has ended', async () => {
    const ended = vi.fn();
    const stop = onSignedOut(ended);
    serve(() => json({ code: 'not_authenticated' }, 401));
    await expect(api.get('labs')).rejects.toThrow();
    stop();
    await expect(api.get('labs')).rejects.toThrow();
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it('answers nothing for 204', async () => {
    serve(() => new Response(null, { status: 204 }));
    await expect(api.delete('tokens/1')).resolves.toBeUndefined();
  });
});

describe('pagination', () => {
  it('reads the cursor of absolute and relative addresses', () => {
    expect(cursorOf('http://elsewhere:81/api/v1/images?page_size=2&cursor=cD0%3D')).toBe('cD0=');
    expect(cursorOf('/api/v1/images?cursor=b')).toBe('b');
    expect(cursorOf(null)).toBeNull();
  });

  it('follows the pages to the end, with the same filters', async () => {
    const calls = serve((url) => {
      const cursor = new URL(url, 'http://x').searchParams.get('cursor');
      const next = cursor === null ? 'http://x/?cursor=2' : null;
      return json({ next, previous: null, results: cursor === null ? [1, 2] : [3] });
    });
    await expect(fetchAll('images', { dataset: 4 })).resolves.toEqual([1, 2, 3]);
    expect(calls.map((call) => call.url)).toEqual([
      '/api/v1/images?dataset=4',
      '/api/v1/images?dataset=4&cursor=2',
    ]);
  });

  it('stops at the limit, and takes a plain array as one page', async () => {
    serve(() => json({ next: '?cursor=more', previous: null, results: [1, 2, 3] }));
    await expect(fetchAll('images', {}, 5)).resolves.toEqual([1, 2, 3, 1, 2]);
    serve(() => json([8, 9]));
    await expect(fetchAll('labs')).resolves.toEqual([8, 9]);
  });
});
