"""Instances of several classes: how well the objects of each class are found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

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

    def only(self, index: int) -> NDArray[Any]:
        """Label image of the objects of one class."""
        known = np.array([n for n, found in self.classes.items() if found == index], dtype=np.int64)
        return np.where(np.isin(self.labels, known), self.labels, 0)


@dataclass(frozen=True)
class ClassCount:
    """Objects of one class in one image, matched at an IoU of at least one half."""

    index: int
    tp: int
    fp: int
    fn: int


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
        A number for each class that occurs in truth or predictions, and their mean ``map50``;
        empty where no object has a class.
    """
    totals: dict[int, list[int]] = {}
    for image in counts:
        for row in image:
            total = totals.setdefault(row.index, [0, 0])
            total[0] += row.tp
            total[1] += row.tp + row.fp + row.fn
    numbers = {
        f"ap50_class_{index + 1}": hits / every
        for index, (hits, every) in sorted(totals.items())
        if every
    }
    return numbers | ({"map50": sum(numbers.values()) / len(numbers)} if numbers else {})
