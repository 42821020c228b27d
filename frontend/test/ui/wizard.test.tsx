import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { api } from '../../src/api';
import {
  classesFor,
  nextClass,
  problemOf,
  projectBody,
  type NewProject,
} from '../../src/ui/pages/wizard/defaults';
import { freeName } from '../../src/ui/pages/wizard/useNewProject';
import { WizardPage } from '../../src/ui/pages/wizard/WizardPage';
import { fakeServer, project, show } from './support';

const lab = { id: 2, name: 'My lab', slug: 'my-lab', role: 'owner', created_at: '' };

function drop(files: File[]): void {
  const input = document.querySelector('input[type=file]');
  fireEvent.change(input!, { target: { files } });
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('new project', () => {
  const answers = {
    'GET labs': { next: null, previous: null, results: [lab] },
    'GET datasets': { next: null, previous: null, results: [] },
    'GET projects': { next: null, previous: null, results: [] },
    'GET presets': [],
    'POST datasets': { id: 31, name: 'Cell outlines' },
    'POST projects': project,
    'GET projects/5/overview': {
      images: 1,
      samples: { total: 0 },
      queue: { open: 0, leased: 0, empty_reason: null },
    },
  };

  it('needs nothing but images: one data set, one project, then the wait for the first sample', async () => {
    const calls = fakeServer(answers);
    const upload = vi.spyOn(api, 'upload').mockResolvedValue({
      results: [
        { id: 1, filename: 'a.tif', status: 'accepted', code: '', detail: '', warnings: [] },
      ],
    });
    show(<WizardPage />, '/projects/new');
    const create = await screen.findByRole('button', { name: 'Create and start labelling' });
    expect(create).toHaveProperty('disabled', true);
    screen.getByText('Drop images above, or choose a data set.');

    drop([new File(['a'], 'a.tif'), new File(['b'], 'b.tif')]);
    drop([new File(['c'], 'c.tif')]);
    await waitFor(() => expect(create).toHaveProperty('disabled', false));
    expect(upload.mock.calls.map(([path]) => path)).toEqual(Array(3).fill('datasets/31/uploads'));
    await userEvent.click(create);

    await screen.findByText('Preparing your images');
    expect(calls.filter((call) => call.key === 'POST datasets')).toHaveLength(1);
    expect(calls.find((call) => call.key === 'POST projects')?.body).toMatchObject({
      lab: 2,
      name: 'Cell outlines',
      task_kind: 'instance',
      datasets: [31],
      overlap: 1,
      use_reference_masks: 'holdout',
      classes: [{ name: 'cell', key: '1' }],
    });
    expect(calls.some((call) => call.key === 'PATCH projects/5')).toBe(false);
  });

  it('changes untouched defaults with the task, and keeps a name given by hand', async () => {
    fakeServer(answers);
    show(<WizardPage />, '/projects/new');
    const name = await screen.findByLabelText<HTMLInputElement>('Name of the project');
    await userEvent.click(screen.getByRole('radio', { name: /Classification/ }));
    expect(name.value).toBe('Cell classes');
    expect(screen.getByLabelText<HTMLInputElement>('Name of class 2').value).toBe('negative');
    await userEvent.clear(name);
    await userEvent.type(name, 'Mitosis');
    await userEvent.click(screen.getByRole('radio', { name: /Instance/ }));
    expect(name.value).toBe('Mitosis');
    expect(screen.queryByLabelText('Name of class 2')).toBeNull();
  });

  it('takes a data set that is there, and sends the rule of acceptance after', async () => {
    const set = { id: 9, name: 'Plate 1', n_images: 12, lab: 2 };
    const calls = fakeServer({
      ...answers,
      'GET datasets': { next: null, previous: null, results: [set] },
      'PATCH projects/5': project,
    });
    show(<WizardPage />, '/projects/new');
    await userEvent.click(await screen.findByRole('checkbox', { name: /Plate 1/ }));
    await userEvent.click(screen.getByText('People, review and reference masks'));
    await userEvent.selectOptions(screen.getByLabelText('Who accepts'), 'reviewer');
    await userEvent.click(screen.getByRole('button', { name: 'Create and start labelling' }));
    await screen.findByText('Preparing your images');
    expect(calls.find((call) => call.key === 'POST projects')?.body).toMatchObject({
      datasets: [9],
    });
    expect(calls.find((call) => call.key === 'PATCH projects/5')?.body).toEqual({
      policy: { accept_rule: 'reviewer' },
    });
  });
});

describe('defaults', () => {
  const base: NewProject = {
    kind: 'instance',
    name: 'x',
    classes: classesFor(['cell']),
    overlap: 1,
    accept: 'single',
    unit: 'image',
    masks: 'holdout',
    instructions: '',
    partial: false,
    several: false,
    preset: 'auto',
  };

  it('gives each class a key and a colour of its own', () => {
    const three = classesFor(['a', 'b', 'c']);
    expect(three.map((item) => item.key)).toEqual(['1', '2', '3']);
    expect(new Set(three.map((item) => item.color)).size).toBe(3);
    expect(nextClass(three.filter((item) => item.key !== '2')).key).toBe('2');
  });

  it('says what is missing', () => {
    expect(problemOf(base, true)).toBeNull();
    expect(problemOf({ ...base, name: ' ' }, true)).toBe('name');
    expect(problemOf({ ...base, kind: 'classification' }, true)).toBe('classes');
    expect(problemOf({ ...base, classes: classesFor(['a', 'a']) }, true)).toBe('classes');
    expect(problemOf(base, false)).toBe('images');
  });

  it('asks for as many classes as the kind needs, and tells the server its options', () => {
    const strokes = { ...base, kind: 'semantic' as const, partial: true };
    expect(problemOf({ ...base, kind: 'semantic' }, true)).toBeNull();
    expect(problemOf(strokes, true)).toBe('classes');
    expect(problemOf({ ...base, kind: 'classification', several: true }, true)).toBeNull();
    expect(projectBody(strokes, 1, [9])).toMatchObject({
      task_kind: 'semantic',
      partial_labels: true,
      multi_label: false,
    });
    const other = { ...base, partial: true, several: true };
    expect(projectBody(other, 1, [9])).toMatchObject({ partial_labels: false, multi_label: false });
  });

  it('finds a free name', () => {
    expect(freeName('Images', [])).toBe('Images');
    expect(freeName('Images', ['Images', 'Images 2'])).toBe('Images 3');
  });
});
