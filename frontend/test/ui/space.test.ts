import { describe, expect, it } from 'vitest';

import {
  editedOf,
  freshSetting,
  problemOfSetting,
  problemOfSpace,
  sentSpace,
} from '../../src/ui/pages/search/space';

const rate = editedOf({ key: 'optim.rate', kind: 'float', low: 0.001, high: 0.1, log: true }, true);
const head = editedOf({ key: 'head', kind: 'choice', choices: ['flow', 'distance'] }, true);

describe('a search space that is edited', () => {
  it('is sent as it was offered, without what is not ticked', () => {
    const further = editedOf({ key: 'optim.ema', kind: 'float', low: 0.9, high: 0.99 }, false);
    expect(sentSpace([rate, head, further])).toEqual([
      { key: 'optim.rate', kind: 'float', low: 0.001, high: 0.1, log: true },
      { key: 'head', kind: 'choice', choices: ['flow', 'distance'] },
    ]);
  });

  it('reads choices as JSON, and as words where they are none', () => {
    const widths = editedOf({ key: 'network.channels', kind: 'choice', choices: [[8, 16]] }, true);
    const edited = { ...widths, choices: '[8,16]; [16, 32]; true; flow; 3' };
    expect(sentSpace([edited])[0]!.choices).toEqual([[8, 16], [16, 32], true, 'flow', 3]);
  });

  it('says what is wrong with a range', () => {
    const changed = (more: Partial<typeof rate>) => problemOfSetting({ ...rate, ...more });
    expect(changed({})).toBeNull();
    expect(changed({ low: '' })).toBe('number');
    expect(changed({ high: 'much' })).toBe('number');
    expect(changed({ low: '0.2' })).toBe('order');
    expect(changed({ low: '0' })).toBe('log');
    expect(changed({ low: '0', log: false })).toBeNull();
    expect(changed({ kind: 'int', high: '2.5', log: false })).toBe('whole');
    expect(changed({ low: '', on: false })).toBeNull();
    expect(problemOfSetting({ ...head, choices: 'flow; flow' })).toBe('choices');
  });

  it('says what is wrong with all of it', () => {
    expect(problemOfSpace([rate, head])).toBeNull();
    expect(problemOfSpace([{ ...rate, on: false }])).toBe('none');
    expect(problemOfSpace([rate, freshSetting('optim.clip')])).toBe('setting');
    const many = Array.from({ length: 21 }, (_, i) => ({ ...rate, key: `k${i}` }));
    expect(problemOfSpace(many)).toBe('many');
  });
});
