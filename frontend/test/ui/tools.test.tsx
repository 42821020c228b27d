import 'fake-indexeddb/auto';

import { act, cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';

import type { Image } from '../../src/api/types';
import { Outbox } from '../../src/engine/sync/outbox';
import { Session } from '../../src/engine/session';
import { Refusal } from '../../src/engine/sync/transport';
import { CellPanel } from '../../src/ui/canvas/CellPanel';
import { PiecesNotice } from '../../src/ui/canvas/PiecesNotice';
import { Toolbar } from '../../src/ui/canvas/Toolbar';
import { ToolOptionsBar } from '../../src/ui/canvas/ToolOptions';
import { at, drag, pictureOf, planeOf, tidy } from '../engine/helpers';
import { show } from './support';

const CELLS = '.1111111. .1111111. .......22 ......2..';

const IMAGE = {
  id: 1,
  size: { t: 1, c: 1, z: 1, y: 4, x: 9 },
  dtype: 'uint16',
  channels: [{ name: 'dapi', color: '#ffffff', low: 0, high: 100 }],
  levels: [{ y: 4, x: 9 }],
} as unknown as Image;

const offline = (): Promise<never> => Promise.reject(new Refusal('offline', 'no connection'));

let serial = 0;
let session: Session;

afterEach(cleanup);

beforeEach(async () => {
  const annotation = `tools-${++serial}`;
  const outbox = await Outbox.open(annotation);
  session = new Session(
    {
      ...{ image: IMAGE, sample: { region: null }, annotation, objectClasses: {} },
      ...{ classes: [], histogram: [], proposed: [] },
    },
    { outbox, transport: { send: offline, loadPlane: offline }, fetcher: async () => null },
  );
  session.editor.setPlane({ t: 0, z: 0 }, planeOf(CELLS));
  show(
    <>
      <Toolbar session={session} />
      <ToolOptionsBar session={session} />
      <CellPanel session={session} />
      <PiecesNotice session={session} />
    </>,
  );
});

function expectPicture(picture: string): void {
  expect(pictureOf(session.editor.plane)).toBe(tidy(picture));
}

it('has one tab stop for all tools, and arrows that go from one to the next', async () => {
  const tools = within(screen.getByRole('toolbar')).getAllByRole('button');
  const names = tools.map((tool) => tool.querySelector('span')?.textContent);
  await userEvent.tab();
  expect(document.activeElement).toBe(tools[names.indexOf('Brush')]);
  await userEvent.keyboard('{ArrowRight}');
  expect(document.activeElement).toBe(tools[names.indexOf('Eraser')]);
  await userEvent.keyboard('{End}{ArrowDown}{ArrowUp}');
  expect(document.activeElement).toBe(tools.at(-1));
  await userEvent.keyboard('{Enter}');
  expect(session.snapshot().tool).toBe('pan');
  expect(tools.map((tool) => tool.tabIndex).filter((index) => index === 0)).toHaveLength(1);
});

it('shows the options of the tool in hand and keeps them for the next sample', async () => {
  const over = within(screen.getByRole('group', { name: 'Over' }));
  await userEvent.click(over.getByRole('button', { name: 'Anything' }));
  const pressed = over.getAllByRole('button').map((button) => button.getAttribute('aria-pressed'));
  expect(pressed).toEqual(['false', 'true']);
  expect(session.habits.options.covers).toBe('anything');
  await userEvent.click(screen.getByRole('checkbox', { name: 'Pen pressure' }));
  expect(session.habits.options.pressure).toBe(true);
  act(() => session.toolbox.nextOption('covers'));
  expect(session.habits.options.covers).toBe('background');
  act(() => session.toolbox.choose('pan'));
  screen.getByText('This tool has no options.');
});

it('does something to a cell only when one is selected', async () => {
  await userEvent.click(screen.getByRole('button', { name: 'Selected cell' }));
  const hull = screen.getByRole('button', { name: 'Convex hull' });
  expect(hull).toHaveProperty('disabled', true);
  act(() => session.editor.select(2));
  await userEvent.click(hull);
  expectPicture(CELLS); // no pixel centre lies between those that it has
  expect(session.snapshot().note?.code).toBe('already_convex');
});

it('offers what can be done about a cell in pieces', async () => {
  const cut = (): void => {
    session.toolbox.setRadius(0.5);
    act(() => drag(session.editor, session.toolbox.tool, at(3, 0), at(3, 1)));
  };
  session.toolbox.choose('eraser');
  cut();
  screen.getByText('Cell 1 is in 2 pieces.');
  expectPicture('.11.1111. .11.1111. .......22 ......2..');
  await userEvent.click(screen.getByRole('button', { name: /^Keep largest/ }));
  expectPicture('....1111. ....1111. .......22 ......2..');
  expect(screen.queryByText('Cell 1 is in 2 pieces.')).toBeNull();
  act(() => session.undo());
  await userEvent.click(screen.getByRole('button', { name: /^Split pieces/ }));
  expectPicture('.33.1111. .33.1111. .......22 ......2..');
  act(() => session.undo());
  await userEvent.click(screen.getByRole('button', { name: 'It is right so' }));
  expect(screen.queryByText('Cell 1 is in 2 pieces.')).toBeNull();
  expectPicture('.11.1111. .11.1111. .......22 ......2..');
});
