"""From several answers to numbers: per pixel, per cell, per image. Pure NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from training.metrics.contingency import contingency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FLOOR = 1e-7
# Pixels below this foreground probability are clear background: they would drown the doubt at
# the outlines, the more so the emptier a picture is.
CLEAR = 1 / 16


@dataclass(frozen=True)
class Doubt:
    """How unsure a model is of one image.

    Attributes
    ----------
    method : str
        Key of ``UNCERTAINTY``.
    members : int
        Answers that were compared; 1 = there was nothing to compare.
    entropy : float
        Predictive entropy: bits per pixel that is not clear background, or of the class.
    information : float
        Mutual information of answer and member (BALD), in the same units: the part of the entropy
        that more labels could take away.
    inconsistency : float
        One minus the mean overlap of cells with those of the members; for classes, the share of
        members that chose another one.
    """

    method: str
    members: int
    entropy: float
    information: float
    inconsistency: float


def entropy(probabilities: NDArray[Any]) -> NDArray[np.float32]:
    """Shannon entropy in bits.

    Parameters
    ----------
    probabilities : ndarray of float, shape (C, ...)
        Distributions over C classes.

    Returns
    -------
    ndarray of float32, shape (...)
        From 0 to log2(C).
    """
    safe = np.clip(np.asarray(probabilities, dtype=np.float32), FLOOR, 1)
    return np.asarray(np.maximum(-(safe * np.log2(safe)).sum(axis=0), 0), dtype=np.float32)


def binary_entropy(probability: NDArray[Any]) -> NDArray[np.float32]:
    """Entropy in bits of yes-or-no probabilities of any shape."""
    p = np.clip(np.asarray(probability, dtype=np.float32), FLOOR, 1 - FLOOR)
    return np.asarray(-(p * np.log2(p) + (1 - p) * np.log2(1 - p)), dtype=np.float32)


def mutual_information(members: NDArray[Any]) -> NDArray[np.float32]:
    """Entropy of the mean minus mean of the entropies (Houlsby et al., 2011), in bits.

    Parameters
    ----------
    members : ndarray of float, shape (M, C, ...)
        Distributions of M answers.

    Returns
    -------
    ndarray of float32, shape (...)
        0 where all agree; never below.
    """
    apart = np.mean([entropy(one) for one in members], axis=0)
    return np.asarray(np.maximum(entropy(members.mean(axis=0)) - apart, 0), dtype=np.float32)


def binary_information(members: NDArray[Any]) -> NDArray[np.float32]:
    """Mutual information in bits of yes-or-no probabilities (M, ...), shape (...)."""
    apart = np.mean([binary_entropy(one) for one in members], axis=0)
    shared = binary_entropy(members.mean(axis=0)) - apart
    return np.asarray(np.maximum(shared, 0), dtype=np.float32)


def cell_means(values: NDArray[Any], labels: NDArray[Any], n: int) -> NDArray[np.float32]:
    """Mean of a map over each cell.

    Parameters
    ----------
    values : ndarray of float
        Per pixel.
    labels : ndarray of int, same shape
        Cells, numbered 1..n.
    n : int
        Number of cells.

    Returns
    -------
    ndarray of float32, shape (n,)
        0 for a cell without pixels.
    """
    if n == 0:
        return np.zeros(0, dtype=np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = ndimage.mean(values, labels, np.arange(1, n + 1))
    return np.asarray(np.nan_to_num(np.asarray(means), nan=0.0), dtype=np.float32)


def consistency(
    labels: NDArray[Any], members: Sequence[NDArray[Any]], n: int
) -> NDArray[np.float32]:
    """Mean over the members of a cell's best overlap with one of theirs.

    Parameters
    ----------
    labels : ndarray of int
        Cells, numbered 1..n.
    members : sequence of ndarray of int, same shape
        Cells of each answer.
    n : int
        Number of cells.

    Returns
    -------
    ndarray of float32, shape (n,)
        Intersection over union, in [0, 1]; 0 for a cell that no member found.
    """
    total = np.zeros(n)
    for other in members:
        table = contingency(labels, other)
        best = np.zeros(n)
        np.maximum.at(best, table.truth_ids[table.rows] - 1, table.ious)
        total += best
    return np.asarray(total / max(len(members), 1), dtype=np.float32)


def image_inconsistency(each: NDArray[Any], members: Sequence[NDArray[Any]]) -> float:
    """One minus the mean consistency of an image's cells.

    Parameters
    ----------
    each : ndarray of float, shape (n,)
        From `consistency`, of all its moments.
    members : sequence of ndarray of int
        Cells of the answers; where the prediction has none, the share that found some.

    Returns
    -------
    float
        In [0, 1].
    """
    if each.size:
        return float(np.clip(1 - each.mean(), 0, 1))
    return float(np.mean([bool(one.any()) for one in members])) if members else 0.0


def class_doubt(method: str, own: NDArray[Any], members: NDArray[Any]) -> Doubt:
    """Doubt of one item's class.

    Parameters
    ----------
    method : str
        Key of ``UNCERTAINTY``.
    own : ndarray of float, shape (C,)
        The prediction.
    members : ndarray of float, shape (M, C)
        The answers; M may be 0.

    Returns
    -------
    Doubt
        Of the item.
    """
    if not len(members):
        members = own[None]
    other = members.argmax(axis=1) != own.argmax()
    return Doubt(
        method,
        len(members),
        float(entropy(own)),
        float(mutual_information(members)),
        float(other.mean()),
    )


def labels_doubt(method: str, own: NDArray[Any], members: NDArray[Any]) -> Doubt:
    """Doubt of an item that may have several classes: mean over the classes, each yes or no.

    Parameters
    ----------
    method : str
        Key of ``UNCERTAINTY``.
    own : ndarray of float, shape (C,)
        Probability of each class.
    members : ndarray of float, shape (M, C)
        And of the answers; M may be 0.

    Returns
    -------
    Doubt
        Of the item; inconsistency is the share of answers on the other side of one half.
    """
    if not len(members):
        members = own[None]
    return Doubt(
        method,
        len(members),
        float(binary_entropy(own).mean()),
        float(binary_information(members).mean()),
        float(((members > 0.5) != (own > 0.5)).mean()),
    )
