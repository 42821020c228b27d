"""Which objects of different people are the same. Pure NumPy and SciPy."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from annotations.labels.masks import compact

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Two outlines that overlap by more than half each belong together, and can do so only once.
SAME_OBJECT_IOU = 0.5
# Below that, neighbours compete: the best pair goes first, down to this overlap.
LEAST_IOU = 0.3


@dataclass(frozen=True)
class Overlaps:
    """Pairs of objects of two people that touch, as a sparse table.

    Attributes
    ----------
    left, right : ndarray of int64, (N,)
        Object numbers, from 1.
    iou : ndarray of float64, (N,)
        Intersection over union.
    """

    left: Numbers
    right: Numbers
    iou: Floats


@dataclass(frozen=True)
class NumberedAnswer:
    """Objects numbered 1..N.

    Attributes
    ----------
    numbers : ndarray of int64, (P,)
        Object number per pixel of the flattened label image.
    ids : ndarray of uint32, (N,)
        Ids in the person's label image.
    """

    numbers: Numbers
    ids: npt.NDArray[np.uint32]

    @property
    def count(self) -> int:
        """How many objects there are."""
        return int(self.ids.size)


def number_objects(labels: npt.NDArray[np.uint32]) -> NumberedAnswer:
    """Flatten a label image of any shape and number its objects."""
    numbers, ids = compact(labels.reshape(-1))
    return NumberedAnswer(numbers, ids)


def overlaps_of(left: NumberedAnswer, right: NumberedAnswer) -> Overlaps:
    """Return the overlaps between the objects of two people."""
    both = (left.numbers > 0) & (right.numbers > 0)
    width = right.count + 1
    keys, common = np.unique(left.numbers[both] * width + right.numbers[both], return_counts=True)
    rows, columns = keys // width, keys % width
    left_areas = np.bincount(left.numbers, minlength=left.count + 1)
    right_areas = np.bincount(right.numbers, minlength=width)
    union = left_areas[rows] + right_areas[columns] - common
    return Overlaps(rows, columns, common / union)


def pairwise_f1(answers: Sequence[NumberedAnswer]) -> Floats:
    """Return how well people agree: F1 at an IoU above 0.5, (K, K), symmetric, 1 on the diagonal.

    Two people who both drew nothing agree fully.
    """
    scores = np.eye(len(answers))
    for i, j in combinations(range(len(answers)), 2):
        total = answers[i].count + answers[j].count
        same = int((overlaps_of(answers[i], answers[j]).iou > SAME_OBJECT_IOU).sum())
        scores[i, j] = scores[j, i] = 2 * same / total if total else 1.0
    return scores


def group_objects(answers: Sequence[NumberedAnswer]) -> list[Numbers]:
    """Group the objects of all people: who drew the same thing.

    Pairs are joined from the best overlap down to `LEAST_IOU`; a group takes one object of each
    person at most. The result does not depend on the order of people, but for exact ties.

    Returns
    -------
    list of ndarray of int64, (N + 1,)
        For each person the group (from 1) of each object number; entry 0 is 0.
    """
    first = np.concatenate([[0], np.cumsum([answer.count for answer in answers])])
    person = np.repeat(np.arange(len(answers)), [answer.count for answer in answers])
    group = list(range(int(first[-1])))
    members = [{node} for node in group]
    for one, other in _edges(answers, first):
        a, b = group[one], group[other]
        if a == b or {person[n] for n in members[a]} & {person[n] for n in members[b]}:
            continue
        for node in members[b]:
            group[node] = a
        members[a] |= members[b]
        members[b] = set()
    _, numbered = np.unique(np.array(group, np.int64), return_inverse=True)
    return [
        np.concatenate([[0], numbered[first[k] : first[k + 1]] + 1]).astype(np.int64)
        for k in range(len(answers))
    ]


def _edges(answers: Sequence[NumberedAnswer], first: Numbers) -> list[tuple[int, int]]:
    """Pairs of object nodes that may be the same, best first."""
    ones, others, ious = [], [], []
    for i, j in combinations(range(len(answers)), 2):
        table = overlaps_of(answers[i], answers[j])
        near = table.iou >= LEAST_IOU
        ones.append(table.left[near] - 1 + first[i])
        others.append(table.right[near] - 1 + first[j])
        ious.append(table.iou[near])
    if not ones:
        return []
    one, other, iou = np.concatenate(ones), np.concatenate(others), np.concatenate(ious)
    order = np.lexsort((other, one, -iou))
    return list(zip(one[order].tolist(), other[order].tolist(), strict=True))
