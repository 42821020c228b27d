/** Starts in words, and what a comparison of them says. */
import type { Id, ProjectStart, Run, Start, StartComparison, StartOption } from '../../../api';
import type { Translate } from '../../messages';
import { number, signed } from '../../shell/format';

/** A start as the value of a select. */
export const startKey = ({ kind, id }: Start): string => (id === null ? kind : `${kind}-${id}`);

/** The start that the value of a select stands for. */
export function startOfKey(key: string): Start {
  const [kind = 'auto', id] = key.split('-');
  return { kind: kind as Start['kind'], id: id === undefined ? null : Number(id) };
}

/** Where a run started. */
export function startOfRun(run: Pick<Run, 'start' | 'warm_start' | 'pretraining'>): Start {
  if (run.pretraining !== null) return { kind: 'pretraining', id: run.pretraining };
  if (run.warm_start !== null) return { kind: 'model', id: run.warm_start };
  return { kind: 'scratch', id: null };
}

/** A start in words: `model 3`, `pre-training 2 of Nuclei`. */
export function startWords(
  t: Translate,
  start: Start,
  options: readonly StartOption[],
  project: Id,
): string {
  if (start.kind === 'auto') return t('begin.auto');
  if (start.kind === 'scratch' || start.kind === 'champion') return t(`begin.kind.${start.kind}`);
  const found = options.find((option) => option.kind === start.kind && option.id === start.id);
  if (!found) return t('begin.kind.gone');
  const own = found.project === project;
  return t(`begin.kind.${start.kind}${own ? '' : 'Of'}`, {
    i: String(found.number),
    project: found.project_name,
  });
}

/** What the next run starts from when nobody says otherwise. */
export function nowWords(t: Translate, answer: ProjectStart, project: Id): string {
  const { kind, id } = answer.now;
  return startWords(t, { kind, id: kind === 'champion' ? null : id }, answer.options, project);
}

export type Tone = 'ok' | 'bad' | 'warn';

export interface Gain {
  name: string;
  tone: Tone;
  text: string;
  seeds: string;
}

/** A sentence for each start of a comparison that is done. */
export function gainsOf(
  t: Translate,
  comparison: StartComparison,
  options: readonly StartOption[],
): Gain[] {
  return (comparison.result.rows ?? []).flatMap((row) => {
    const start = comparison.starts.find((one) => one.name === row.name);
    if (!start || !row.difference) return [];
    const { mean, low, high } = row.difference;
    const clear = low > 0 || high < 0;
    const key = clear ? (mean > 0 ? 'starts.gained' : 'starts.lost') : 'starts.unclear';
    // A gain is said without signs, nearest to nothing first.
    const ends = clear ? [low, high].map(Math.abs).sort((a, b) => a - b) : [low, high];
    const write = clear ? (value: number) => number(value, 3) : signed;
    return [
      {
        name: row.name,
        tone: clear ? (mean > 0 ? ('ok' as const) : ('bad' as const)) : ('warn' as const),
        text: t(key, {
          start: startWords(t, start, options, comparison.project),
          mean: write(clear ? Math.abs(mean) : mean),
          low: write(ends[0] ?? 0),
          high: write(ends[1] ?? 0),
        }),
        seeds: row.by_seed.map((value) => number(value, 3)).join(', '),
      },
    ];
  });
}

/** The newest comparison that tried the start of a run, where there is one that is done. */
export function comparisonFor(
  run: Pick<Run, 'start' | 'warm_start' | 'pretraining'>,
  comparisons: readonly StartComparison[],
): { comparison: StartComparison; name: string } | null {
  const key = startKey(startOfRun(run));
  const names = run.start === 'champion' ? ['champion', key] : [key];
  for (const comparison of [...comparisons].sort((a, b) => b.id - a.id)) {
    const row = comparison.result.rows?.find((one) => names.includes(one.name));
    if (row?.difference) return { comparison, name: row.name };
  }
  return null;
}
