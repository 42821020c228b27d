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

const FIRST = ['ap50', 'ap_50', 'mean_ap50', 'pooled_ap50', 'ap75', 'accuracy', 'macro_f1', 'f1'];

function rank(name: string): number {
  const at = FIRST.indexOf(name);
  return at === -1 ? FIRST.length : at;
}

/** Every number in the metrics of a model, the most telling ones first. */
export function metricRows(metrics: ModelVersion['metrics']): MetricRow[] {
  const rows = Object.entries(metrics).flatMap(([split, values]) =>
    Object.entries(values).map(([name, value]) => ({ split, name, value })),
  );
  return rows.sort((a, b) => rank(a.name) - rank(b.name) || a.name.localeCompare(b.name));
}

/** `ap50` -> `AP50`, `macro_f1` -> `macro F1`. */
export function metricLabel(name: string): string {
  return name
    .replace(/\bap_?(\d+)/g, 'AP$1')
    .replace(/\bap\b/g, 'AP')
    .replaceAll('_', ' ')
    .replace(/\bf1\b/g, 'F1')
    .replace(/\bpq\b/g, 'PQ');
}

/** The one number to show in a list: AP50 or accuracy on the validation split. */
export function headline(model: ModelVersion): { name: string; value: number } | null {
  const row = metricRows({ val: model.metrics['val'] ?? {} })[0];
  return row ? { name: metricLabel(row.name), value: row.value } : null;
}

/** What the gate decided, in one sentence. */
export function verdict(t: Translate, gate: Gate): string {
  const { decision, delta, low, high, n, reason } = gate;
  if (!decision) return t('gate.none');
  const words = wordFor(t, 'gate', decision);
  // Nothing was compared where n is 0: then the reason says all there is.
  if (delta === undefined || !n) return reason ? `${words}: ${reason}` : words;
  const interval =
    low === undefined || high === undefined ? '' : ` (${signed(low)} .. ${signed(high)})`;
  return t('gate.sentence', { words, delta: signed(delta) + interval, n });
}
