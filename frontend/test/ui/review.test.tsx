import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { Route, Routes } from 'react-router';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { bindKey, resetKeys } from '../../src/ui/keymap';
import { reviewAction } from '../../src/ui/pages/review/keys';
import { neighbour, ReviewPage } from '../../src/ui/pages/review/ReviewPage';
import type { Sample } from '../../src/api';
import { fakeServer, project, Refusal, show } from './support';

const key = (code: string, extra: object = {}) => ({
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
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
  localStorage.clear();
  vi.unstubAllGlobals();
});

describe('keys', () => {
  it('mean decisions, choices and moves', () => {
    expect(reviewAction(key('KeyA'))).toEqual('review.accept');
    expect(reviewAction(key('Digit2'))).toEqual({ choose: 1 });
    expect(reviewAction(key('Numpad9'))).toEqual({ choose: 8 });
    expect(reviewAction(key('KeyK'))).toEqual('review.previousSample');
    expect(reviewAction(key('KeyD'))).toEqual('review.nextCell');
    expect(reviewAction(key('KeyD', { shiftKey: true }))).toEqual('review.previousCell');
    expect(reviewAction(key('Tab'))).toBeNull();
  });

  it('can be changed, and take keys from each other only', () => {
    expect(bindKey('review.accept', 'KeyC')).toBe('review.correct');
    expect(bindKey('review.sendBack', 'KeyB')).toBeNull(); // the brush keeps its key
    expect(reviewAction(key('KeyC'))).toBe('review.accept');
    expect(reviewAction(key('KeyA'))).toBe('review.correct');
    expect(reviewAction(key('KeyB'))).toBe('review.sendBack');
    expect(reviewAction(key('KeyS'))).toBeNull();
    resetKeys();
    expect(reviewAction(key('KeyS'))).toBe('review.sendBack');
  });

  it('are left alone while somebody types, and with modifiers', () => {
    const input = document.createElement('input');
    expect(reviewAction(key('KeyA', { target: input }))).toBeNull();
    expect(reviewAction(key('KeyC', { ctrlKey: true }))).toBeNull();
    const button = document.createElement('button');
    expect(reviewAction(key('Enter', { target: button }))).toBeNull();
    expect(reviewAction(key('KeyA', { target: button }))).toEqual('review.accept');
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

  const cell = (at: number, answers: object[], extra: object = {}) => ({
    ...{ t: 0, z: 0, x: at, y: 5, area: 30, answers, iou: null, agreement: 0, is_disputed: true },
    ...extra,
  });
  const drew = (annotation: string, object: number, class_index = 1) => ({
    ...{ annotation, object, class_index, iou: null },
  });
  const withCells = {
    ...base,
    'GET samples/1/agreement': {
      version: 1,
      n_cells: 9,
      n_disputed: 2,
      cells: [
        cell(12, [drew('aaa', 4)]),
        cell(20, [drew('aaa', 5), drew('bbb', 6, 2)], { iou: 0.62, agreement: 0.1 }),
        cell(30, [drew('aaa', 7), drew('bbb', 8)], { iou: 0.9, is_disputed: false }),
      ],
    },
  };

  it('lists disputed cells with who drew them, overlap and votes, and goes through them by key', async () => {
    fakeServer(withCells);
    show(page, '/projects/5/review/1');
    await screen.findByText('2 of 9 cells');
    const rows = within(screen.getByRole('region', { name: 'Cells in dispute' })).getAllByRole(
      'button',
    );
    expect(rows.map((row) => row.textContent)).toEqual([
      '1only adax 12, y 5',
      '2drawn by all 2overlap 62 % · cell 1, 2 1 · x 20, y 5',
    ]);
    fireEvent.keyDown(window, { code: 'KeyD' });
    fireEvent.keyDown(window, { code: 'KeyD' });
    expect(rows[1]!.getAttribute('aria-current')).toBe('true');
    fireEvent.click(rows[0]!);
    expect(rows[0]!.getAttribute('aria-current')).toBe('true');
  });

  it('sends back whose answer has a note on it, with the note', async () => {
    const calls = fakeServer(withCells);
    show(page, '/projects/5/review/1');
    await screen.findByText('2 of 9 cells');
    fireEvent.keyDown(window, { code: 'Digit1' });
    fireEvent.keyDown(window, { code: 'KeyD' });
    fireEvent.keyDown(window, { code: 'KeyM' });
    fireEvent.keyDown(window, { code: 'KeyS' });
    screen.getByText('A note on the picture has no text. Write it, or remove the note.');
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    const text = screen.getByRole('textbox', { name: 'For ada' });
    fireEvent.change(text, { target: { value: 'this is debris ' } });
    fireEvent.keyDown(window, { code: 'KeyS' });
    expect(screen.getByRole<HTMLInputElement>('checkbox', { name: 'ada' }).checked).toBe(true);
    expect(screen.getByRole<HTMLInputElement>('checkbox', { name: 'bob' }).checked).toBe(false);
    const dialog = screen.getByRole('dialog');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Send back' }));
    const body = {
      decision: 'send_back',
      note: '',
      annotations: ['aaa'],
      notes: [{ text: 'this is debris', t: 0, z: 0, x: 12, y: 5, object: 4, annotation: 'aaa' }],
    };
    await waitFor(() =>
      expect(calls.find((call) => call.key === 'POST samples/1/review')?.body).toEqual(body),
    );
    await waitFor(() => expect(localStorage.getItem('cytoloop.notes.1')).toBeNull());
  });

  it('keeps notes that were not sent over a reload', async () => {
    fakeServer(withCells);
    const first = show(page, '/projects/5/review/1');
    await screen.findByText('2 of 9 cells');
    fireEvent.keyDown(window, { code: 'KeyD' });
    fireEvent.keyDown(window, { code: 'KeyM' });
    const text = screen.getByRole('textbox', { name: 'For all who are sent it back' });
    fireEvent.change(text, { target: { value: 'too wide' } });
    first.unmount();
    show(page, '/projects/5/review/1');
    await screen.findByDisplayValue('too wide');
    fireEvent.click(screen.getByRole('button', { name: 'Remove note 1' }));
    expect(localStorage.getItem('cytoloop.notes.1')).toBeNull();
  });

  it('shows how many of the earlier notes were ticked', async () => {
    const earlier = (id: number, done: boolean) => ({ id, t: 0, z: 0, x: 1, y: 2, done });
    fakeServer({ ...base, 'GET annotations/bbb/notes': [earlier(1, true), earlier(2, false)] });
    show(page, '/projects/5/review/1');
    await screen.findByText('12 objects in 1 min 1 s · 1 of 2 notes ticked');
  });

  it('hides names when asked to', async () => {
    fakeServer(withCells);
    show(page, '/projects/5/review/1');
    await screen.findByText('only ada');
    fireEvent.click(screen.getByRole('checkbox', { name: 'Hide names' }));
    screen.getByText('only Annotator 1');
    expect(screen.queryByText('bob')).toBeNull();
  });

  it('corrects from the answer that was chosen, and asks when a correction was begun', async () => {
    const calls = fakeServer({
      ...base,
      'POST samples/1/correct': (call) =>
        (call.body as { anew: boolean }).anew
          ? {}
          : new Refusal(409, { code: 'correction_begun', detail: '', operations: 3 }),
    });
    show(page, '/projects/5/review/1');
    await screen.findByText('ada');
    fireEvent.keyDown(window, { code: 'Digit2' });
    fireEvent.keyDown(window, { code: 'KeyC' });
    const chosen = screen.getByRole<HTMLInputElement>('radio', { name: 'The answer of bob' });
    expect(chosen.checked).toBe(true);
    const dialog = screen.getByRole('dialog');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Correct' }));
    await screen.findByText('It has 3 edits and starts from something else.');
    fireEvent.click(screen.getByRole('button', { name: 'Start anew' }));
    await waitFor(() =>
      expect(calls.filter(({ key: at }) => at.endsWith('correct')).map(({ body }) => body)).toEqual(
        [
          { start: 'answer', annotation: 'bbb', anew: false },
          { start: 'answer', annotation: 'bbb', anew: true },
        ],
      ),
    );
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

describe('order', () => {
  it('goes to the next sample, else back', () => {
    const list = [sample(1), sample(2)];
    expect(neighbour(list, 1, 1)?.id).toBe(2);
    expect(neighbour(list, 2, 1)?.id).toBe(1);
    expect(neighbour(list, 1, -1)).toBeUndefined();
  });
});
