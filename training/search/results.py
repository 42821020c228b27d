"""What a search found: the best settings, and how sure the gain is."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from training.engine import advice
from training.metrics.bootstrap import paired_bootstrap
from training.nested import merge_settings, nest
from training.search.models import Search, Trial, TrialRole, TrialState
from training.search.plan import Standing, find_best

BOOTSTRAP_SEED = 0


def summarise(search: Search, trials: Sequence[Trial]) -> dict[str, Any]:
    """Gather the result of a search whose trials are over.

    Parameters
    ----------
    search : Search
        With its space and base settings.
    trials : sequence of Trial
        All, in order.

    Returns
    -------
    dict
        ``best`` (trial number), ``values``, ``config`` (to be used), ``value``,
        ``default_value``, ``gain`` (mean, low, high, items, groups; None where the settings as
        they are were best), ``confirmed`` (whether the gain was measured on trainings that chose
        nothing), ``importances``, ``counts`` by state.
    """
    at = find_best([standing(trial) for trial in trials])
    assert at is not None, "a search without a finished trial has failed"
    best, default = trials[at], trials[0]
    pair = {trial.role: trial for trial in trials if trial.state == TrialState.DONE}
    again = pair.get(TrialRole.CONFIRM_DEFAULT), pair.get(TrialRole.CONFIRM_BEST)
    confirmed = again[0] is not None and again[1] is not None
    gain = None
    if best is not default:
        gain = measure_gain(again[0].items, again[1].items) if again[0] and again[1] else None
        gain = gain or measure_gain(default.items, best.items)
    return {
        "best": best.number,
        "values": best.values,
        "config": merge_settings(search.config, {} if best is default else nest(best.values)),
        "value": best.value,
        "default_value": default.value,
        "gain": gain,
        "confirmed": confirmed,
        "importances": advice.weigh_settings(search.space, [row_of(trial) for trial in trials]),
        "counts": {
            state.value: sum(trial.state == state for trial in trials) for state in TrialState
        },
    }


def measure_gain(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> dict[str, float] | None:
    """Mean difference over the items that both have, and its 90 % interval over groups.

    Parameters
    ----------
    before, after : sequence of mapping
        ``sample``, ``group`` and ``value`` of each item.

    Returns
    -------
    dict or None
        ``mean``, ``low``, ``high``, ``items``, ``groups``; None without a common item.
    """
    old = {row["sample"]: row for row in before}
    common = [row for row in after if row["sample"] in old]
    if not common:
        return None
    values = np.array([row["value"] - old[row["sample"]]["value"] for row in common])
    groups = np.array([row["group"] for row in common])
    low, high = paired_bootstrap(values, groups, rng=np.random.default_rng(BOOTSTRAP_SEED))
    return {
        "mean": float(values.mean()),
        "low": low,
        "high": high,
        "items": len(common),
        "groups": int(np.unique(groups).size),
    }


def standing(trial: Trial) -> Standing:
    """Say how a trial stands, for planning."""
    return Standing(trial.role, trial.state, trial.seconds, trial.value)


def row_of(trial: Trial) -> dict[str, Any]:
    """Write a trial as the sampler and the pruner read it."""
    return {
        "values": trial.values,
        "state": trial.state,
        "value": trial.value,
        "rungs": tuple(trial.rungs),
    }
