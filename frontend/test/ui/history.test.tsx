import 'fake-indexeddb/auto';

import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';

import type { Image } from '../../src/api/types';
import { Outbox } from '../../src/engine/sync/outbox';
import { Session } from '../../src/engine/session';
import { HistoryPanel } from '../../src/ui/canvas/HistoryPanel';
import { LabelServer } from '../engine/labelServer';
import { show } from './support';

const IMAGE = {
  id: 1,
  size: { t: 1, c: 1, z: 1, y: 20, x: 30 },
  dtype: 'uint8',
  channels: [{ name: 'dapi', color: '#ffffff', low: 0, high: 100 }],
  levels: [{ y: 20, x: 30 }],
} as unknown as Image;

it('lists what was kept and goes back to it', async () => {
  const server = new LabelServer(30, 20);
  server.keep('started');
  const outbox = await Outbox.open('history-panel');
  const session = new Session(
    {
      image: IMAGE,
      sample: { region: null },
      annotation: 'panel',
      objectClasses: {},
      classes: [],
      histogram: [],
      proposed: [],
    },
    { outbox, transport: server, log: server, fetcher: () => Promise.resolve(null) },
  );
  await session.open();
  session.editor.begin()!.span(3, 4, 9, 1);
  session.editor.commit();
  await session.settle();
  server.keep('sent_back', 'grace');
  show(<HistoryPanel session={session} />);
  const user = userEvent.setup();
  await user.click(screen.getByRole('button', { name: 'History' }));
  const rows = await screen.findAllByRole('listitem');
  expect(rows.map((row) => row.textContent)).toEqual([
    expect.stringContaining('Sent back by a reviewer'),
    expect.stringContaining('Start'),
  ]);
  expect(rows[0]!.textContent).toContain('after 1 edit, grace');
  await user.click(within(rows[1]!).getByRole('button'));
  await screen.findByText(/as they were then/);
  expect(session.editor.plane.get(5, 3)).toBe(0);
  await waitFor(() => expect(session.snapshot().canUndo).toBe(true));
  session.undo();
  expect(session.editor.plane.get(5, 3)).toBe(1);
  session.dispose();
});
