"""Instance segmentation: matching of objects, average precision, panoptic quality.

``AP(t) = TP / (TP + FP + FN)`` with objects matched at IoU of at least ``t`` (Caicedo et al.,
Cytometry A 2019; the convention of StarDist and Cellpose, not the area under a
precision-recall curve). Empty cases: where there is nothing to find and nothing was found,
an image scores 1 on everything; in a pool it adds nothing to any count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from training.metrics.base import MetricFamily, require_finite
from training.metrics.object_classes import ClassCount, ClassedLabels, pool_classes

IOU_THRESHOLDS: tuple[float, ...] = tuple(round(0.5 + 0.05 * i, 2) for i in range(10))


@dataclass(frozen=True)
class Contingency:
    """Overlaps of two label images, kept sparse: only pairs that touch are stored.

    Attributes
    ----------
    truth_ids, prediction_ids : ndarray of int64
        Labels present, ascending, background left out.
    truth_sizes, prediction_sizes : ndarray of int64
        Pixels of each label, in the order of the ids.
    rows, columns : ndarray of int64, shape (K,)
        Indices into the ids of the K overlapping pairs.
    overlaps : ndarray of int64, shape (K,)
        Common pixels of each pair.
    """

    truth_ids: NDArray[np.int64]
    prediction_ids: NDArray[np.int64]
    truth_sizes: NDArray[np.int64]
    prediction_sizes: NDArray[np.int64]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    overlaps: NDArray[np.int64]

    @property
    def ious(self) -> NDArray[np.float64]:
        """Intersection over union of each stored pair, shape (K,)."""
        union = self.truth_sizes[self.rows] + self.prediction_sizes[self.columns] - self.overlaps
        return np.asarray(self.overlaps / np.maximum(union, 1))


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


def contingency(truth: NDArray[Any], prediction: NDArray[Any]) -> Contingency:
    """Count the common pixels of every pair of labels.

    Parameters
    ----------
    truth, prediction : ndarray of int
        Label images of one shape, any number of axes, 0 = background.

    Returns
    -------
    Contingency
        Sparse table of overlaps.

    Raises
    ------
    ValueError
        If the shapes differ, or values are negative, not whole or not finite.
    """
    if truth.shape != prediction.shape:
        raise ValueError(f"label images differ in shape: {truth.shape} and {prediction.shape}")
    truth_ids, truth_index = _compact(truth, what="truth")
    prediction_ids, prediction_index = _compact(prediction, what="prediction")
    width = prediction_ids.size
    both = (truth_index >= 0) & (prediction_index >= 0)
    codes = truth_index[both] * np.int64(max(width, 1)) + prediction_index[both]
    pairs, overlaps = np.unique(codes, return_counts=True)
    return Contingency(
        truth_ids=truth_ids,
        prediction_ids=prediction_ids,
        truth_sizes=np.bincount(truth_index[truth_index >= 0], minlength=truth_ids.size),
        prediction_sizes=np.bincount(prediction_index[prediction_index >= 0], minlength=width),
        rows=pairs // max(width, 1),
        columns=pairs % max(width, 1),
        overlaps=overlaps,
    )


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
        plain = score_labels(truth.labels, prediction.labels)
        return replace(plain, classes=_count_classes(truth, prediction))
    assert not isinstance(truth, ClassedLabels), "both have classes, or neither has"
    assert not isinstance(prediction, ClassedLabels), "both have classes, or neither has"
    table = contingency(truth, prediction)
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


def _count_classes(truth: ClassedLabels, prediction: ClassedLabels) -> tuple[ClassCount, ...]:
    """Match the objects of each class among themselves; what nobody has classed is left out."""
    table = contingency(truth.labels, prediction.labels)
    pairs = match_objects(table, threshold=IOU_THRESHOLDS[0])
    unknown = {
        int(table.prediction_ids[column])
        for row, column in zip(table.rows[pairs], table.columns[pairs], strict=True)
        if int(table.truth_ids[row]) not in truth.classes
    }
    kept = {n: index for n, index in prediction.classes.items() if n not in unknown}
    prediction = ClassedLabels(prediction.labels, kept)
    counts = []
    for index in sorted({*truth.classes.values(), *prediction.classes.values()}):
        table = contingency(truth.only(index), prediction.only(index))
        found = match_objects(table, threshold=IOU_THRESHOLDS[0])
        hits, matched = int(found.size), float(table.ious[found].sum())
        extra, missed = table.prediction_ids.size - hits, table.truth_ids.size - hits
        counts.append(ClassCount(index, hits, int(extra), int(missed), matched))
    return tuple(counts)


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


def _compact(labels: NDArray[Any], *, what: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ascending ids without background, and each pixel's index into them (-1 = background)."""
    require_finite(labels, what=what)
    flat = labels.ravel()
    if flat.dtype.kind == "f" and (flat != np.floor(flat)).any():
        raise ValueError(f"{what} holds fractions; labels are whole numbers")
    if flat.size and flat.min() < 0:
        raise ValueError(f"{what} holds negative labels")
    if flat.size and flat.max() < 1 << 22:
        # A lookup table beats the sort inside np.unique several times over.
        whole = flat.astype(np.int64)
        present = np.bincount(whole) > 0
        present[0] = False
        index = np.where(present, np.cumsum(present) - 1, -1)
        return np.flatnonzero(present), index[whole]
    values, inverse = np.unique(flat, return_inverse=True)
    background = int(values.size > 0 and values[0] == 0)
    return values[background:].astype(np.int64), inverse.astype(np.int64) - background


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
