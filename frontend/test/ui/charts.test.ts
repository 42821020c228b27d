import { describe, expect, it } from 'vitest';

import type { LearningPoint, ModelVersion } from '../../src/api';
import { withAlpha } from '../../src/ui/charts/colors';
import { learningData, logBins, runData, splitsOf } from '../../src/ui/charts/curves';
import { translate, type MessageKey, type Params } from '../../src/ui/messages';
import { headline, metricLabel, metricRows, verdict } from '../../src/ui/pages/models/metrics';
import { fractionOf } from '../../src/ui/pages/models/RunMeter';

const point = (arm: string, labels: number, score: number, ap75: number | null): LearningPoint => ({
  round: 1,
  arm,
  labels,
  score,
  low: score - 0.1,
  high: score + 0.1,
  ap50: score,
  ap75,
  split: 'test',
});

describe('learning curve', () => {
  it('puts arms on one axis, with gaps where an arm has no point', () => {
    const data = learningData(
      [
        point('entropy', 40, 0.75, 0.5),
        point('random', 20, 0.5, 0.3),
        point('entropy', 20, 0.625, 0.4),
      ],
      'score',
    );
    expect(data.labels).toEqual([20, 40]);
    expect(data.series.map((series) => series.arm)).toEqual(['entropy', 'random']);
    expect(data.series[0]?.values).toEqual([0.625, 0.75]);
    expect(data.series[1]?.values).toEqual([0.5, null]);
    expect(data.series[1]?.high).toEqual([0.6, null]);
  });

  it('leaves unmeasured points out and has a band for the score only', () => {
    const data = learningData([point('a', 10, 0.5, null), point('a', 20, 0.8, 0.4)], 'ap75');
    expect(data.labels).toEqual([20]);
    expect(data.series[0]).toMatchObject({ values: [0.4], low: [null], high: [null] });
  });

  it('lists the test split first', () => {
    const points = ['val', 'train', 'test', 'val'].map((split) => ({
      ...point('a', 1, 1, 1),
      split,
    }));
    expect(splitsOf(points)).toEqual(['test', 'train', 'val']);
  });
});

describe('run curves', () => {
  it('sorts by step and smooths the loss without inventing points', () => {
    const data = runData(
      [
        { step: 20, seconds: 2, loss: 1, val: 0.5 },
        { step: 10, seconds: 1, loss: 2, val: null },
        { step: 30, seconds: 3 },
      ],
      0.5,
    );
    expect(data.steps).toEqual([10, 20, 30]);
    expect(data.loss).toEqual([2, 1, null]);
    expect(data.smooth).toEqual([2, 1.5, 1.5]);
    expect(data.val).toEqual([null, 0.5, null]);
  });

  it('knows how far a run is', () => {
    expect(fractionOf({ fraction: 0.25 })).toBe(0.25);
    expect(fractionOf({ step: 5, steps: 20 })).toBe(0.25);
    expect(fractionOf({ fraction: 7 })).toBe(1);
    expect(fractionOf({})).toBe(0);
  });
});

describe('histogram and colours', () => {
  it('scales counts by their logarithm', () => {
    expect(logBins([0, 9, 99])).toEqual([0, 0.5, 1]);
    expect(logBins([])).toEqual([]);
  });

  it('gives colours an alpha', () => {
    expect(withAlpha('#0072b2', 0.2)).toBe('rgb(0 114 178 / 0.2)');
    expect(withAlpha('#0f8', 1)).toBe('rgb(0 255 136 / 1)');
  });
});

describe('models in words', () => {
  const t = (key: MessageKey, params?: Params): string => translate('en', key, params);
  const metrics = { val: { pq: 0.5, ap50: 0.81, f1: 0.7, low: 0.7, high: 0.9, images: 8 } };

  it('lists the numbers, the most telling first', () => {
    expect(metricRows(metrics).map((row) => row.name)).toEqual(['ap50', 'f1', 'images', 'pq']);
    expect(headline({ metrics } as unknown as ModelVersion)).toEqual({
      name: 'AP50',
      value: 0.81,
      interval: { low: 0.7, high: 0.9 },
    });
    expect(headline({ metrics: {} } as unknown as ModelVersion)).toBeNull();
    expect(['macro_f1', 'pooled_ap50', 'ap', 'mean_matched_iou'].map(metricLabel)).toEqual([
      'macro F1',
      'pooled AP50',
      'AP',
      'mean matched IoU',
    ]);
  });

  it('says what the gate decided', () => {
    const gate = { decision: 'promote', delta: 0.031, low: 0.01, high: 0.05, n: 12, reason: 'r' };
    expect(verdict(t, gate)).toBe('Promoted: +0.031 (+0.010 .. +0.050) on 12 images');
    expect(verdict(t, { decision: 'keep', delta: -0.2, n: 1 })).toBe(
      'The champion stays: -0.200 on 1 image',
    );
    expect(verdict(t, { decision: 'promote', delta: 0, n: 0, reason: 'The first model.' })).toBe(
      'Promoted: The first model.',
    );
    expect(verdict(t, {})).toBe('Not compared yet');
  });
});
