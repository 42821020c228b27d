"""Look at the validation split once more, as the model will be used, and tell what is seen."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics import METRICS
from training.metrics.bootstrap import POOLED_LEVEL, pooled_intervals
from training.ml.report.album import Album
from training.ml.report.base import Asked, share
from training.ml.report.classification import ClassificationReporter
from training.ml.report.instance import InstanceReporter
from training.ml.report.multilabel import MultiLabelReporter
from training.ml.report.semantic import SemanticReporter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from training.ml.kinds import Predictor
    from training.ml.manifest import Snapshot
    from training.ml.report.base import Reporter, Told

REPORTERS: dict[str, Callable[[Asked], Reporter]] = {
    "classification": ClassificationReporter,
    "instance": InstanceReporter,
    "multilabel": MultiLabelReporter,
    "semantic": SemanticReporter,
}
FOLDER = "examples"
MOST_LOOKED_AT = 2000
# Of a budget in minutes, and never less than it takes to show something.
BUDGET_SHARE = 0.05
LEAST_SECONDS = 10.0
# Resamples of fewer groups are too much alike to say anything.
FEWEST_GROUPS = 5


def explain(
    predictor: Predictor,
    snapshot: Snapshot,
    out: Path,
    *,
    seed: int,
    seconds: float,
    settings: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Predict the labelled validation items and report on them.

    Items are taken in an order that follows from the seed alone, so that those which a short
    budget leaves time for are a fair sample. No other split is opened.

    Parameters
    ----------
    predictor : Predictor
        The trained model.
    snapshot : Snapshot
        Training set.
    out : Path
        Folder of the run; pictures go into its ``examples``.
    seed : int
        Of the run.
    seconds : float
        After these no further item is begun; one is looked at always.
    settings : mapping or None
        Of the model's card.

    Returns
    -------
    dict
        Keys ``examples``, ``classes``, ``worst`` and ``intervals`` of the run's report. Empty for
        a kind that has no reporter.
    """
    if snapshot.task_kind not in REPORTERS:
        return {}
    items = [item for item in snapshot.of("val") if item.is_labelled]
    about = {"split": "val", "available": len(items), "seed": seed}
    album = Album(out / FOLDER)
    if not items:
        return {"examples": about | {"looked_at": 0, "items": []}}
    end = time.monotonic() + seconds
    rng = np.random.default_rng(seed)
    reporter = REPORTERS[snapshot.task_kind](Asked(snapshot, rng, settings or {}))
    looked_at = 0
    for at in rng.permutation(len(items))[:MOST_LOOKED_AT].tolist():
        if looked_at and time.monotonic() > end:
            break
        reporter.look(items[at], predictor.predict(items[at]))
        looked_at += 1
    told = reporter.tell(album)
    return {
        "examples": about | {"looked_at": looked_at, "items": told.examples, "colors": told.colors},
        "classes": told.classes,
        "worst": told.worst,
        "intervals": _intervals(snapshot.task_kind, told, rng),
    }


def seconds_for(minutes: float, *, left: float) -> float:
    """Time for `explain`: half of what is left of a budget, within bounds.

    Parameters
    ----------
    minutes : float
        Budget; 0 = none.
    left : float
        Seconds of it that are left.

    Returns
    -------
    float
        Seconds; without limit where there is no budget of time.
    """
    if minutes == 0:
        return float("inf")
    return float(np.clip(left / 2, LEAST_SECONDS, max(LEAST_SECONDS, 60 * minutes * BUDGET_SHARE)))


def _intervals(kind: str, told: Told, rng: np.random.Generator) -> dict[str, Any]:
    family = METRICS[kind]
    enough = len(set(told.groups)) >= FEWEST_GROUPS
    found = pooled_intervals(told.scores, told.groups, family.pool, rng=rng) if enough else {}
    return {
        "level": POOLED_LEVEL,
        "primary": family.primary,
        "items": len(told.scores),
        "groups": len(set(told.groups)),
        "metrics": {
            name: {key: share(number) for key, number in dataclasses.asdict(interval).items()}
            for name, interval in found.items()
        },
    }
