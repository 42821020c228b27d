"""Instance segmentation: matching of objects, average precision, panoptic quality.

``AP(t) = TP / (TP + FP + FN)`` with objects matched at IoU of at least ``t`` (Caicedo et al.,
Cytometry A 2019; the convention of StarDist and Cellpose, not the area under a
precision-recall curve). Empty cases: where there is nothing to find and nothing was found,
an image scores 1 on everything; in a pool it adds nothing to any count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from training.metrics.base import MetricFamily
from training.metrics.contingency import Contingency, contingency
from training.metrics.object_classes import ClassCount, ClassedLabels, pool_classes

NO_CLASS = -1
IOU_THRESHOLDS: tuple[float, ...] = tuple(round(0.5 + 0.05 * i, 2) for i in range(10))


@dataclass(frozen=True)
class InstanceScore:
    """Counts of one image, from which every number of the family follows.

    Attributes
    ----------
    tp, fp, fn : tuple of int
        True positives, false positives and misses at each of ``IOU_THRESHOLDS``.
    matched_iou : tuple of float
        Sum of the IoU of matched pairs at each threshold.
    common, truth_pixels, prediction_pixels : int
        Foreground pixels in both, in the truth, in the prediction.
    classes : tuple of ClassCount
        Objects of each class, where objects have one.
    """

    tp: tuple[int, ...]
    fp: tuple[int, ...]
    fn: tuple[int, ...]
    matched_iou: tuple[float, ...]
    common: int
    truth_pixels: int
    prediction_pixels: int
    classes: tuple[ClassCount, ...] = ()


def match_objects(table: Contingency, *, threshold: float) -> NDArray[np.int64]:
    """Match objects one to one at an IoU of at least `threshold`.

    Above one half a match is unique; where pairs compete, the assignment with most matches
    and then the largest summed IoU wins (Hungarian algorithm).

    Parameters
    ----------
    table : Contingency
        Overlaps of the two label images.
    threshold : float
        Smallest IoU of a match, in (0, 1].

    Returns
    -------
    ndarray of int64, shape (M,)
        Indices into the table's pairs.

    Raises
    ------
    ValueError
        If the threshold is outside (0, 1].
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold must be in (0, 1], not {threshold}")
    ious = table.ious
    candidates = np.flatnonzero(ious >= threshold)
    rows, columns = table.rows[candidates], table.columns[candidates]
    crowded = (np.bincount(rows)[rows] > 1) | (np.bincount(columns)[columns] > 1)
    if not crowded.any():
        return candidates
    contested = candidates[crowded]
    return np.sort(np.concatenate([candidates[~crowded], _assign(table, contested, ious)]))


def score_labels(
    truth: NDArray[Any] | ClassedLabels, prediction: NDArray[Any] | ClassedLabels
) -> InstanceScore:
    """Score one predicted label image.

    Parameters
    ----------
    truth, prediction : ndarray of int, or ClassedLabels
        Label images of one shape, for example (Y, X) or (Z, Y, X), 0 = background. Where both say
        the classes of objects, these are counted too.

    Returns
    -------
    InstanceScore
        Counts at each of ``IOU_THRESHOLDS``.
    """
    if isinstance(truth, ClassedLabels) and isinstance(prediction, ClassedLabels):
        table = contingency(truth.labels, prediction.labels)
        return replace(_score(table), classes=_count_classes(table, truth, prediction))
    assert not isinstance(truth, ClassedLabels), "both have classes, or neither has"
    assert not isinstance(prediction, ClassedLabels), "both have classes, or neither has"
    return _score(contingency(truth, prediction))


def _score(table: Contingency) -> InstanceScore:
    ious = table.ious
    matches = [match_objects(table, threshold=threshold) for threshold in IOU_THRESHOLDS]
    hits = [int(found.size) for found in matches]
    return InstanceScore(
        tp=tuple(hits),
        fp=tuple(int(table.prediction_ids.size) - hit for hit in hits),
        fn=tuple(int(table.truth_ids.size) - hit for hit in hits),
        matched_iou=tuple(float(ious[found].sum()) for found in matches),
        common=int(table.overlaps.sum()),
        truth_pixels=int(table.truth_sizes.sum()),
        prediction_pixels=int(table.prediction_sizes.sum()),
    )


def average_precision(score: InstanceScore, *, threshold: float = 0.5) -> float:
    """Return ``TP / (TP + FP + FN)`` of one image at one of ``IOU_THRESHOLDS``."""
    at = IOU_THRESHOLDS.index(threshold)
    return _ratio(score.tp[at], score.tp[at] + score.fp[at] + score.fn[at])


def pool_labels(scores: Sequence[InstanceScore]) -> dict[str, float]:
    """Pool images into named numbers.

    ``ap50`` ... are means over images; ``pooled_ap50`` ... count objects over all images, so
    that crowded images weigh more. Precision, recall, F1, panoptic quality (Kirillov et al.,
    CVPR 2019) and the mean IoU of matches are pooled at IoU 0.5; Jaccard and Dice compare the
    foreground pixel by pixel.

    Parameters
    ----------
    scores : sequence of InstanceScore
        One per image, at least one.

    Returns
    -------
    dict of str to float
        Named numbers in [0, 1], and the counts of objects and images.

    Raises
    ------
    ValueError
        If there is no image.
    """
    if not scores:
        raise ValueError("no image to score")
    tp, fp, fn = (np.array([getattr(s, n) for s in scores]).sum(axis=0) for n in ("tp", "fp", "fn"))
    numbers = _precision_numbers(scores, tp, fp, fn)
    hits, extra, missed = int(tp[0]), int(fp[0]), int(fn[0])
    matched = sum(s.matched_iou[0] for s in scores)
    common = sum(s.common for s in scores)
    truth_pixels = sum(s.truth_pixels for s in scores)
    prediction_pixels = sum(s.prediction_pixels for s in scores)
    numbers |= {
        "precision": _ratio(hits, hits + extra),
        "recall": _ratio(hits, hits + missed),
        "f1": _ratio(2 * hits, 2 * hits + extra + missed),
        "panoptic_quality": _ratio(matched, hits + 0.5 * extra + 0.5 * missed),
        "mean_matched_iou": matched / hits if hits else _ratio(0, extra + missed),
        "jaccard": _ratio(common, truth_pixels + prediction_pixels - common),
        "dice": _ratio(2 * common, truth_pixels + prediction_pixels),
        "objects": float(hits + missed),
        "predicted_objects": float(hits + extra),
        "images": float(len(scores)),
    }
    return numbers | pool_classes([score.classes for score in scores])


def _count_classes(
    table: Contingency, truth: ClassedLabels, prediction: ClassedLabels
) -> tuple[ClassCount, ...]:
    """Match the objects of each class among themselves; what nobody has classed is left out."""
    pairs = match_objects(table, threshold=IOU_THRESHOLDS[0])
    true = _class_of(table.truth_ids, truth.classes)
    seen = _class_of(table.prediction_ids, prediction.classes)
    unknown = table.columns[pairs][true[table.rows[pairs]] == NO_CLASS]
    seen[unknown] = NO_CLASS
    counts = []
    for index in sorted({*true.tolist(), *seen.tolist()} - {NO_CLASS}):
        own = table.only(true == index, seen == index)
        found = match_objects(own, threshold=IOU_THRESHOLDS[0])
        hits, matched = int(found.size), float(own.ious[found].sum())
        extra, missed = int((seen == index).sum()) - hits, int((true == index).sum()) - hits
        counts.append(ClassCount(index, hits, extra, missed, matched))
    return tuple(counts)


def _class_of(ids: NDArray[np.int64], classes: Mapping[int, int]) -> NDArray[np.int64]:
    return np.array([classes.get(number, NO_CLASS) for number in ids.tolist()], np.int64)


def _precision_numbers(
    scores: Sequence[InstanceScore],
    tp: NDArray[np.int64],
    fp: NDArray[np.int64],
    fn: NDArray[np.int64],
) -> dict[str, float]:
    """AP at each threshold and averaged over thresholds, per image and pooled."""
    numbers = {}
    for at, threshold in enumerate(IOU_THRESHOLDS):
        name = f"ap{round(threshold * 100)}"
        per_image = [average_precision(score, threshold=threshold) for score in scores]
        numbers[name] = float(np.mean(per_image))
        numbers[f"pooled_{name}"] = _ratio(int(tp[at]), int(tp[at] + fp[at] + fn[at]))
    names = [f"ap{round(threshold * 100)}" for threshold in IOU_THRESHOLDS]
    numbers["ap"] = float(np.mean([numbers[name] for name in names]))
    numbers["pooled_ap"] = float(np.mean([numbers[f"pooled_{name}"] for name in names]))
    return numbers


def _ratio(part: float, whole: float) -> float:
    """Part of the whole; 1 where the whole is empty (nothing to find, nothing found)."""
    return part / whole if whole else 1.0


def _assign(
    table: Contingency, contested: NDArray[np.int64], ious: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Solve the competing pairs exactly on their own small dense matrix."""
    rows, row_at = np.unique(table.rows[contested], return_inverse=True)
    columns, column_at = np.unique(table.columns[contested], return_inverse=True)
    # One more match is worth more than any sum of IoU, so most matches come first.
    gain = np.zeros((rows.size, columns.size))
    gain[row_at, column_at] = 1 + ious[contested] / (2 * min(rows.size, columns.size))
    pair_at = np.full(gain.shape, -1, dtype=np.int64)
    pair_at[row_at, column_at] = contested
    chosen = pair_at[linear_sum_assignment(gain, maximize=True)]
    return np.asarray(chosen[chosen >= 0], dtype=np.int64)


INSTANCE = MetricFamily(
    name="instance",
    primary="ap50",
    score=score_labels,
    pool=pool_labels,
    item_value=average_precision,
)
