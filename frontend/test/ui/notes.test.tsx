import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';

import { ApiProblem, type ReviewNote } from '../../src/api';
import { ReviewNotes } from '../../src/engine/review/reviewNotes';
import { NotesPanel } from '../../src/ui/canvas/NotesPanel';

afterEach(cleanup);

const note = (id: number, done = false): ReviewNote => ({
  ...{ id, text: `note ${id}`, t: 0, z: 0, x: 3, y: 4, object: null, done, created_at: '' },
  reviewer: { id: 1, username: 'eva', email: '', display_name: '' },
});

function open(list: ReviewNote[], tick = vi.fn(() => Promise.resolve())) {
  const lookAt = vi.fn();
  const notes = new ReviewNotes({ lookAt, redraw: () => undefined, tick });
  notes.set(list);
  render(<NotesPanel notes={notes} />);
  return { lookAt, tick };
}

it('shows nothing where there are no notes', () => {
  open([]);
  expect(screen.queryByRole('region')).toBeNull();
});

it('goes to a note, and ticks it', async () => {
  const { lookAt, tick } = open([note(1), note(2)]);
  screen.getByText('2 open');
  const row = screen.getByRole('button', { name: /note 2/ });
  fireEvent.click(row);
  expect(lookAt).toHaveBeenCalledWith({ t: 0, z: 0 }, note(2));
  expect(row.getAttribute('aria-current')).toBe('true');
  fireEvent.click(screen.getByRole('checkbox', { name: 'Note 2 is done' }));
  expect(tick).toHaveBeenCalledWith(2, true);
  await screen.findByText('1 open');
});

it('says why a tick was not taken', async () => {
  const refused = new ApiProblem(403, 'forbidden', 'You are not an annotator any more.');
  open(
    [note(1)],
    vi.fn(() => Promise.reject(refused)),
  );
  fireEvent.click(screen.getByRole('checkbox', { name: 'Note 1 is done' }));
  await screen.findByText('You are not an annotator any more.');
  screen.getByText('1 open');
});
