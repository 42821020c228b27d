"""K-fold cross-validation by group: every picture is predicted by a model that never saw it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics import METRICS
from training.metrics.bootstrap import paired_bootstrap
from training.ml.config_io import config_to_dict
from training.ml.errors import TrainingError
from training.ml.folds import fold_snapshot, make_folds, open_items
from training.ml.heldout import score_written
from training.ml.outputs import write_prediction
from training.ml.run import load_predictor, never, train
from training.ml.trainer import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from training.ml.config import Config
    from training.ml.manifest import Item, Snapshot

DONE = "fold.json"
BOOTSTRAP_SEED = 0


@dataclass(frozen=True)
class FoldResult:
    """One fold.

    Attributes
    ----------
    fold : int
        Its number, from 0.
    counts : mapping of str to int
        Pictures that were learnt from (``train``), chose thresholds (``val``), were held out
        (``test``).
    metrics : mapping of str to float
        Of the held-out pictures.
    costs : mapping of str to float
        ``train_seconds``, ``steps``, ``predict_seconds``, ``megapixels`` predicted,
        ``parameters`` and ``megabytes`` of weights.
    """

    fold: int
    counts: Mapping[str, int]
    metrics: Mapping[str, float]
    costs: Mapping[str, float]


@dataclass(frozen=True)
class CrossValidation:
    """All folds together.

    Attributes
    ----------
    task_kind, primary : str
        Kind of task, and the metric that ``mean`` is of.
    mean, low, high : float
        Mean over pictures, and its 90 % interval by bootstrap over groups.
    metrics : mapping of str to float
        Pooled over the pictures of all folds.
    folds : tuple of FoldResult
        One by one.
    items : mapping of str to mapping
        ``group``, ``fold`` and ``value`` (primary metric) of each picture.
    """

    task_kind: str
    primary: str
    mean: float
    low: float
    high: float
    metrics: Mapping[str, float]
    folds: tuple[FoldResult, ...]
    items: Mapping[str, Mapping[str, Any]]


def cross_validate(
    snapshot: Snapshot,
    config: Config,
    out: Path,
    *,
    folds: int = 5,
    stop: Callable[[], bool] = never,
) -> CrossValidation:
    """Train once per fold and score the pictures that were held out.

    Folds that are done are not done again, and one that was interrupted goes on from its
    checkpoint, so the same call resumes.

    Parameters
    ----------
    snapshot : Snapshot
        Labelled pictures; the test split is left out.
    config : Config
        Settings; a budget of minutes is each fold's.
    out : Path
        Folder; models and predictions of fold k are in ``fold-k``, the result in
        ``crossval.json``.
    folds : int
        Number of folds. They depend on the groups alone, so that settings are comparable.
    stop : callable
        Asked after each step; True stops with a checkpoint.

    Returns
    -------
    CrossValidation
        Per fold and pooled.

    Raises
    ------
    StoppedError
        After a checkpoint was written.
    TrainingError
        Codes ``too_few_groups``, ``other_run``, and those of `training.ml.run.train`.
    """
    items = [item for item in open_items(snapshot) if item.is_labelled]
    divided = make_folds(items, n=folds)
    labelled = dataclasses.replace(snapshot, items=tuple(items))
    done = [
        _do_fold(fold_snapshot(labelled, divided, at), config, out, at=at, stop=stop)
        for at in range(folds)
    ]
    result = _pool(labelled, divided, done, out)
    (out / "crossval.json").write_text(
        json.dumps(dataclasses.asdict(result), indent=1), encoding="utf-8"
    )
    return result


def mean_interval(items: Mapping[str, Mapping[str, Any]]) -> tuple[float, float, float]:
    """Mean of the items' values with its 90 % interval, resampling groups."""
    values = np.array([row["value"] for row in items.values()], dtype=np.float64)
    groups = np.array([row["group"] for row in items.values()])
    low, high = paired_bootstrap(values, groups, rng=np.random.default_rng(BOOTSTRAP_SEED))
    return float(values.mean()), low, high


def _do_fold(
    snapshot: Snapshot, config: Config, out: Path, *, at: int, stop: Callable[[], bool]
) -> FoldResult:
    """Train and predict one fold, or read what was done before."""
    folder = out / f"fold-{at}"
    identity = _identity(snapshot, config)
    if (folder / DONE).is_file():
        known = json.loads((folder / DONE).read_text(encoding="utf-8"))
        if known.pop("identity") != identity:
            raise TrainingError(
                "other_run",
                f"{folder} belongs to a cross-validation with other settings or other data. Choose "
                "another output folder, or remove it.",
            )
        return FoldResult(**known)
    train(snapshot, config, folder, stop=stop)
    held_out = snapshot.of("test")
    seconds = _predict(folder, held_out, stop)
    scores = [score_written(snapshot, item, folder / "predictions") for item in held_out]
    result = FoldResult(
        fold=at,
        counts={split: len(snapshot.of(split)) for split in ("train", "val", "test")},
        metrics=METRICS[snapshot.task_kind].pool([score.score for score in scores]),
        costs=_costs(folder)
        | {
            "predict_seconds": round(seconds, 3),
            "megapixels": round(sum(score.pixels for score in scores) / 1e6, 4),
        },
    )
    facts = dataclasses.asdict(result) | {"identity": identity}
    partial = folder / (DONE + ".partial")
    partial.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    partial.replace(folder / DONE)
    return result


def _predict(folder: Path, items: Sequence[Item], stop: Callable[[], bool]) -> float:
    """Predict items with the model in a folder; returns the seconds that it took."""
    predictor = load_predictor(folder)
    (folder / "predictions").mkdir(exist_ok=True)
    seconds = 0.0
    for item in items:
        if stop():
            raise StoppedError
        began = time.perf_counter()
        prediction = predictor.predict(item)
        seconds += time.perf_counter() - began
        write_prediction(folder / "predictions", item.id, prediction)
    return seconds


def _costs(folder: Path) -> dict[str, float]:
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    size = (folder / "weights.safetensors").stat().st_size
    return {
        "train_seconds": report["seconds"],
        "steps": report["steps"],
        "parameters": report["parameters"],
        "megabytes": round(size / 1e6, 3),
    }


def _identity(snapshot: Snapshot, config: Config) -> str:
    facts = [snapshot.digest, config_to_dict(config)]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _pool(
    snapshot: Snapshot,
    folds: Sequence[frozenset[str]],
    done: Sequence[FoldResult],
    out: Path,
) -> CrossValidation:
    """Score what was written for every picture, whichever fold it was held out in."""
    family = METRICS[snapshot.task_kind]
    scores, items = [], {}
    for item in snapshot.items:
        at = next(at for at, groups in enumerate(folds) if item.group in groups)
        score = score_written(snapshot, item, out / f"fold-{at}" / "predictions").score
        scores.append(score)
        items[item.id] = {"group": item.group, "fold": at, "value": family.item_value(score)}
    mean, low, high = mean_interval(items)
    return CrossValidation(
        task_kind=snapshot.task_kind,
        primary=family.primary,
        mean=mean,
        low=low,
        high=high,
        metrics=family.pool(scores),
        folds=tuple(done),
        items=items,
    )
