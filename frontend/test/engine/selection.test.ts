// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { Selection } from '../../src/engine/grid/selection';

const chosen = (selection: Selection): number[] => [...selection.items].sort((a, b) => a - b);

describe('selection', () => {
  it('means the focus alone until more is selected', () => {
    const selection = new Selection(6);
    selection.click(3);
    expect(selection.targets).toEqual([3]);
    expect(chosen(selection)).toEqual([]);
  });

  it('reaches from the last plain click with Shift, both ways', () => {
    const selection = new Selection(8);
    selection.click(3);
    selection.click(5, { extend: true });
    expect(chosen(selection)).toEqual([3, 4, 5]);
    selection.click(1, { extend: true });
    expect(chosen(selection)).toEqual([1, 2, 3]);
    expect(selection.focus).toBe(1);
  });

  it('takes single ones in and out with Ctrl, and adds ranges with both', () => {
    const selection = new Selection(10);
    selection.click(1);
    selection.click(4, { toggle: true });
    expect(chosen(selection)).toEqual([1, 4]);
    selection.click(1, { toggle: true });
    expect(chosen(selection)).toEqual([4]);
    selection.click(7, { toggle: true });
    selection.click(9, { toggle: true, extend: true });
    expect(chosen(selection)).toEqual([4, 7, 8, 9]);
  });

  it('extends by arrows in the order that is shown', () => {
    const selection = new Selection(5);
    selection.arrange([4, 2, 0, 1, 3]);
    selection.click(2);
    selection.move(1, true);
    selection.move(1, true);
    expect(selection.targets).toEqual([2, 0, 1]);
    selection.move(-1, true);
    expect(selection.targets).toEqual([2, 0]);
    selection.move(99);
    expect(selection.targets).toEqual([3]);
  });

  it('takes all, or exactly what a rectangle meets', () => {
    const selection = new Selection(4);
    selection.all();
    expect(chosen(selection)).toEqual([0, 1, 2, 3]);
    selection.set([3, 1]);
    expect(selection.targets).toEqual([1, 3]);
    expect(selection.focus).toBe(1);
    selection.set([]);
    expect(selection.targets).toEqual([1]);
  });

  it('keeps what is selected when the order changes', () => {
    const selection = new Selection(4);
    selection.set([0, 3]);
    selection.arrange([3, 2, 1, 0]);
    expect(selection.targets).toEqual([3, 0]);
  });

  it('finds the next wanted one round the end', () => {
    const selection = new Selection(4);
    selection.arrange([2, 3, 0, 1]);
    expect(selection.next(1, (item) => item !== 2)).toBe(3);
    expect(selection.next(1, () => false)).toBeNull();
  });
});
