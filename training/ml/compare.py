"""Settings against each other: the same folds, the same seeds, differences paired by picture."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics.bootstrap import paired_bootstrap
from training.ml.config_io import config_to_dict
from training.ml.crossval import BOOTSTRAP_SEED, cross_validate, mean_interval
from training.ml.errors import TrainingError
from training.ml.run import never
from training.nested import differing_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from training.ml.config import Config
    from training.ml.crossval import CrossValidation
    from training.ml.manifest import Snapshot

CONTROL = "chance"


@dataclass(frozen=True)
class Candidate:
    """Settings with a name, which is also that of their folder."""

    name: str
    config: Config


@dataclass(frozen=True)
class Plan:
    """How candidates are compared.

    Attributes
    ----------
    folds : int
        Number of folds, the same for all.
    seeds : tuple of int
        Seeds, the same for all.
    control : bool
        Train the first candidate also under as many other seeds: the difference that it makes
        to itself is what chance alone brings.
    """

    folds: int = 3
    seeds: tuple[int, ...] = (0,)
    control: bool = True


@dataclass(frozen=True)
class Difference:
    """Mean difference to the first candidate over pictures, and its 90 % interval over groups."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One candidate's line of the table.

    Attributes
    ----------
    name : str
        Of the candidate; ``chance`` is the first one again under other seeds.
    mean, low, high : float
        Primary metric over pictures (each the mean over seeds), 90 % interval over groups.
    difference : Difference or None
        To the first candidate; None for itself.
    metrics : mapping of str to float
        Pooled, mean over seeds.
    train_minutes : float
        Mean over trainings.
    megapixels_per_second : float
        Of prediction, decoding included; 0 for crops.
    megabytes, parameters : float
        Of the weights.
    """

    name: str
    mean: float
    low: float
    high: float
    difference: Difference | None
    metrics: Mapping[str, float]
    train_minutes: float
    megapixels_per_second: float
    megabytes: float
    parameters: float


@dataclass(frozen=True)
class Comparison:
    """The table, with what it stands on.

    Attributes
    ----------
    primary : str
        Metric that rows are compared by.
    folds, n_items, n_groups : int
        Folds, pictures and groups.
    seeds : tuple of int
        Each candidate was trained under each.
    rows : tuple of Row
        In the order of the candidates; the control comes last.
    settings : mapping of str to list
        Dotted names of settings that differ, with the value of each candidate.
    """

    primary: str
    folds: int
    n_items: int
    n_groups: int
    seeds: tuple[int, ...]
    rows: tuple[Row, ...]
    settings: Mapping[str, Sequence[Any]]


def compare(
    snapshot: Snapshot,
    candidates: Sequence[Candidate],
    out: Path,
    *,
    plan: Plan,
    stop: Callable[[], bool] = never,
) -> Comparison:
    """Cross-validate each candidate under each seed, and pair them picture by picture.

    Parameters
    ----------
    snapshot : Snapshot
        Labelled pictures; the test split is left out.
    candidates : sequence of Candidate
        Two or more, each of another name.
    out : Path
        Folder; done trainings there are not done again. The result is ``comparison.json``.
    plan : Plan
        Folds, seeds, control.
    stop : callable
        Asked after each step; True stops with a checkpoint.

    Returns
    -------
    Comparison
        The table.

    Raises
    ------
    StoppedError
        After a checkpoint was written.
    TrainingError
        Code ``nothing_to_compare``, and those of `cross_validate`.
    """
    names = [candidate.name for candidate in candidates]
    if len(names) < 2 or len({*names, CONTROL}) < len(names) + 1:
        raise TrainingError(
            "nothing_to_compare",
            f"Give two or more settings of different names, none of them {CONTROL!r}.",
        )
    runs = {c.name: [(c.config, seed) for seed in plan.seeds] for c in candidates}
    if plan.control:
        later = 1 + max(plan.seeds) - min(plan.seeds)
        runs[CONTROL] = [(candidates[0].config, seed + later) for seed in plan.seeds]
    found: dict[str, list[CrossValidation]] = {name: [] for name in runs}
    # Seed by seed: what is there after an interruption is a whole, smaller comparison.
    for at in range(len(plan.seeds)):
        for name, settings in runs.items():
            config, seed = settings[at]
            seeded = dataclasses.replace(config, seed=seed)
            folder = out / name / f"seed-{seed}"
            found[name].append(
                cross_validate(snapshot, seeded, folder, folds=plan.folds, stop=stop)
            )
    result = _tabulate(found, plan=plan, candidates=candidates)
    (out / "comparison.json").write_text(
        json.dumps(dataclasses.asdict(result), indent=1), encoding="utf-8"
    )
    return result


def table_text(comparison: Comparison) -> str:
    """Write the table for a terminal."""
    head = f"{'':<16}{comparison.primary:>8}  {'90 % interval':<16}{'difference':>12}  "
    lines = [head + f"{'90 % interval':<18}{'min':>6}{'MP/s':>7}{'MB':>7}"]
    for row in comparison.rows:
        text = f"{row.name[:15]:<16}{row.mean:>8.3f}  {row.low:.3f} to {row.high:.3f}  "
        gain = row.difference
        text += (
            f"{'':>12}  {'':<18}"
            if gain is None
            else f"{gain.mean:>+12.3f}  {f'{gain.low:+.3f} to {gain.high:+.3f}':<18}"
        )
        text += f"{row.train_minutes:>6.1f}{row.megapixels_per_second:>7.2f}{row.megabytes:>7.2f}"
        lines.append(text)
    return "\n".join(lines) + "\n"


def _tabulate(
    found: Mapping[str, Sequence[CrossValidation]],
    *,
    plan: Plan,
    candidates: Sequence[Candidate],
) -> Comparison:
    items = {name: _mean_items(results) for name, results in found.items()}
    first = next(iter(items.values()))
    rows = tuple(
        _row(name, found[name], items[name], None if mine is first else first)
        for name, mine in items.items()
    )
    return Comparison(
        primary=next(iter(found.values()))[0].primary,
        folds=plan.folds,
        n_items=len(first),
        n_groups=len({row["group"] for row in first.values()}),
        seeds=plan.seeds,
        rows=rows,
        settings=differing_settings([config_to_dict(c.config) for c in candidates]),
    )


def _mean_items(results: Sequence[CrossValidation]) -> dict[str, dict[str, Any]]:
    """Mean value of each picture over seeds; seeds are no independent pictures."""
    return {
        name: {
            "group": row["group"],
            "value": float(np.mean([result.items[name]["value"] for result in results])),
        }
        for name, row in results[0].items.items()
    }


def _row(
    name: str,
    results: Sequence[CrossValidation],
    items: Mapping[str, Mapping[str, Any]],
    first: Mapping[str, Mapping[str, Any]] | None,
) -> Row:
    mean, low, high = mean_interval(items)
    costs = [fold.costs for result in results for fold in result.folds]
    seconds = sum(cost["predict_seconds"] for cost in costs)
    return Row(
        name=name,
        mean=mean,
        low=low,
        high=high,
        difference=None if first is None else paired_difference(first, items),
        metrics={
            metric: float(np.mean([result.metrics[metric] for result in results]))
            for metric in results[0].metrics
        },
        train_minutes=float(np.mean([cost["train_seconds"] for cost in costs])) / 60,
        megapixels_per_second=sum(cost["megapixels"] for cost in costs) / max(seconds, 1e-9),
        megabytes=float(np.mean([cost["megabytes"] for cost in costs])),
        parameters=float(np.mean([cost["parameters"] for cost in costs])),
    )


def paired_difference(
    first: Mapping[str, Mapping[str, Any]], other: Mapping[str, Mapping[str, Any]]
) -> Difference:
    """Mean difference of two on the same items (``group``, ``value``), resampling groups."""
    values = np.array([other[name]["value"] - first[name]["value"] for name in first])
    groups = np.array([row["group"] for row in first.values()])
    low, high = paired_bootstrap(values, groups, rng=np.random.default_rng(BOOTSTRAP_SEED))
    return Difference(float(values.mean()), low, high)
