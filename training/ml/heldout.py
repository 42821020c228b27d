"""Scores of predictions that lie in a folder, against the truth of a snapshot."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics import METRICS
from training.ml.errors import TrainingError
from training.ml.pictures import read_labels

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from training.ml.manifest import Item, Snapshot


@dataclass(frozen=True)
class Scored:
    """Score of one item, as its metric family makes it, and the pixels that were predicted."""

    score: Any
    pixels: int


def has_truth(item: Item) -> bool:
    """Whether an item can be scored."""
    return item.label is not None or item.class_index is not None


def score_written(snapshot: Snapshot, item: Item, folder: Path) -> Scored:
    """Score one item's written prediction; outside labelled regions nothing counts.

    Parameters
    ----------
    snapshot : Snapshot
        Names the task kind.
    item : Item
        With its truth.
    folder : Path
        As of `training.ml.outputs.write_prediction`.

    Returns
    -------
    Scored
        Score of the family ``METRICS[snapshot.task_kind]``.

    Raises
    ------
    TrainingError
        Codes ``label_mismatch``, ``unreadable_picture``.
    """
    family = METRICS[snapshot.task_kind]
    if item.label is None:
        about = json.loads((folder / f"{item.id}.json").read_text(encoding="utf-8"))
        return Scored(family.score(item.class_index, about["class_probabilities"]), 0)
    truth, found = read_labels(item.label), read_labels(folder / f"{item.id}.tif")
    if truth.shape != found.shape:
        raise TrainingError(
            "label_mismatch", f"{item.id}: predicted {found.shape}, true {truth.shape} (T Z Y X)."
        )
    valid = _valid(item, truth)
    return Scored(family.score(truth * valid, found * valid), truth.size)


def _valid(item: Item, truth: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Where somebody has labelled, (T, Z, Y, X)."""
    if item.regions is None:
        return np.ones(truth.shape, dtype=bool)
    valid = np.zeros(truth.shape, dtype=bool)
    for y0, x0, y1, x1 in item.regions:
        valid[..., y0:y1, x0:x1] = True
    return valid
