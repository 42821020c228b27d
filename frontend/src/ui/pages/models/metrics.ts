/** Metrics and gate verdicts in words. Pure. */
import type { Gate, ModelVersion } from '../../../api';
import type { Translate } from '../../messages';
import { signed } from '../../shell/format';
import { wordFor } from '../../shell/words';

export interface MetricRow {
  split: string;
  name: string;
  value: number;
}

/** What is shown at once, in this order; the rest is folded. */
export const FIRST = [
  'ap50',
  'pooled_ap50',
  'ap75',
  'ap',
  'f1',
  'precision',
  'recall',
  'panoptic_quality',
  'mean_iou',
  'pooled_mean_iou',
  'mean_dice',
  'pixel_accuracy',
  'sample_f1',
  'mean_average_precision',
  'accuracy',
  'balanced_accuracy',
  'macro_f1',
  'micro_f1',
  'jaccard',
  'dice',
];
/** The ends of the interval of the first metric: shown with it, not as metrics. */
const INTERVAL = new Set(['low', 'high']);

export function isMain(name: string): boolean {
  return FIRST.includes(name);
}

function rank(name: string): number {
  const at = FIRST.indexOf(name);
  return at === -1 ? FIRST.length : at;
}

/** Every number in the metrics of a model, the most telling ones first. */
export function metricRows(metrics: ModelVersion['metrics']): MetricRow[] {
  const rows = Object.entries(metrics).flatMap(([split, values]) =>
    Object.entries(values)
      .filter(([name]) => !INTERVAL.has(name))
      .map(([name, value]) => ({ split, name, value })),
  );
  return rows.sort((a, b) => rank(a.name) - rank(b.name) || a.name.localeCompare(b.name));
}

/** `pooled_ap50` -> `pooled AP50`, `macro_f1` -> `macro F1`. */
export function metricLabel(name: string): string {
  return name
    .replaceAll('_', ' ')
    .replace(/\bap(\d*)\b/g, 'AP$1')
    .replace(/\bf1\b/g, 'F1')
    .replace(/\biou\b/g, 'IoU');
}

export interface Headline {
  name: string;
  value: number;
  /** The interval of the score, where it was measured. */
  interval: { low: number; high: number } | null;
}

/** The one number to show in a list, with its interval: AP50 or accuracy on the validation split. */
export function headline(model: ModelVersion): Headline | null {
  const val = model.metrics['val'] ?? {};
  const row = metricRows({ val })[0];
  if (!row) return null;
  const { low, high } = val;
  const known = low !== undefined && high !== undefined;
  return {
    name: metricLabel(row.name),
    value: row.value,
    interval: known ? { low, high } : null,
  };
}

/** How many images a model was trained on, as its card says. */
export function trainedOn({ card }: ModelVersion): number | null {
  const n = (card as { n_train?: unknown } | null)?.n_train;
  return typeof n === 'number' ? n : null;
}

/** What the gate decided, in one sentence. */
export function verdict(t: Translate, gate: Gate): string {
  const { decision, delta, low, high, n, reason } = gate;
  if (!decision) return t('gate.none');
  // Before there is a champion a model is compared with the zero-label start.
  const first = decision === 'keep' && gate.against === null;
  const words = first ? t('gate.keepStart') : wordFor(t, 'gate', decision);
  // Nothing was compared where n is 0: then the reason says all there is.
  if (delta === undefined || !n) return reason ? `${words}: ${reason}` : words;
  const interval =
    low === undefined || high === undefined ? '' : ` (${signed(low)} .. ${signed(high)})`;
  return t('gate.sentence', { words, delta: signed(delta) + interval, n });
}
