/** Metrics and gate verdicts in words. Pure. */
import type { ModelVersion } from '../../../api';
import { hasMessage, type Translate } from '../../messages';
import { number } from '../../shell/format';

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

function collect(rows: MetricRow[], split: string, prefix: string, values: object): void {
  for (const [key, value] of Object.entries(values)) {
    const name = prefix ? `${prefix}.${key}` : key;
    if (typeof value === 'number') rows.push({ split, name, value });
    else if (value && typeof value === 'object' && !Array.isArray(value)) {
      collect(rows, split, name, value as object);
    }
  }
}

/** Every number in the metrics of a model, the most telling ones first. */
export function metricRows(metrics: ModelVersion['metrics']): MetricRow[] {
  const rows: MetricRow[] = [];
  for (const [split, values] of Object.entries(metrics)) {
    collect(rows, split, '', values);
  }
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
  const row = metricRows({ val: model.metrics.val ?? {} })[0];
  return row ? { name: metricLabel(row.name), value: row.value } : null;
}

/** What the gate decided, in one sentence. */
export function verdict(t: Translate, gate: ModelVersion['gate']): string {
  if (!gate?.decision) return t('gate.none');
  const key = `gate.${gate.decision}`;
  const words = hasMessage(key) ? t(key) : gate.decision;
  // Nothing was compared where n is 0: then the reason says all there is.
  if (typeof gate.delta !== 'number' || !gate.n)
    return gate.reason ? `${words}: ${gate.reason}` : words;
  const sign = (value: number): string => `${value >= 0 ? '+' : ''}${number(value, 3)}`;
  const interval =
    typeof gate.low === 'number' && typeof gate.high === 'number'
      ? ` (${sign(gate.low)} .. ${sign(gate.high)})`
      : '';
  return t('gate.sentence', {
    words,
    delta: sign(gate.delta) + interval,
    n: gate.n,
  });
}
