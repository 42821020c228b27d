"""Scores of predictions that lie in a folder, against the truth of a snapshot."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics import METRICS
from training.metrics.object_classes import ClassedLabels
from training.metrics.semantic import UNLABELLED
from training.ml.errors import TrainingError
from training.ml.pictures import read_labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from training.ml.manifest import Item, Snapshot


@dataclass(frozen=True)
class Scored:
    """Score of one item, as its metric family makes it, and the pixels that were predicted."""

    score: Any
    pixels: int


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
    about = json.loads((folder / f"{item.id}.json").read_text(encoding="utf-8"))
    objects, chances = about["objects"], about["class_probabilities"]
    if item.label is None:
        return Scored(score_classes(snapshot, item, objects, chances), 0)
    truth, found = read_labels(item.label), read_labels(folder / f"{item.id}.tif")
    if truth.shape != found.shape:
        raise TrainingError(
            "label_mismatch", f"{item.id}: predicted {found.shape}, true {truth.shape} (T Z Y X)."
        )
    return Scored(score_labels(snapshot, item, truth, found, objects), truth.size)


def score_classes(
    snapshot: Snapshot, item: Item, objects: Sequence[Mapping[str, Any]], chances: Sequence[float]
) -> Any:  # noqa: ANN401
    """Score the classes of an item: its own, or each that it was given as an object."""
    if item.class_indices is None:
        return METRICS[snapshot.task_kind].score(item.class_index, chances)
    found = {int(row["class_index"]) for row in objects}
    return METRICS[snapshot.task_kind].score(item.class_indices, (chances, found))


def score_labels(
    snapshot: Snapshot,
    item: Item,
    truth: NDArray[np.int32],
    found: NDArray[Any],
    objects: Sequence[Mapping[str, Any]],
) -> Any:  # noqa: ANN401
    """Score a label image (T, Z, Y, X) where somebody has labelled.

    Parameters
    ----------
    snapshot : Snapshot
        Names the task kind, and the label of what nobody labelled.
    item : Item
        With labelled regions and classes of objects.
    truth, found : ndarray of int
        True and predicted labels.
    objects : sequence of mapping
        Predicted ones, with ``class_index`` where there are classes.

    Returns
    -------
    object
        Score of the family ``METRICS[snapshot.task_kind]``.
    """
    family = METRICS[snapshot.task_kind]
    known = known_labels(truth, item, snapshot.ignore_value)
    if snapshot.task_kind == "semantic":
        return family.score(known, found)
    seen = np.where(known == UNLABELLED, 0, found)
    drawn = np.maximum(known, 0)
    classes = classes_of(objects)
    if len(snapshot.classes) < 2 or not (classes or item.object_classes):
        return family.score(drawn, seen)
    return family.score(ClassedLabels(drawn, item.object_classes), ClassedLabels(seen, classes))


def classes_of(objects: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Class of each predicted object that has one, by its id."""
    return {int(row["id"]): int(row["class_index"]) for row in objects if "class_index" in row}


def known_labels(
    labels: NDArray[np.int32], item: Item, ignore_value: int | None
) -> NDArray[np.int32]:
    """Labels (T, Z, Y, X) with ``UNLABELLED`` where nobody has labelled."""
    valid = np.ones(labels.shape, dtype=bool)
    if item.regions is not None:
        valid[:] = False
        for y0, x0, y1, x1 in item.regions:
            valid[..., y0:y1, x0:x1] = True
    if ignore_value is not None:
        valid &= labels != ignore_value
    return np.where(valid, labels, UNLABELLED)
