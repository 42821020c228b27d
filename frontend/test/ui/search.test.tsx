import { cleanup, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { Route, Routes } from 'react-router';

import { SearchPage } from '../../src/ui/pages/search/SearchPage';
import { fakeServer, project, show } from './support';

vi.mock('../../src/ui/charts/TrialChart', () => ({ TrialChart: () => null }));

const trial = (number: number, value: number): object => ({
  number,
  role: number === 0 ? 'default' : 'tried',
  state: 'done',
  values: { 'optim.rate': 0.003 },
  seed: 0,
  value,
  rungs: [],
  seconds: 30,
  fraction: null,
  code: '',
  detail: '',
});

function showSearch(result: object, score: number): void {
  fakeServer({
    'GET searches/5': {
      id: 5,
      project: project.id,
      state: 'done',
      code: '',
      detail: '',
      space: [],
      config: {},
      minutes: 2,
      trial_minutes: 0.5,
      lanes: 1,
      folds: 0,
      seed: 0,
      created_at: '2026-01-01T00:00:00Z',
      result: { best: 0, value: score, importances: {}, ...result },
      trials: [trial(0, score), trial(1, score)],
    },
  });
  show(
    <Routes>
      <Route path="/searches/:searchId" element={<SearchPage project={project} />} />
    </Routes>,
    '/searches/5',
  );
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it('keeps the settings where nothing was better', async () => {
  showSearch({ gain: null }, 0.8);
  await screen.findByText(/No trial was better/);
  expect(screen.queryByRole('button', { name: 'Use these settings' })).toBeNull();
});

it('says so where nothing learnt anything', async () => {
  showSearch({ gain: null }, 0);
  await screen.findByText(/every score is 0/);
});

it('offers what gained, with its interval', async () => {
  showSearch({ gain: { mean: 0.03, low: 0.01, high: 0.05, items: 8 }, confirmed: true }, 0.8);
  await screen.findByText(/Better than the settings before: \+0\.030 \(\+0\.010 \.\. \+0\.050\)/);
  screen.getByRole('button', { name: 'Use these settings' });
});
