import { cleanup, screen, within } from '@testing-library/react';
import axe from 'axe-core';
import { afterEach, describe, expect, it } from 'vitest';

import { ClassCard } from '../../src/ui/pages/models/run/ClassCard';
import { CropGrid } from '../../src/ui/pages/models/run/CropGrid';
import { show } from './support';

const row = { support: 2, predicted: 3, precision: 0.5, recall: 1, f1: 0.66 };
const words = (cells: HTMLElement[]): string[] => cells.map((cell) => cell.textContent);

afterEach(cleanup);

async function graveFindings(): Promise<string[]> {
  // Colours need a browser that paints; the page has a heading above.
  const off = { enabled: false };
  const rules = { 'color-contrast': off, region: off, 'document-title': off, 'html-has-lang': off };
  const { violations } = await axe.run(document.body, { rules });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id }) => id);
}

describe('classes in the report of a run', () => {
  it('have a threshold and go together, where an image may have several', async () => {
    show(
      <ClassCard
        classes={{
          ...{ unit: 'image', names: ['a', 'b'], thresholds: [0.5, 0.31] },
          rows: [
            { ...row, index: 0, average_precision: 0.75 },
            { ...row, index: 1, average_precision: null },
          ],
          together: { truth: [[4, 1], [1, 2]], predicted: [[4, 0], [0, 3]] }, // prettier-ignore
        }}
      />,
    );
    const [table, together] = screen.getAllByRole('table');
    const heads = words(within(table!).getAllByRole('columnheader'));
    expect(heads.slice(-2)).toEqual(['AP', 'Threshold']);
    expect(words(within(table!).getAllByRole('cell')).slice(-2)).toEqual(['-', '0.31']);
    expect(words(within(together!).getAllByRole('cell'))).toEqual([
      ...['4said 4', '1said 0', '1said 0', '2said 3'],
    ]);
    expect(await graveFindings()).toEqual([]);
  });

  it('have missed and extra cells beside those that were mixed up', async () => {
    show(
      <ClassCard
        classes={{
          ...{ unit: 'object', names: ['disc', 'ring'], unclassed: 2 },
          rows: [{ ...row, index: 0, ap50: 0.4, panoptic_quality: 0.35 }],
          matrix: [[5, 1, 2], [0, 3, 0], [4, 0, 0]], // prettier-ignore
        }}
      />,
    );
    screen.getByText('1 of disc was taken for ring.');
    screen.getByText('2 cells that nobody has given a class are left out.');
    const [, confusion] = screen.getAllByRole('table');
    const heads = words(within(confusion!).getAllByRole('columnheader'));
    expect(heads.slice(1)).toEqual(['disc', 'ring', 'nothing']);
    expect(words(within(confusion!).getAllByRole('cell'))[2]).toBe('225 %');
    expect(await graveFindings()).toEqual([]);
  });
});

it('an image tells all the classes that were said of it, and the true ones where these differ', () => {
  const line = { value: 0.5, probabilities: [0.9, 0.2] };
  show(
    <CropGrid
      run={1}
      names={['a', 'b']}
      lines={[
        { ...line, item: '1', truths: [0, 1], predictions: [0] },
        { ...line, item: '2', truths: [], predictions: [] },
      ]}
      nameOf={({ item }) => item}
      linkOf={() => null}
    />,
  );
  const [wrong, right] = screen.getAllByRole('listitem');
  expect(wrong).toHaveProperty('dataset.wrong', 'true');
  expect(wrong!.textContent).toContain('a 90 %');
  expect(wrong!.textContent).toContain('truly a, b');
  expect(right!.textContent).toContain('none of them');
  expect(right!.textContent).toContain('right');
});
