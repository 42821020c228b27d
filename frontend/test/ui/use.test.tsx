import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Route, Routes } from 'react-router';

import { CellTable, shownColumns } from '../../src/ui/pages/use/CellTable';
import { UsePage } from '../../src/ui/pages/use/UsePage';
import type { Predicted } from '../../src/api';
import { fakeServer, project, show } from './support';

const column = (name: string, unit = ''): Predicted['columns'][number] => ({
  name,
  unit,
  about: `About ${name}.`,
});

const answer = {
  id: 'p-1',
  state: 'done',
  name: 'field.tif',
  image: null,
  model: { id: 3, number: 2, card_sha256: '' },
  shape: [1, 1, 1, 20, 30],
  n_objects: 60,
  seconds: 0.5,
  class_probabilities: [],
  columns: [
    column('label'),
    column('area_um2', 'um2'),
    column('centroid_x_px', 'px'),
    column('mean_dapi', 'intensity'),
    column('mean_above_background_dapi', 'intensity'),
  ],
  objects: Array.from({ length: 60 }, (_, at) => ({
    label: at + 1,
    area_um2: 10.25 + at,
    mean_dapi: null,
  })),
} as unknown as Predicted;

const batch = (fields: object): object => ({
  id: 9,
  project: project.id,
  model: 3,
  model_number: 2,
  dataset: 4,
  dataset_name: 'Plate 7',
  state: 'running',
  n_images: 10,
  n_done: 4,
  n_refused: 1,
  code: '',
  detail: '',
  created_at: '2026-01-01T00:00:00Z',
  ...fields,
});

const page = (result: object[]): object => ({ next: null, previous: null, results: result });

function showUse(
  batches: object[],
  role: 'manager' | 'viewer' = 'manager',
): ReturnType<typeof fakeServer> {
  const calls = fakeServer({
    'GET models/3': { id: 3, number: 2, state: 'champion' },
    'GET prediction-batches': page(batches),
    'GET datasets': page([{ id: 4, name: 'Plate 7', n_images: 10 }]),
    'POST models/3/batches': batch({}),
    'POST prediction-batches/9/cancel': batch({ state: 'cancelled' }),
    'GET images': page([{ id: 1, name: 'field.tif', thumbnail: '', status: 'ready' }]),
    'POST models/3/predict': { ...answer, uncertainty: true },
    'GET predictions/p-1': { ...answer, uncertainty: true },
  });
  show(
    <Routes>
      <Route path="/models/:modelId/use" element={<UsePage project={{ ...project, role }} />} />
    </Routes>,
    '/models/3/use',
  );
  return calls;
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('using a model', () => {
  it('says what to do where nothing was predicted yet', async () => {
    showUse([]);
    expect(await screen.findByText('Nothing predicted yet')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Choose a picture' })).toBeTruthy();
  });

  it('starts a batch on the chosen data set', async () => {
    const calls = showUse([]);
    const choice = await screen.findByLabelText('Pictures');
    await screen.findByText('Plate 7 (10 images)');
    fireEvent.change(choice, { target: { value: '4' } });
    fireEvent.click(screen.getByRole('button', { name: 'Predict all of them' }));
    await waitFor(() => {
      expect(calls.find(({ key }) => key === 'POST models/3/batches')?.body).toEqual({
        dataset: 4,
        uncertainty: false,
      });
    });
  });

  it('asks for maps of uncertainty, and gives them away where there are any', async () => {
    const calls = showUse([batch({ uncertainty: true })]);
    await screen.findByText(/with maps of uncertainty/);
    const boxes = screen.getAllByRole('checkbox', { name: /how unsure the model is/ });
    expect(boxes).toHaveLength(2);
    for (const box of boxes) fireEvent.click(box);
    fireEvent.click(screen.getByRole('button', { name: 'Predict all of them' }));
    fireEvent.click(await screen.findByRole('button', { name: 'field.tif' }));
    const taken = await screen.findByRole('link', { name: 'Uncertainty, OME-TIFF' });
    expect(taken.getAttribute('href')).toBe('/api/v1/predictions/p-1?format=uncertainty');
    const bodyOf = (wanted: string): unknown => calls.find(({ key }) => key === wanted)?.body;
    expect(bodyOf('POST models/3/batches')).toEqual({ dataset: null, uncertainty: true });
    expect(bodyOf('POST models/3/predict')).toEqual({ image: 1, uncertainty: true });
  });

  it('shows progress and stops a batch', async () => {
    const calls = showUse([batch({})]);
    const meter = await screen.findByRole('progressbar');
    expect(meter.getAttribute('aria-valuenow')).toBe('5');
    expect(screen.getByText(/4 of 10 pictures/).textContent).toContain('1 could not be predicted');
    expect(screen.getByRole('link', { name: 'Download zip' }).getAttribute('href')).toBe(
      '/api/v1/prediction-batches/9/download',
    );
    fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
    await waitFor(() => {
      expect(calls.some(({ key }) => key === 'POST prediction-batches/9/cancel')).toBe(true);
    });
  });

  it('lets who only looks neither send nor start anything', async () => {
    showUse([batch({ state: 'failed', detail: 'It died.' })], 'viewer');
    expect(await screen.findByText('It died.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Choose a picture' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Go on' })).toBeNull();
  });
});

describe('table of cells', () => {
  it('shows what is looked at most, with units, and gaps as a dash', () => {
    expect(shownColumns(answer.columns).map(({ name }) => name)).toEqual(['area_um2', 'mean_dapi']);
    show(<CellTable answer={answer} chosen={null} onChoose={() => undefined} />);
    expect(screen.getByText('area (µm²)')).toBeTruthy();
    expect(screen.getAllByRole('row')).toHaveLength(51);
    expect(screen.getAllByText('–')).toHaveLength(50);
    fireEvent.click(screen.getByRole('button', { name: 'Show more (10 left)' }));
    expect(screen.getAllByRole('row')).toHaveLength(61);
  });

  it('shows the chosen cell wherever it stands in the table', () => {
    Element.prototype.scrollIntoView = vi.fn();
    show(<CellTable answer={answer} chosen={57} onChoose={() => undefined} />);
    expect(screen.getByRole('button', { name: '57' }).getAttribute('aria-pressed')).toBe('true');
  });
});
