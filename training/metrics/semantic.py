"""Semantic segmentation: IoU and Dice per class, pixel accuracy, confusion matrix.

``IoU = TP / (TP + FP + FN)`` over the pixels of a class (Everingham et al., IJCV 2010), background
counted as a class like any other. Empty cases: a class that neither the truth nor the prediction
holds says nothing and is left out of the means; where no pixel is labelled at all, an image scores
1 and adds nothing to a pool.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.metrics.base import MetricFamily, require_finite

UNLABELLED = -1


@dataclass(frozen=True)
class SemanticScore:
    """Confusion matrix of one image, from which every number of the family follows.

    Attributes
    ----------
    counts : tuple of tuple of int
        Labelled pixels by true class (rows) and predicted class (columns); as many classes as
        the image needs, so that images may differ.
    """

    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class SemanticRow:
    """One line of the per-class table; pixels pooled over images."""

    index: int
    support: int
    predicted: int
    iou: float
    dice: float
    precision: float
    recall: float


def score_pixels(truth: NDArray[Any], prediction: NDArray[Any]) -> SemanticScore:
    """Score one predicted class image.

    Parameters
    ----------
    truth : ndarray of int
        Class of each pixel from 0, for example (Y, X) or (Z, Y, X); ``UNLABELLED`` where nobody
        has labelled, which is not counted.
    prediction : ndarray of int
        Class of each pixel, same shape.

    Returns
    -------
    SemanticScore
        Counts of pixels.

    Raises
    ------
    ValueError
        If the shapes differ, or values are not whole, not finite, or below what they may be.
    """
    if truth.shape != prediction.shape:
        raise ValueError(f"class images differ in shape: {truth.shape} and {prediction.shape}")
    true = _whole(truth, least=UNLABELLED, what="truth")
    seen = _whole(prediction, least=0, what="prediction")
    labelled = true >= 0
    true, seen = true[labelled], seen[labelled]
    n = int(max(true.max(initial=-1), seen.max(initial=-1))) + 1
    matrix = np.bincount(true * n + seen, minlength=n * n).reshape(n, n)
    return SemanticScore(tuple(tuple(int(count) for count in row) for row in matrix))


def join_scores(scores: Sequence[SemanticScore]) -> SemanticScore:
    """Return the score of an image whose parts were scored one by one."""
    matrix = confusion_matrix(scores)
    return SemanticScore(tuple(tuple(int(count) for count in row) for row in matrix))


def confusion_matrix(scores: Sequence[SemanticScore]) -> NDArray[np.int64]:
    """Count pixels by true class (rows) and predicted class (columns).

    Parameters
    ----------
    scores : sequence of SemanticScore
        One per image, at least one.

    Returns
    -------
    ndarray of int64, shape (C, C)
        C is what the image with most classes needs.

    Raises
    ------
    ValueError
        If there is no image.
    """
    if not scores:
        raise ValueError("no image to score")
    n = max(len(score.counts) for score in scores)
    total = np.zeros((n, n), dtype=np.int64)
    for score in scores:
        own = len(score.counts)
        total[:own, :own] += np.array(score.counts, dtype=np.int64).reshape(own, own)
    return total


def class_table(scores: Sequence[SemanticScore]) -> list[SemanticRow]:
    """IoU, Dice, precision and recall of each class, pixels pooled over images.

    Parameters
    ----------
    scores : sequence of SemanticScore
        One per image, at least one.

    Returns
    -------
    list of SemanticRow
        One per class; numbers of a class that occurs nowhere are 0.
    """
    matrix = confusion_matrix(scores)
    rows = []
    for index, hit in enumerate(np.diagonal(matrix)):
        support, predicted = int(matrix[index].sum()), int(matrix[:, index].sum())
        rows.append(
            SemanticRow(
                index=index,
                support=support,
                predicted=predicted,
                iou=float(hit / max(support + predicted - hit, 1)),
                dice=float(2 * hit / max(support + predicted, 1)),
                precision=float(hit / max(predicted, 1)),
                recall=float(hit / max(support, 1)),
            )
        )
    return rows


def mean_iou(score: SemanticScore) -> float:
    """Mean IoU of one image over the classes that occur in truth or prediction; 1 without any."""
    return _means([row for row in class_table([score]) if row.support or row.predicted])[0]


def pool_pixels(scores: Sequence[SemanticScore]) -> dict[str, float]:
    """Pool images into named numbers.

    ``mean_iou``, ``mean_dice`` and ``pixel_accuracy`` are means over images; ``pooled_...`` count
    the pixels of all images together, so that large images weigh more. ``iou_K`` and ``dice_K``
    are those of class K, pooled; a class that occurs nowhere has none.

    Parameters
    ----------
    scores : sequence of SemanticScore
        One per image, at least one.

    Returns
    -------
    dict of str to float
        Named numbers in [0, 1], and the counts of labelled pixels and images.

    Raises
    ------
    ValueError
        If there is no image.
    """
    matrix = confusion_matrix(scores)
    table = [row for row in class_table(scores) if row.support or row.predicted]
    pooled_iou, pooled_dice = _means(table)
    each = [
        _means([row for row in class_table([score]) if row.support or row.predicted])
        for score in scores
    ]
    numbers = {
        "mean_iou": float(np.mean([iou for iou, _ in each])),
        "mean_dice": float(np.mean([dice for _, dice in each])),
        "pixel_accuracy": float(np.mean([_accuracy(confusion_matrix([s])) for s in scores])),
        "pooled_mean_iou": pooled_iou,
        "pooled_mean_dice": pooled_dice,
        "pooled_pixel_accuracy": _accuracy(matrix),
        "pixels": float(matrix.sum()),
        "images": float(len(scores)),
    }
    for row in table:
        numbers |= {f"iou_{row.index}": row.iou, f"dice_{row.index}": row.dice}
    return numbers


def _means(rows: Sequence[SemanticRow]) -> tuple[float, float]:
    if not rows:
        return 1.0, 1.0
    return float(np.mean([row.iou for row in rows])), float(np.mean([row.dice for row in rows]))


def _accuracy(matrix: NDArray[np.int64]) -> float:
    total = int(matrix.sum())
    return float(np.trace(matrix) / total) if total else 1.0


def _whole(values: NDArray[Any], *, least: int, what: str) -> NDArray[np.int64]:
    """Flat whole numbers of at least `least`."""
    require_finite(values, what=what)
    flat = values.ravel()
    if flat.dtype.kind == "f" and (flat != np.floor(flat)).any():
        raise ValueError(f"{what} holds fractions; classes are whole numbers")
    if flat.size and flat.min() < least:
        raise ValueError(f"{what} holds classes below {least}")
    return flat.astype(np.int64)


SEMANTIC = MetricFamily(
    name="semantic",
    primary="mean_iou",
    score=score_pixels,
    pool=pool_pixels,
    item_value=mean_iou,
)
