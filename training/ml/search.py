"""Which settings to try next, which trial to give up, and what mattered: Optuna on plain rows.

A study is built anew from the trials for each question. There is no second store beside the
caller's, so nothing can disagree with it after a crash.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState, create_trial

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

    from training.ml.search_space import Dimension

# Before so many trials there is nothing to model: values are drawn at random.
RANDOM_TRIALS = 5
# A trial is given up at a rung only where so many have been finished.
TRIALS_TO_JUDGE = 4
STATES = {
    "running": TrialState.RUNNING,
    "done": TrialState.COMPLETE,
    "pruned": TrialState.PRUNED,
    "failed": TrialState.FAIL,
}


@dataclass(frozen=True)
class Tried:
    """One trial so far.

    Attributes
    ----------
    values : mapping
        Dotted setting to value, one per dimension of the space.
    state : str
        ``running``, ``done``, ``pruned`` or ``failed``.
    value : float or None
        Metric at the end, larger is better.
    rungs : tuple of float
        Metric at each validation.
    """

    values: Mapping[str, Any]
    state: str
    value: float | None = None
    rungs: tuple[float, ...] = ()


def propose(space: Sequence[Dimension], tried: Sequence[Tried], *, seed: int) -> dict[str, Any]:
    """Choose values for the next trial (tree-structured Parzen estimator, Bergstra 2011).

    Running trials count as bad ones where they lie (constant liar), so that trials side by side
    differ.

    Parameters
    ----------
    space : sequence of Dimension
        What may be changed.
    tried : sequence of Tried
        All trials so far; those that lie outside the space are passed over.
    seed : int
        With the number of trials it decides what is drawn.

    Returns
    -------
    dict of str to value
        Dotted setting to value.
    """
    sampler = optuna.samplers.TPESampler(
        n_startup_trials=RANDOM_TRIALS, seed=(seed * 100_003 + len(tried)) % 2**32
    )
    study = _study(space, tried, sampler=sampler)
    asked = study.ask(_distributions(space))
    return {dimension.key: _from_optuna(dimension, asked.params) for dimension in space}


def is_hopeless(space: Sequence[Dimension], tried: Sequence[Tried], rungs: Sequence[float]) -> bool:
    """Whether a running trial is worse, at its newest rung, than half of the others there.

    Parameters
    ----------
    space : sequence of Dimension
        The space.
    tried : sequence of Tried
        The other trials.
    rungs : sequence of float
        Metric of the running trial at each validation so far.

    Returns
    -------
    bool
        False as long as fewer than ``TRIALS_TO_JUDGE`` are finished.
    """
    if not rungs or not all(map(math.isfinite, rungs)):
        return False
    pruner = optuna.pruners.MedianPruner(
        n_startup_trials=TRIALS_TO_JUDGE, n_min_trials=TRIALS_TO_JUDGE
    )
    study = _study(space, tried, pruner=pruner)
    current = create_trial(state=TrialState.RUNNING, intermediate_values=dict(enumerate(rungs)))
    return pruner.prune(study, current)


def importances(space: Sequence[Dimension], tried: Sequence[Tried]) -> dict[str, float]:
    """Share of each setting in what told good trials from bad ones (PED-ANOVA, Watanabe 2023).

    Parameters
    ----------
    space : sequence of Dimension
        The space.
    tried : sequence of Tried
        All trials.

    Returns
    -------
    dict of str to float
        Shares that sum to 1, the largest first; empty with fewer than ``RANDOM_TRIALS`` finished
        trials or where all came out alike.
    """
    done = [trial for trial in tried if trial.state == "done" and trial.value is not None]
    if len(done) < RANDOM_TRIALS or len({trial.value for trial in done}) < 2:
        return {}
    # Of few trials the better half tells more than a tenth, which is one or two.
    evaluator = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=0.5)
    shares = optuna.importance.get_param_importances(_study(space, done), evaluator=evaluator)
    finite = {key: share for key, share in shares.items() if math.isfinite(share)}
    return {key: round(share, 4) for key, share in sorted(finite.items(), key=lambda x: -x[1])}


def _study(
    space: Sequence[Dimension],
    tried: Sequence[Tried],
    *,
    sampler: optuna.samplers.BaseSampler | None = None,
    pruner: optuna.pruners.BasePruner | None = None,
) -> optuna.Study:
    """Build a study in memory from trials."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner)
    optuna.logging.set_verbosity(before)
    study.add_trials([trial for row in tried if (trial := _frozen(space, row)) is not None])
    return study


def _frozen(space: Sequence[Dimension], row: Tried) -> FrozenTrial | None:
    """Write a trial as Optuna keeps it; None where it does not lie in the space."""
    inside = all(d.key in row.values and d.holds(row.values[d.key]) for d in space)
    state = STATES[row.state]
    if not inside or (state == TrialState.COMPLETE and row.value is None):
        return None
    finite = {at: value for at, value in enumerate(row.rungs) if math.isfinite(value)}
    return create_trial(
        state=state,
        value=row.value if state == TrialState.COMPLETE else None,
        params={d.key: _to_optuna(d, row.values[d.key]) for d in space},
        distributions=_distributions(space),
        intermediate_values=finite,
    )


def _distributions(space: Sequence[Dimension]) -> dict[str, BaseDistribution]:
    return {dimension.key: _distribution(dimension) for dimension in space}


def _distribution(dimension: Dimension) -> BaseDistribution:
    if dimension.kind == "float":
        return FloatDistribution(dimension.low, dimension.high, log=dimension.log)
    if dimension.kind == "int":
        return IntDistribution(int(dimension.low), int(dimension.high), log=dimension.log)
    # Optuna takes plain values only; lists (widths of levels) travel as their JSON.
    return CategoricalDistribution([json.dumps(choice) for choice in dimension.choices])


def _to_optuna(dimension: Dimension, value: object) -> object:
    return json.dumps(value) if dimension.kind == "choice" else value


def _from_optuna(dimension: Dimension, params: Mapping[str, Any]) -> object:
    value = params[dimension.key]
    if dimension.kind == "choice":
        return json.loads(value)
    # Six digits say enough, and read well.
    return float(f"{value:.6g}") if dimension.kind == "float" else value
