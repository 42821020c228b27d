import 'fake-indexeddb/auto';

import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';

import { ClassifyPage } from '../../src/ui/pages/classify/ClassifyPage';
import { fakeServer, project, show, type Call } from './support';

afterEach(() => {
  cleanup();
  localStorage.clear();
  vi.unstubAllGlobals();
});

const CLASSES = ['round', 'odd'].map((name, i) => ({
  ...{ id: i + 1, index: i + 1, name, color: '#0072b2', key: String(i + 1) },
}));

let serial = 0;

function itemOf(id: string, at: number, scores: Record<string, number>): object {
  return {
    assignment: null,
    sample: { id: 100 + at, region: null, image: 7 },
    image: {
      ...{ id: 7, name: 'field', dtype: 'uint16', status: 'ready' },
      size: { t: 1, c: 1, z: 1, y: 30, x: 40 },
      levels: [{ y: 30, x: 40 }],
      channels: [{ name: 'DAPI', color: '#ffffff', low: 0, high: 100 }],
    },
    annotation: { id, version: 0, state: 'draft', class_index: null, object_classes: {}, note: '' },
    proposal: { source: 'model 1', reason: '', objects: [], class_scores: scores },
    reason: null,
  };
}

const SCORES = [{ '1': 0.9, '2': 0.1 }, { '1': 0.4, '2': 0.6 }, { '1': 0.3, '2': 0.7 }, {}];

/** A page with four pictures; answers what was sent to the server. */
async function open(): Promise<Call[]> {
  const ids = SCORES.map((_, at) => `${++serial}-${at}`);
  const stored = (call: Call): object => {
    const { base_version: version, ops } = call.body as { base_version: number; ops: object[] };
    const applied = ops.map((op) => (op as { op_id: string }).op_id);
    return { version: version + ops.length, applied };
  };
  const calls = fakeServer({
    'GET projects/5': { ...project, task_kind: 'classification', classes: CLASSES },
    'POST projects/5/next-batch': {
      items: ids.map((id, at) => itemOf(id, at, SCORES[at]!)),
      reason: null,
    },
    ...Object.fromEntries(ids.map((id) => [`POST annotations/${id}/ops`, stored])),
    ...Object.fromEntries(ids.map((id) => [`POST annotations/${id}/submit`, {}])),
  });
  show(<ClassifyPage projectId={5} />);
  await screen.findByRole('button', { name: 'Picture 1: Suggested: round' });
  await act(() => Promise.resolve()); // the page listens to keys by now
  return calls;
}

const grid = (): HTMLElement => screen.getByRole('group', { name: 'Pictures to classify' });
const crops = (): HTMLElement[] => within(grid()).getAllByRole('button');
const selected = (): number[] =>
  crops().flatMap((crop, at) => (crop.getAttribute('aria-pressed') === 'true' ? [at + 1] : []));
const numbers = (): (string | undefined)[] =>
  crops().map((crop) => /Picture (\d)/.exec(crop.getAttribute('aria-label') ?? '')?.[1]);

it('selects by Shift and Ctrl, and classes what is selected in one step', async () => {
  const calls = await open();
  fireEvent.click(crops()[0]!, { detail: 1 });
  fireEvent.click(crops()[2]!, { detail: 1, shiftKey: true });
  expect(selected()).toEqual([1, 2, 3]);
  fireEvent.click(crops()[1]!, { detail: 1, ctrlKey: true });
  expect(selected()).toEqual([1, 3]);
  fireEvent.keyDown(window, { code: 'Digit2', key: '2' });
  const status = await screen.findByText('2 pictures are now odd.');
  screen.getByRole('button', { name: 'Picture 3: odd' });
  await waitFor(() => expect(calls.filter(({ key }) => key.endsWith('/ops'))).toHaveLength(2));
  fireEvent.click(within(status.parentElement!).getByRole('button', { name: 'Undo' }));
  screen.getByRole('button', { name: 'Picture 3: Suggested: odd' });
  fireEvent.click(screen.getByRole('button', { name: 'Redo' }));
  screen.getByRole('button', { name: 'Picture 3: odd' });
});

it('gives all the rest one class', async () => {
  await open();
  fireEvent.keyDown(window, { code: 'Digit1', key: '1' });
  fireEvent.change(screen.getByLabelText('All the rest are'), { target: { value: '2' } });
  fireEvent.click(screen.getByRole('button', { name: 'Set 3' }));
  screen.getByText('3 pictures are now odd.');
  screen.getByText('4 of 4 classified');
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Set 0' }).disabled).toBe(true);
});

it('takes suggestions for all that is selected, and leaves what the model has not seen', async () => {
  await open();
  fireEvent.keyDown(window, { code: 'KeyA', ctrlKey: true });
  expect(selected()).toEqual([1, 2, 3, 4]);
  fireEvent.keyDown(window, { code: 'Enter' });
  screen.getByText('3 of 4 classified');
  screen.getByRole('button', { name: 'Picture 4: not classified' });
});

it('sorts by confidence, and remembers it', async () => {
  await open();
  fireEvent.change(screen.getByLabelText('Order'), { target: { value: 'unsure' } });
  await waitFor(() => expect(numbers()).toEqual(['2', '3', '1', '4']));
  cleanup();
  await open();
  await waitFor(() => expect(numbers()).toEqual(['2', '3', '1', '4']));
});

it('says that likeness comes from the pictures where no model has placed them', async () => {
  const calls = await open();
  fireEvent.change(screen.getByLabelText('Order'), { target: { value: 'alike' } });
  await screen.findByText(/^Likeness by brightness/);
  const asked = calls.find(({ key }) => key === 'GET projects/5/embeddings');
  expect(new URL(asked!.url, 'http://site').searchParams.get('samples')).toBe('100,101,102,103');
});

it('leaves the arrows of a slider to the slider', async () => {
  await open();
  const size = screen.getByRole('slider', { name: 'Size' });
  fireEvent.keyDown(size, { code: 'ArrowRight' });
  expect(crops()[0]!.getAttribute('aria-current')).toBe('true');
  fireEvent.keyDown(window, { code: 'ArrowRight' });
  expect(crops()[1]!.getAttribute('aria-current')).toBe('true');
});
