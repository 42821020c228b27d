import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactElement } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { Panel } from '../../src/ui/canvas/Panel';
import { setPerson } from '../../src/ui/shell/personal';

const page = (
  <>
    <Panel id="one" title="First" aside={<b>3 cells</b>}>
      <p>of the first</p>
    </Panel>
    <Panel id="two" title="Second" open={false}>
      <p>of the second</p>
    </Panel>
  </>
) satisfies ReactElement;

beforeEach(() => {
  localStorage.clear();
  setPerson(1);
});
afterEach(() => {
  cleanup();
  setPerson(0);
});

const fold = (name: string): HTMLElement => screen.getByRole('button', { name });
const opened = (): (string | null)[] =>
  ['First', 'Second'].map((name) => fold(name).getAttribute('aria-expanded'));

it('opens and closes by keys, says so, and keeps what stands in the head', async () => {
  render(page);
  expect(opened()).toEqual(['true', 'false']);
  await userEvent.tab();
  expect(document.activeElement).toBe(fold('First'));
  await userEvent.keyboard('{Enter}');
  await userEvent.tab();
  await userEvent.keyboard(' ');
  expect(opened()).toEqual(['false', 'true']);
  expect(screen.queryByText('of the first')).toBeNull();
  screen.getByText('3 cells');
  const body = document.getElementById(fold('Second').getAttribute('aria-controls')!)!;
  expect(body.textContent).toBe('of the second');
});

it('is remembered for each person', async () => {
  const first = render(page);
  await userEvent.click(fold('Second'));
  first.unmount();
  render(page);
  expect(opened()).toEqual(['true', 'true']);
  act(() => setPerson(2));
  expect(opened()).toEqual(['true', 'false']);
  act(() => setPerson(1));
  expect(opened()).toEqual(['true', 'true']);
});

it('takes no notice of damaged storage', () => {
  localStorage.setItem('cytoloop.panels.1', '{"one": "yes", "two": 4}');
  render(page);
  expect(opened()).toEqual(['true', 'false']);
});
