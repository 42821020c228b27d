/** What the search page draws, worked out from trials. Pure. */
import type { Search, SearchDimension, Trial } from '../../../api';
import type { Column } from '../../charts/curves';

export interface TrialColumns {
  numbers: number[];
  /** Score of each finished trial that was tried. */
  scores: Column;
  /** What given-up trials had reached. */
  pruned: Column;
  /** The best score up to each trial. */
  best: Column;
}

const isChoosing = (trial: Trial): boolean => trial.role === 'default' || trial.role === 'tried';

/** Trials that choose, in order; confirmations are no candidates. */
export function trialColumns(trials: Trial[]): TrialColumns {
  const shown = trials.filter(isChoosing);
  let top: number | null = null;
  return {
    numbers: shown.map((trial) => trial.number),
    scores: shown.map((trial) => (trial.state === 'done' ? trial.value : null)),
    pruned: shown.map((trial) =>
      trial.state === 'pruned' ? (trial.rungs[trial.rungs.length - 1] ?? null) : null,
    ),
    best: shown.map((trial) => {
      if (trial.state === 'done' && trial.value !== null) top = Math.max(top ?? 0, trial.value);
      return top;
    }),
  };
}

/** Share of the budget that is used, from 0 to 1. */
export function spent(search: Search): number {
  const whole = search.trial_minutes * Math.max(1, search.folds);
  const minutes = search.trials.reduce((sum, trial) => {
    const running = (trial.fraction ?? 0) * whole;
    return sum + (trial.state === 'running' ? running : trial.seconds / 60);
  }, 0);
  return Math.min(1, minutes / (search.minutes * search.lanes));
}

/** How many trainings fit a budget. */
export function trialsIn(minutes: number, trial: number, lanes: number, folds: number): number {
  const whole = trial * Math.max(1, folds);
  return whole > 0 ? Math.floor((minutes * lanes) / whole + 1e-9) : 0;
}

/** Whether anything of a dimension is a list of choices. */
export function choicesOf(dimension: SearchDimension): string[] {
  return (dimension.choices ?? []).map((choice) =>
    typeof choice === 'string' ? choice : JSON.stringify(choice),
  );
}
