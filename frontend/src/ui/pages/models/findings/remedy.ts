/** What one click on a remedy asks of the server. Pure. */
import type { FindingAction, Run, Start } from '../../../../api';
import { startOfRun } from '../../starts/starts';

type Plain = Record<string, unknown>;

export interface NewRun {
  seed: number;
  minutes?: number;
  config: Plain;
  start: Start;
}

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Settings with dotted changes put in their places; what was there is kept, and not touched. */
export function withChanges(config: Plain, changes: Plain): Plain {
  const out: Plain = { ...config };
  for (const [path, value] of Object.entries(changes)) {
    const [first, ...rest] = path.split('.');
    if (first === undefined) continue;
    const inner = isPlain(out[first]) ? out[first] : {};
    out[first] = rest.length === 0 ? value : withChanges(inner, { [rest.join('.')]: value });
  }
  return out;
}

type Before = Pick<Run, 'seed' | 'config' | 'start' | 'warm_start' | 'pretraining'>;

/** The run that a remedy asks for: that of before from where it started, with its changes. */
export function newRun(run: Before, changes: Plain): NewRun {
  const { minutes, ...config } = withChanges(run.config as Plain, changes);
  const start = startOfRun(run);
  return { seed: run.seed, config, start, ...(typeof minutes === 'number' ? { minutes } : {}) };
}

/** Changes in a few words: `optim.rate 0.0003, minutes 10`. */
export function changeWords(changes: FindingAction['changes']): string {
  return Object.entries(changes)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
