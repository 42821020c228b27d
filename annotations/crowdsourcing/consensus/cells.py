"""How far people agree about each single cell. Pure NumPy."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annotations.crowdsourcing.consensus.base import InstanceAnswer
from annotations.crowdsourcing.consensus.matching import (
    SAME_OBJECT_IOU,
    Floats,
    NumberedAnswer,
    Numbers,
    Tables,
    group_objects,
    number_objects,
    overlap_tables,
)
from annotations.labels.bands import bands_of

DIGITS = 4


@dataclass(frozen=True)
class CellAnswer:
    """One person's outline of a cell.

    Attributes
    ----------
    person : int
        Place of the person among the answers, from 0.
    object : int
        Id in the person's label image.
    class_index : int or None
        The class that the person gave it.
    iou : float or None
        Mean IoU with the outlines of the others who drew it; None where nobody else did.
    """

    person: int
    object: int
    class_index: int | None
    iou: float | None


@dataclass(frozen=True)
class ComparedCell:
    """One cell that somebody drew, and how far people agree about it.

    Attributes
    ----------
    t, z : int
        The plane nearest to its middle.
    x, y : float
        Middle of all its outlines in pixels; pixel centres are integers.
    area : int
        Mean pixels (voxels) of its outlines.
    answers : tuple of CellAnswer
        Who drew it, in the order of people.
    iou : float or None
        Mean IoU over the pairs of people who drew it; None for one alone.
    agreement : float
        Mean over all pairs of people: the IoU of their outlines, 0 where one has none or where
        they gave it different classes.
    is_disputed : bool
        Whether people differ about its existence, class or outline.
    """

    t: int
    z: int
    x: float
    y: float
    area: int
    answers: tuple[CellAnswer, ...]
    iou: float | None
    agreement: float
    is_disputed: bool


def compare_cells(answers: Sequence[InstanceAnswer]) -> list[ComparedCell]:
    """Compare all cells that two or more people drew in one sample, the least agreed first.

    Outlines are matched as for the consensus (`matching.group_objects`).

    Parameters
    ----------
    answers : sequence of InstanceAnswer
        Label images of equal shape, one per person.
    """
    numbered = [number_objects(answer.labels) for answer in answers]
    tables = overlap_tables(numbered)
    groups = group_objects(numbered, tables)
    count = max(int(group.max()) for group in groups)
    members = np.zeros((len(answers), count + 1), np.int64)
    for person, group in enumerate(groups):
        members[person, group[1:]] = np.arange(1, group.size)
    iou = _pair_ious(tables, groups, count)
    middles, areas = _places(numbered, groups, count=count)
    cells = [
        _compare(
            [_Outline(k, numbered[k], answers[k], int(members[k, n])) for k in range(len(answers))],
            iou=iou[:, :, n],
            middle=middles[:, n],
            area=int(areas[n]),
        )
        for n in range(1, count + 1)
    ]
    return sorted(cells, key=lambda cell: (cell.agreement, cell.t, cell.z, cell.y, cell.x))


@dataclass(frozen=True)
class _Outline:
    """One person's outline of the cell at hand; `number` is 0 where there is none."""

    person: int
    numbered: NumberedAnswer
    answer: InstanceAnswer
    number: int

    @property
    def object(self) -> int:
        return int(self.numbered.ids[self.number - 1])

    @property
    def class_index(self) -> int | None:
        return self.answer.classes.get(self.object)


def _pair_ious(tables: Tables, groups: Sequence[Numbers], count: int) -> Floats:
    """IoU of each two people's outlines of each cell, (K, K, N + 1); 0 where they do not touch."""
    iou = np.zeros((len(groups), len(groups), count + 1))
    for (i, j), table in tables.items():
        cell = groups[i][table.left]
        same = cell == groups[j][table.right]
        iou[i, j, cell[same]] = iou[j, i, cell[same]] = table.iou[same]
    return iou


def _places(
    numbered: Sequence[NumberedAnswer], groups: Sequence[Numbers], *, count: int
) -> tuple[Floats, Numbers]:
    """Middles (4, N + 1) as t, z, y, x and mean areas (N + 1,) of the outlines of each cell."""
    shape = numbered[0].labels.shape
    sums = np.zeros((len(shape), count + 1))
    pixels = np.zeros(count + 1)
    drawn = np.zeros(count + 1)
    for answer, group in zip(numbered, groups, strict=True):
        pixels += np.bincount(group, weights=answer.areas, minlength=count + 1)
        drawn += np.bincount(group[1:], minlength=count + 1)
        for band in bands_of(shape):
            numbers = answer.numbers(band)
            where = np.flatnonzero(numbers)
            cell = group[numbers[where]]
            y, x = np.divmod(where, shape[3])
            sums += [
                band.t * np.bincount(cell, minlength=count + 1),
                band.z * np.bincount(cell, minlength=count + 1),
                np.bincount(cell, weights=y + band.y0, minlength=count + 1),
                np.bincount(cell, weights=x, minlength=count + 1),
            ]
    return sums / np.maximum(pixels, 1), np.rint(pixels / np.maximum(drawn, 1)).astype(np.int64)


def _compare(
    outlines: Sequence[_Outline], *, iou: Floats, middle: Floats, area: int
) -> ComparedCell:
    drawn = [outline for outline in outlines if outline.number]
    pairs = [(a, b, float(iou[a.person, b.person])) for a, b in combinations(drawn, 2)]
    agreed = sum(value for a, b, value in pairs if not _differ(a, b))
    n_pairs = len(outlines) * (len(outlines) - 1) / 2
    t, z, y, x = middle.tolist()
    return ComparedCell(
        t=round(t),
        z=round(z),
        x=round(x, 2),
        y=round(y, 2),
        area=area,
        answers=tuple(
            CellAnswer(
                person=outline.person,
                object=outline.object,
                class_index=outline.class_index,
                iou=_mean([value for a, b, value in pairs if outline in (a, b)]),
            )
            for outline in drawn
        ),
        iou=_mean([value for _, _, value in pairs]),
        agreement=round(agreed / n_pairs, DIGITS) if n_pairs else 1.0,
        is_disputed=len(drawn) < len(outlines)
        or any(_differ(a, b) or value <= SAME_OBJECT_IOU for a, b, value in pairs),
    )


def _differ(a: _Outline, b: _Outline) -> bool:
    """Whether two people gave a cell different classes; who gave none says nothing."""
    one, other = a.class_index, b.class_index
    return one is not None and other is not None and one != other


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), DIGITS) if values else None
