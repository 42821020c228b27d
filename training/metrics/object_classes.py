"""Instances of several classes: how well the objects of each class are found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class ClassedLabels:
    """A label image whose objects have a class.

    Attributes
    ----------
    labels : ndarray of int
        Objects, 0 = background.
    classes : mapping of int to int
        Object id to class, from 0; objects without one are absent.
    """

    labels: NDArray[Any]
    classes: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ClassCount:
    """Objects of one class in one image, matched at an IoU of at least one half.

    Attributes
    ----------
    index : int
        Class, from 0.
    tp, fp, fn : int
        Found, extra and missed objects.
    matched_iou : float
        Sum of the IoU of the found ones.
    """

    index: int
    tp: int
    fp: int
    fn: int
    matched_iou: float = 0.0


@dataclass(frozen=True)
class ObjectRow:
    """One line of the per-class table; a found object of another class is none of this one."""

    index: int
    support: int
    predicted: int
    precision: float
    recall: float
    f1: float
    ap50: float
    panoptic_quality: float


def object_rows(counts: Sequence[Sequence[ClassCount]]) -> list[ObjectRow]:
    """Results of each class that occurs in truth or predictions, objects pooled over images.

    ``AP50 = TP / (TP + FP + FN)``; panoptic quality (Kirillov et al., CVPR 2019) is the sum of the
    matched IoU over ``TP + (FP + FN) / 2``.

    Parameters
    ----------
    counts : sequence of sequences of ClassCount
        One per image.

    Returns
    -------
    list of ObjectRow
        In the order of the classes.
    """
    flat = [row for image in counts for row in image]
    rows = []
    for index in sorted({row.index for row in flat}):
        own = [row for row in flat if row.index == index]
        hits, extra, missed = (
            sum(getattr(row, name) for row in own) for name in ("tp", "fp", "fn")
        )
        if hits + extra + missed == 0:
            continue
        both = 2 * hits + extra + missed
        rows.append(
            ObjectRow(
                index=index,
                support=hits + missed,
                predicted=hits + extra,
                precision=hits / max(hits + extra, 1),
                recall=hits / max(hits + missed, 1),
                f1=2 * hits / both,
                ap50=hits / (hits + extra + missed),
                panoptic_quality=2 * sum(row.matched_iou for row in own) / both,
            )
        )
    return rows


def pool_classes(counts: Sequence[Sequence[ClassCount]]) -> dict[str, float]:
    """Pool the counts of images into ``ap50_class_K``, K from 1 in the order of the classes.

    ``AP50 = TP / (TP + FP + FN)`` over all images, where an object that was found but given
    another class is a miss of its own class and a false positive of the other.

    Parameters
    ----------
    counts : sequence of sequences of ClassCount
        One per image.

    Returns
    -------
    dict of str to float
        A number for each class that occurs in truth or predictions, their mean ``map50``, and the
        mean panoptic quality of the classes, ``mean_class_pq``; empty where no object has a class.
    """
    rows = object_rows(counts)
    numbers = {f"ap50_class_{row.index + 1}": row.ap50 for row in rows}
    if rows:
        numbers["map50"] = sum(row.ap50 for row in rows) / len(rows)
        numbers["mean_class_pq"] = sum(row.panoptic_quality for row in rows) / len(rows)
    return numbers
