"""Classes of objects in instance segmentation: targets, and what is scored."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics.object_classes import ClassedLabels
from training.ml.errors import TrainingError
from training.ml.heads.classed import class_targets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.ml.data import Prepared
    from training.ml.frames import Frame
    from training.ml.heads import Decoded
    from training.ml.manifest import Snapshot


def count_classes(snapshot: Snapshot) -> int:
    """Count the classes that objects are told apart by.

    Parameters
    ----------
    snapshot : Snapshot
        Training set.

    Returns
    -------
    int
        All classes of the snapshot; 0 where it has fewer than two, or no object of the train
        split has one.

    Raises
    ------
    TrainingError
        Code ``bad_snapshot``: an object has a class that the snapshot does not know.
    """
    known = len(snapshot.classes)
    for item in snapshot.items:
        if item.object_classes and max(item.object_classes.values()) >= known:
            raise TrainingError(
                "bad_snapshot",
                f"Item {item.id}: an object has class {max(item.object_classes.values())}, but "
                f"there are {known} classes, counted from 0.",
            )
    labelled = any(item.object_classes for item in snapshot.of("train"))
    return known if known > 1 and labelled else 0


def with_classes(prepared: Prepared, frame: Frame, *, n_classes: int) -> Prepared:
    """Add the maps of the classes before the valid mask."""
    if not n_classes:
        return prepared
    maps = class_targets(prepared.labels, frame.item.object_classes, n_classes=n_classes)
    stack = np.concatenate([prepared.stack[:-1], maps.astype(np.float16), prepared.stack[-1:]])
    return dataclasses.replace(prepared, stack=stack)


def score_pair(frame: Frame, found: Decoded) -> tuple[Any, Any]:
    """Truth and prediction within labelled regions, with classes where objects have them."""
    truth: NDArray[Any] = frame.labels * frame.valid
    labels: NDArray[Any] = found.labels * frame.valid
    if found.classes is None:
        return truth, labels
    predicted = {at: int(best) for at, best in enumerate(found.classes.argmax(axis=1), start=1)}
    return ClassedLabels(truth, frame.item.object_classes), ClassedLabels(labels, predicted)
