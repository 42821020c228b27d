import { afterEach, describe, expect, it, vi } from 'vitest';

import { api, setCsrf } from '../../src/api';

/** Stands in for the browser's request: answers when told to. */
class FakeXhr {
  static last: FakeXhr;
  upload: { onprogress?: (event: object) => void } = {};
  headers: Record<string, string> = {};
  status = 0;
  responseText = '';
  sent: FormData | undefined;
  url = '';
  onload: () => void = () => undefined;
  onerror: () => void = () => undefined;
  onabort: () => void = () => undefined;

  constructor() {
    FakeXhr.last = this;
  }
  open(_: string, url: string): void {
    this.url = url;
  }
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  send(body: FormData): void {
    this.sent = body;
  }
  abort(): void {
    this.onabort();
  }
  answer(status: number, body: unknown): void {
    this.status = status;
    this.responseText = JSON.stringify(body);
    this.onload();
  }
}

afterEach(() => vi.unstubAllGlobals());

const file = new File(['abc'], 'zellen ä.tif');

describe('upload', () => {
  it('sends the file with its fields and token, tells progress, answers the rows', async () => {
    vi.stubGlobal('XMLHttpRequest', FakeXhr);
    setCsrf('tok');
    const seen: number[] = [];
    const done = api.upload('datasets/3/uploads', file, {
      fields: { group: 'plate 1' },
      onProgress: (fraction) => seen.push(fraction),
    });
    const xhr = FakeXhr.last;
    xhr.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 4 });
    xhr.upload.onprogress?.({ lengthComputable: false, loaded: 2, total: 0 });
    xhr.answer(201, { results: [{ id: 1 }] });
    await expect(done).resolves.toEqual({ results: [{ id: 1 }] });
    expect(seen).toEqual([0.25]);
    expect(xhr.url).toBe('/api/v1/datasets/3/uploads');
    expect(xhr.headers['X-CSRFToken']).toBe('tok');
    expect(xhr.sent?.get('group')).toBe('plate 1');
    expect((xhr.sent?.get('file') as File).name).toBe('zellen ä.tif');
  });

  it('maps a refusal, a lost connection and a stop to problems', async () => {
    vi.stubGlobal('XMLHttpRequest', FakeXhr);
    const refused = api.upload('x', file);
    FakeXhr.last.answer(413, { code: 'too_large', detail: 'At most 4 GB.' });
    await expect(refused).rejects.toMatchObject({ status: 413, code: 'too_large' });

    const lost = api.upload('x', file);
    FakeXhr.last.onerror();
    await expect(lost).rejects.toMatchObject({ status: 0, code: 'network' });

    const stop = new AbortController();
    const stopped = api.upload('x', file, { signal: stop.signal });
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
  });
});
