import 'fake-indexeddb/auto';

import { cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';

import type { Image } from '../../src/api/types';
import { Outbox } from '../../src/engine/sync/outbox';
import { Session } from '../../src/engine/session';
import { CommandPalette } from '../../src/ui/canvas/CommandPalette';
import type { Work } from '../../src/ui/commands';
import { search } from '../../src/ui/commands/search';
import { LabelServer } from '../engine/labelServer';
import { show } from './support';

afterEach(cleanup);

const NAMES = ['Brush', 'Smaller brush', 'Submit and next', 'Split', 'Actual size'];

describe('search', () => {
  it.each([
    ['brush', ['Brush', 'Smaller brush']],
    ['sb', ['Smaller brush', 'Submit and next']],
    ['san', ['Submit and next']],
    ['', NAMES],
    ['qq', []],
  ])('%j finds %j', (typed, expected) => {
    expect(search(NAMES, typed, (name) => name)).toEqual(expected);
  });
});

async function work(): Promise<Work> {
  const server = new LabelServer(30, 20);
  const session = new Session(
    {
      image: {
        id: 1,
        size: { t: 1, c: 1, z: 1, y: 20, x: 30 },
        dtype: 'uint8',
        channels: [{ name: 'dapi', color: '#ffffff', low: 0, high: 100 }],
        levels: [{ y: 20, x: 30 }],
      } as unknown as Image,
      sample: { region: null },
      annotation: 'palette',
      objectClasses: {},
      classes: [],
      histogram: [],
      proposed: [],
    },
    {
      outbox: await Outbox.open('palette'),
      transport: server,
      log: server,
      fetcher: () => Promise.resolve(null),
    },
  );
  const page = { submit: vi.fn(), skip: null, help: vi.fn(), palette: vi.fn() };
  return { session, shown: session.snapshot(), page };
}

describe('the palette', () => {
  it('does the first match on Enter and closes before', async () => {
    const at = await work();
    let toolAtClose = '';
    const closed = (): void => {
      toolAtClose = at.session.toolbox.name;
    };
    show(<CommandPalette work={at} classes={[]} onClose={closed} />);
    const box = screen.getByRole('combobox', { hidden: true });
    fireEvent.change(box, { target: { value: 'eras' } });
    fireEvent.keyDown(box, { code: 'Enter' });
    expect(toolAtClose).toBe('brush');
    expect(at.session.toolbox.name).toBe('eraser');
  });

  it('shows first what was used last', async () => {
    show(<CommandPalette work={await work()} classes={[]} onClose={vi.fn()} />);
    expect(screen.getAllByRole('option', { hidden: true })[0]?.textContent).toContain('Eraser');
  });

  it('says why a command cannot be done, and does not do it', async () => {
    const at = await work();
    const closed = vi.fn();
    show(<CommandPalette work={at} classes={[]} onClose={closed} />);
    const box = screen.getByRole('combobox', { hidden: true });
    fireEvent.change(box, { target: { value: 'undo' } });
    const option = screen.getAllByRole('option', { hidden: true })[0]!;
    expect(option.textContent).toContain('There is nothing to undo.');
    expect(option.getAttribute('aria-disabled')).toBe('true');
    fireEvent.keyDown(box, { code: 'Enter' });
    expect(closed).not.toHaveBeenCalled();
  });
});
