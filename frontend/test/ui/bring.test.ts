import { describe, expect, it } from 'vitest';

import { translate, type Translate } from '../../src/ui/messages';
import { isBare, meaningsFor, numbersOf, sentForm, UNSAID } from '../../src/ui/pages/bring/form';
import { normalisationText, outputsText } from '../../src/ui/pages/bring/found';

const t: Translate = (key, params) => translate('en', key, params);
const classes = ['cell', 'debris'].map((name, i) => ({
  ...{ id: i, index: i + 1, name, color: '#56b4e9', key: String(i + 1) },
}));

describe('the description of a network', () => {
  it('is sent only as far as it was said', () => {
    expect(sentForm(UNSAID)).toEqual({});
    expect(
      sentForm({
        ...UNSAID,
        outputs: ['foreground', 'ignore'],
        axes: 'byxc',
        channels: '3',
        tile: '512 x 256',
        normalisation: 'linear',
        gain: '0.5, 1',
        offset: '0',
        threshold: '0.4',
      }),
    ).toEqual({
      outputs: ['foreground', 'ignore'],
      axes: 'byxc',
      channels: 3,
      tile: [512, 256],
      normalisation: { kind: 'linear', gain: [0.5, 1], offset: [0] },
      threshold: 0.4,
    });
  });

  it('names classes by those of the project, in the order of the channels', () => {
    const meanings = meaningsFor({ task_kind: 'semantic', classes });
    expect(meanings).toContain('class:debris');
    expect(sentForm({ ...UNSAID, outputs: ['background', 'class:debris', 'class:cell'] })).toEqual({
      outputs: ['background', 'class', 'class'],
      classes: ['debris', 'cell'],
    });
  });

  it('reads sizes, and refuses what is none', () => {
    expect(numbersOf('32, 512 × 512')).toEqual([32, 512, 512]);
    expect(numbersOf('large')).toBeNull();
    expect(numbersOf('')).toBeNull();
  });

  it('is needed for bare networks', () => {
    expect(['a.onnx', 'b.PT', 'c.zip'].map(isBare)).toEqual([true, true, false]);
  });
});

describe('what was found in a file', () => {
  it('is told in words', () => {
    const how = { kind: 'percentiles', low: 1, high: 99.8 };
    expect(normalisationText(t, how)).toBe('percentiles become 0 and 1: 1 .. 99.8');
    const found = {
      classes: ['cell', 'debris'],
      spec: { outputs: ['background', 'class', 'class'] },
    };
    expect(outputsText(t, found)).toBe('background, cell, debris');
  });
});
