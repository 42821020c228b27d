import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';

import type { Overview } from '../../src/api';
import { HeldOutNotice } from '../../src/ui/pages/overview/HeldOutNotice';

const overviewOf = (total: number, by_split: Record<string, number>): Overview =>
  ({ samples: { total, by_split } }) as unknown as Overview;

afterEach(cleanup);

describe('notice about held-out samples', () => {
  it.each([
    [{ train: 5 }, /All images are for training/],
    [{ train: 5, val: 1 }, /held out for testing/],
    [{ train: 5, test: 1 }, /held out for validation/],
  ])('says what is missing in %o', (splits, text) => {
    render(<HeldOutNotice overview={overviewOf(6, splits)} />);
    expect(screen.getByRole('note').textContent).toMatch(text);
  });

  it('says nothing where all splits have samples, or there are none at all', () => {
    render(<HeldOutNotice overview={overviewOf(7, { train: 5, val: 1, test: 1 })} />);
    render(<HeldOutNotice overview={overviewOf(0, {})} />);
    expect(screen.queryByRole('note')).toBeNull();
  });
});
