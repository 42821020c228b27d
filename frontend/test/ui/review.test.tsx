import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { Route, Routes } from 'react-router';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { reviewAction } from '../../src/ui/pages/review/keys';
import { addChannel, levelFor, outlineLayer } from '../../src/ui/pages/review/plane';
import { neighbour, ReviewPage } from '../../src/ui/pages/review/ReviewPage';
import type { Sample } from '../../src/api';
import { fakeServer, project, show } from './support';

const key = (code: string, extra: object = {}) => ({
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  target: document.body as EventTarget,
  ...extra,
});

const sample = (id: number): Sample => ({
  id,
  project: 5,
  object_id: null,
  image: 40 + id,
  name: `field ${id}`,
  state: 'in_review',
  split: 'train',
  group: '',
  region: null,
  priority: 0,
  reason: '',
  n_answers: 2,
  agreement: 0.5,
});

const image = (id: number) => ({
  id,
  name: `field ${id}`,
  status: 'ready',
  size: { t: 1, c: 1, z: 1, y: 30, x: 40 },
  levels: [{ y: 30, x: 40 }],
  channels: [],
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('keys', () => {
  it('mean decisions, choices and moves', () => {
    expect(reviewAction(key('KeyA'))).toEqual({ kind: 'accept' });
    expect(reviewAction(key('Digit2'))).toEqual({ kind: 'choose', at: 1 });
    expect(reviewAction(key('Numpad9'))).toEqual({ kind: 'choose', at: 8 });
    expect(reviewAction(key('KeyK'))).toEqual({ kind: 'move', by: -1 });
    expect(reviewAction(key('Tab'))).toBeNull();
  });

  it('are left alone while somebody types, and with modifiers', () => {
    const input = document.createElement('input');
    expect(reviewAction(key('KeyA', { target: input }))).toBeNull();
    expect(reviewAction(key('KeyC', { ctrlKey: true }))).toBeNull();
    const button = document.createElement('button');
    expect(reviewAction(key('Enter', { target: button }))).toBeNull();
    expect(reviewAction(key('KeyA', { target: button }))).toEqual({ kind: 'accept' });
  });
});

describe('review page', () => {
  const page = (
    <Routes>
      <Route path="/projects/:projectId/review" element={<ReviewPage project={project} />} />
      <Route
        path="/projects/:projectId/review/:sampleId"
        element={<ReviewPage project={project} />}
      />
    </Routes>
  );
  const answer = (annotation: string, username: string) => ({
    annotation,
    user: { id: 1, username, email: '', display_name: '' },
    seconds: 61,
    operations: 4,
    objects: 12,
    class_index: null,
    submitted_at: '',
  });
  const base = {
    'GET projects/5/review-queue': { next: null, previous: null, results: [sample(1), sample(2)] },
    'GET samples/1/answers': [answer('aaa', 'ada'), answer('bbb', 'bob')],
    'GET samples/2/answers': [answer('ccc', 'ada')],
    'GET samples/1/consensus': {
      version: 1,
      method: 'majority',
      agreement: 0.5,
      confidence: 0.7,
      class_index: null,
      objects: [{ id: 1 }, { id: 2 }],
      disputed: [2],
    },
    'GET images/41': image(41),
    'GET images/42': image(42),
    'POST samples/1/review': sample(1),
  };

  it('accepts the answer that was chosen by key, and goes on to the next sample', async () => {
    const calls = fakeServer(base);
    show(page, '/projects/5/review');
    await screen.findByText('ada');
    screen.getByText('2 objects, 1 disputed, agreement 50 %');
    fireEvent.keyDown(window, { code: 'Digit2' });
    fireEvent.keyDown(window, { code: 'Enter' });
    await waitFor(() =>
      expect(calls.find((call) => call.key === 'POST samples/1/review')?.body).toEqual({
        decision: 'accept_answer',
        annotation: 'bbb',
      }),
    );
    await waitFor(() =>
      expect(calls.some((call) => call.key === 'GET samples/2/answers')).toBe(true),
    );
  });

  it('does not accept a consensus that is not there', async () => {
    const calls = fakeServer(base);
    show(page, '/projects/5/review/2');
    await screen.findByText('12 objects in 1 min 1 s');
    fireEvent.keyDown(window, { code: 'KeyA' });
    await act(async () => Promise.resolve());
    expect(calls.some((call) => call.key.startsWith('POST'))).toBe(false);
    expect(screen.getByRole('button', { name: /^Accept A/ })).toHaveProperty('disabled', true);
  });

  it('says when there is nothing to review', async () => {
    fakeServer({ 'GET projects/5/review-queue': { next: null, previous: null, results: [] } });
    show(page, '/projects/5/review');
    await screen.findByText('Nothing to review');
  });

  it('is not for annotators', () => {
    fakeServer({});
    show(<ReviewPage project={{ ...project, role: 'annotator' }} />);
    screen.getByText('This page is not for your role');
  });
});

describe('order and pixels', () => {
  it('goes to the next sample, else back', () => {
    const list = [sample(1), sample(2)];
    expect(neighbour(list, 1, 1)?.id).toBe(2);
    expect(neighbour(list, 2, 1)?.id).toBe(1);
    expect(neighbour(list, 1, -1)).toBeUndefined();
  });

  it('takes the finest level that is not larger than the page', () => {
    const levels = [4000, 2000, 1000, 500].map((x) => ({ x, y: x / 2 }));
    const size = { t: 1, c: 1, z: 1, x: 4000, y: 2000 };
    expect(levelFor({ levels, size }, { x0: 0, y0: 0, x1: 4000, y1: 2000 })).toBe(2);
    expect(levelFor({ levels, size }, { x0: 0, y0: 0, x1: 300, y1: 200 })).toBe(0);
  });

  it('windows and mixes channels', () => {
    const pixels = new Uint8ClampedArray(8);
    addChannel(pixels, [100, 300], { low: 100, high: 200, color: '#ff0000' });
    addChannel(pixels, [150, 0], { low: 100, high: 200, color: '#00ff00' });
    expect([...pixels]).toEqual([0, 128, 0, 255, 255, 0, 0, 255]);
  });

  it('outlines objects, touching ones too, and leaves their inside alone', () => {
    // 6 wide, 3 high: object 1 in columns 0 to 2, object 2 in columns 3 to 5.
    const labels = Uint32Array.from({ length: 18 }, (_, i) => (i % 6 < 3 ? 1 : 2));
    const layer = outlineLayer(
      { width: 6, height: 3, labels },
      { x0: 0, y0: 0, x1: 6, y1: 3 },
      { width: 6, height: 3 },
      (label) => (label === 1 ? [255, 0, 0] : [0, 0, 255]),
    );
    const at = (x: number, y: number): number[] => [
      ...layer.data.slice((y * 6 + x) * 4, (y * 6 + x) * 4 + 4),
    ];
    expect(at(1, 1)).toEqual([0, 0, 0, 0]);
    expect(at(2, 1)).toEqual([255, 0, 0, 255]);
    expect(at(3, 1)).toEqual([0, 0, 255, 255]);
    expect(at(0, 0)).toEqual([255, 0, 0, 255]);
  });
});
