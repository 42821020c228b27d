/** A class key that is a command's key too is said where it is set and where keys are read. */
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';

import { CheatSheet, ReviewKeys } from '../../src/ui/canvas/CheatSheet';
import { ClassEditor } from '../../src/ui/pages/wizard/ClassEditor';

afterEach(cleanup);

const classesOf = (key: string): { name: string; color: string; key: string }[] => [
  { name: 'Mitosis', color: '#0072b2', key },
];

function edit(key: string, grid: boolean): string[] {
  const { container } = render(
    <ClassEditor
      classes={classesOf(key)}
      onChange={() => undefined}
      make={(fresh) => fresh}
      grid={grid}
    />,
  );
  return [...container.querySelectorAll('.notice')].map((notice) => notice.textContent);
}

it.each([
  ['b', false, 'Brush'],
  ['s', true, 'Submit'],
])('warns of %s where it is set', (key, grid, command) => {
  const [warning] = edit(key, grid);
  expect(warning).toContain(`The key ${key}`);
  expect(warning).toContain(command);
  expect(warning).toContain('Mitosis');
});

it.each([
  ['1', false],
  ['b', true],
  ['', false],
])('says nothing of %j', (key, grid) => {
  expect(edit(key, grid)).toEqual([]);
});

it('is marked in the cheat sheet of the canvas', () => {
  const classes = classesOf('b').map((entry) => ({ ...entry, id: 1, index: 1 }));
  render(<CheatSheet classes={classes} onClose={() => undefined} />);
  screen.getByText(/One command gave its key to a class/);
  screen.getByText('Class “Mitosis” has the key b', { exact: false });
});

it('shows the keys of the review page to be changed', () => {
  render(<ReviewKeys onClose={() => undefined} />);
  expect(screen.getAllByRole('button', { name: /Change the key for: Accept/ })).toHaveLength(2);
  expect(screen.queryByText(/Change the key for: Brush/)).toBeNull();
});
