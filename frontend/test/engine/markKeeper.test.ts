import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { MarkKeeper, type Marks } from '../../src/engine/sync/markKeeper';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('sends marks together, and again with the next where they did not get through', async () => {
  const sent: [string, Marks][] = [];
  let reachable = false;
  const keeper = new MarkKeeper('a7', async (annotation, added) => {
    if (!reachable) throw new Error('offline');
    sent.push([annotation, added]);
  });
  keeper.keep({ seen: [3], confirmed: [] });
  keeper.keep({ seen: [5, 3], confirmed: [3] });
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toEqual([]);
  reachable = true;
  keeper.keep({ seen: [8], confirmed: [] });
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toEqual([['a7', { seen: [3, 5, 8], confirmed: [3] }]]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent).toHaveLength(1);
});

it('sends them to the end when the page is left', () => {
  const posts: [string, RequestInit][] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    posts.push([url, init]);
    return new Response('{}');
  });
  const keeper = new MarkKeeper('a7');
  const stop = keeper.watchLeaving();
  keeper.keep({ seen: [3], confirmed: [3] });
  dispatchEvent(new Event('pagehide'));
  stop();
  expect(posts).toHaveLength(1);
  expect(posts[0]![0]).toBe('/api/v1/annotations/a7/marks');
  expect(posts[0]![1]).toMatchObject({ method: 'POST', keepalive: true });
});
