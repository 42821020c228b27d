import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';

import type { ModelVersion } from '../../src/api';
import { ModelCard } from '../../src/ui/pages/models/ModelCard';
import { fakeServer, show } from './support';

const model = { id: 7, number: 2, trainable: true } as ModelVersion;
const card = {
  intended_use: 'Counting nuclei.',
  licence: 'CC0-1.0',
  authors: ['Ada', 'Bo'],
  markdown: '# Model 2',
};
const packages = [
  { id: 1, format: 'onnx', state: 'done', detail: '' },
  { id: 2, format: 'bioimageio', state: 'failed', detail: 'This model has no network.' },
];

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('the card of a model', () => {
  it('offers what is written, says why something was not, and orders more', async () => {
    const calls = fakeServer({
      'GET models/7/card': card,
      'GET models/7/exports': { next: null, previous: null, results: packages },
      'POST models/7/exports': packages[0] ?? {},
    });
    show(<ModelCard model={model} manager />);

    const link = await screen.findByRole('link', { name: 'Download ONNX' });
    expect(link.getAttribute('href')).toBe('/api/v1/model-exports/1/file');
    expect(screen.getByText(/This model has no network/)).toBeTruthy();
    expect(screen.getByText('# Model 2')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'safetensors' }));
    await waitFor(() => {
      expect(calls.find(({ key }) => key === 'POST models/7/exports')?.body).toEqual({
        format: 'safetensors',
      });
    });
  });

  it('lets only managers write and order', async () => {
    fakeServer({
      'GET models/7/card': card,
      'GET models/7/exports': { next: null, previous: null, results: [] },
    });
    show(<ModelCard model={model} manager={false} />);

    expect(await screen.findByText('# Model 2')).toBeTruthy();
    expect(screen.queryByRole('button', { name: /ONNX|Save/ })).toBeNull();
    expect(screen.queryByRole('textbox')).toBeNull();
  });
});
