"""Answers by models that had not seen the item: cross-validated regression on fixed features."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from training.doctor.evidence import Classified
from training.ml.crops import read_crop
from training.ml.kinds.classification_predictor import crop_features
from training.ml.softmax import fit_softmax

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.ml.manifest import Item, Snapshot

FOLDS = 5
STEPS = 300
MOST_ITEMS = 1500
FEWEST_ITEMS = 20


def unseen_answers(snapshot: Snapshot, *, seconds: float) -> Classified | None:
    """Classify training and validation items by models fitted without them.

    Parameters
    ----------
    snapshot : Snapshot
        Items with a class.
    seconds : float
        Time to read items; what is read is then fitted.

    Returns
    -------
    Classified or None
        None with fewer than 20 items or a single class.
    """
    end = time.monotonic() + seconds
    items: list[Item] = []
    features: list[NDArray[Any]] = []
    for item in snapshot.items:
        if time.monotonic() > end or len(items) == MOST_ITEMS:
            break
        if item.split == "test" or item.class_index is None:
            continue
        items.append(item)
        features.append(crop_features(read_crop(item, dims=2)))
    truth = np.array([item.class_index for item in items], dtype=np.int64)
    if len(items) < FEWEST_ITEMS or len(np.unique(truth)) < 2:
        return None
    values = np.stack(features)
    folds = fold_of_groups([item.group for item in items])
    chances = np.empty((len(items), max(len(snapshot.classes), int(truth.max()) + 1)))
    for fold in range(FOLDS):
        out = folds == fold
        if not out.any() or out.all():
            return None
        model = fit_softmax(values[~out], truth[~out], n_classes=chances.shape[1], steps=STEPS)
        chances[out] = model.probabilities(values[out])
    return Classified(tuple(item.id for item in items), truth, chances)


def fold_of_groups(groups: Sequence[str]) -> NDArray[np.int64]:
    """Fold of each item; a group is never divided, and the largest come first.

    Parameters
    ----------
    groups : sequence of str
        Group of each item.

    Returns
    -------
    ndarray of int64
        0 to 4.
    """
    names, index, counts = np.unique(groups, return_inverse=True, return_counts=True)
    fold_of = np.zeros(len(names), dtype=np.int64)
    load = np.zeros(FOLDS, dtype=np.int64)
    for at in np.argsort(-counts, kind="stable"):
        fold_of[at] = load.argmin()
        load[fold_of[at]] += counts[at]
    return fold_of[index]
