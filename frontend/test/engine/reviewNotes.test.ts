// @vitest-environment node
import { describe, expect, it, vi } from 'vitest';

import type { ReviewNote } from '../../src/api/types';
import { ReviewNotes } from '../../src/engine/review/reviewNotes';

const note = (id: number, place: Partial<ReviewNote> = {}): ReviewNote => ({
  id,
  text: `note ${id}`,
  t: 0,
  z: 0,
  x: id,
  y: 2 * id,
  object: null,
  reviewer: { id: 1, username: 'eva', email: '', display_name: '' },
  done: false,
  created_at: '',
  ...place,
});

function benchOf(list: ReviewNote[], tick = () => Promise.resolve()) {
  const lookAt = vi.fn();
  const notes = new ReviewNotes({ lookAt, redraw: () => undefined, tick: vi.fn(tick) });
  notes.set(list);
  return { notes, lookAt };
}

describe('notes of the reviewer', () => {
  it('are gone through in their order, past those that are done, round the end', () => {
    const { notes, lookAt } = benchOf([note(1), note(2, { done: true }), note(3, { z: 4 })]);
    expect(notes.snapshot().open).toBe(2);
    notes.step(1);
    notes.step(1);
    expect(notes.snapshot().current).toBe(2);
    expect(lookAt.mock.lastCall?.[0]).toEqual({ t: 0, z: 4 });
    expect(lookAt.mock.lastCall?.[1]).toMatchObject({ x: 3, y: 6 });
    notes.step(1);
    expect(notes.snapshot().current).toBe(0);
    notes.step(-1);
    expect(notes.snapshot().current).toBe(2);
  });

  it('are gone through again once all are done', () => {
    const { notes } = benchOf([note(1, { done: true }), note(2, { done: true })]);
    notes.step(-1);
    expect(notes.snapshot().current).toBe(1);
    notes.step(-1);
    expect(notes.snapshot().current).toBe(0);
  });

  it('do nothing where there are none', () => {
    const { notes, lookAt } = benchOf([]);
    notes.step(1);
    notes.goTo(3);
    expect(lookAt).not.toHaveBeenCalled();
  });

  it('have pins in their own plane', () => {
    const { notes } = benchOf([note(1), note(2, { z: 1, done: true }), note(3)]);
    notes.goTo(2);
    expect(notes.pins({ t: 0, z: 0 })).toEqual([
      { x: 1, y: 2, text: '1', done: false, current: false },
      { x: 3, y: 6, text: '3', done: false, current: true },
    ]);
    expect(notes.pins({ t: 0, z: 1 })).toEqual([
      { x: 2, y: 4, text: '2', done: true, current: false },
    ]);
  });

  it('show a tick at once, and take it back when the server refuses', async () => {
    const { notes } = benchOf([note(1), note(2)]);
    const ticking = notes.tick(0, true);
    expect(notes.snapshot()).toMatchObject({ open: 1 });
    await ticking;
    expect(notes.snapshot().list.map(({ done }) => done)).toEqual([true, false]);

    const refusing = benchOf([note(1)], () => Promise.reject(new Error('no')));
    await expect(refusing.notes.tick(0, true)).rejects.toThrow('no');
    expect(refusing.notes.snapshot().open).toBe(1);
  });
});
