"""Which objects of different people are the same. Pure NumPy and SciPy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from annotations.labels.bands import Band, LabelImage, bands_of, count_objects, number_rows

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


Tables = Mapping[tuple[int, int], Overlaps]


@dataclass(frozen=True)
class NumberedAnswer:
    """Objects numbered 1..N.

    Attributes
    ----------
    labels : LabelImage
        The person's label image.
    ids : ndarray of uint32, (N,)
        Ids in it, ascending.
    areas : ndarray of int64, (N + 1,)
        Pixels (voxels) of each object; entry 0 is 0.
    """

    labels: LabelImage
    ids: npt.NDArray[np.uint32]
    areas: Numbers

    @property
    def count(self) -> int:
        """How many objects there are."""
        return int(self.ids.size)

    def numbers(self, band: Band) -> Numbers:
        """Return the object number of each pixel of a band, flattened."""
        return number_rows(self.labels.rows(band), self.ids).reshape(-1)


def number_objects(labels: LabelImage) -> NumberedAnswer:
    """Give the objects of a label image numbers."""
    counted = count_objects(labels)
    return NumberedAnswer(labels, counted.ids, np.concatenate([[0], counted.areas]))


def overlaps_of(left: NumberedAnswer, right: NumberedAnswer) -> Overlaps:
    """Return the overlaps between the objects of two people."""
    width = right.count + 1
    found, pixels = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for band in bands_of(left.labels.shape):
        one, other = left.numbers(band), right.numbers(band)
        both = (one > 0) & (other > 0)
        key, count = np.unique(one[both] * width + other[both], return_counts=True)
        found.append(key)
        pixels.append(count)
    keys, inverse = np.unique(np.concatenate(found), return_inverse=True)
    common = np.bincount(inverse, weights=np.concatenate(pixels), minlength=keys.size)
    rows, columns = keys // width, keys % width
    union = left.areas[rows] + right.areas[columns] - common
    return Overlaps(rows, columns, common / union)


def overlap_tables(answers: Sequence[NumberedAnswer]) -> Tables:
    """Return the overlaps between each two people (i < j)."""
    pairs = combinations(range(len(answers)), 2)
    return {(i, j): overlaps_of(answers[i], answers[j]) for i, j in pairs}


def pairwise_f1(answers: Sequence[NumberedAnswer], tables: Tables) -> Floats:
    """Return how well people agree: F1 at an IoU above 0.5, (K, K), symmetric, 1 on the diagonal.

    Two people who both drew nothing agree fully.
    """
    scores = np.eye(len(answers))
    for (i, j), table in tables.items():
        total = answers[i].count + answers[j].count
        same = int((table.iou > SAME_OBJECT_IOU).sum())
        scores[i, j] = scores[j, i] = 2 * same / total if total else 1.0
    return scores


def group_objects(answers: Sequence[NumberedAnswer], tables: Tables) -> list[Numbers]:
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
    for one, other in _edges(tables, first):
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


def _edges(tables: Tables, first: Numbers) -> list[tuple[int, int]]:
    """Pairs of object nodes that may be the same, best first."""
    ones, others, ious = [], [], []
    for (i, j), table in tables.items():
        near = table.iou >= LEAST_IOU
        ones.append(table.left[near] - 1 + first[i])
        others.append(table.right[near] - 1 + first[j])
        ious.append(table.iou[near])
    if not ones:
        return []
    one, other, iou = np.concatenate(ones), np.concatenate(others), np.concatenate(ious)
    order = np.lexsort((other, one, -iou))
    return list(zip(one[order].tolist(), other[order].tolist(), strict=True))
