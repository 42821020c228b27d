"""One class image of many: people vote on each pixel. Pure NumPy."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from annotations.labels.bands import (
    Band,
    LabelImage,
    Labels,
    Shape,
    bands_of,
    count_objects,
    number_rows,
)
from annotations.labels.planes import LabelStack, pack_image

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class FusedPixels:
    """The class image that answers add up to.

    Attributes
    ----------
    classes : LabelStack, shape of the answers
        Class index of each pixel, 0 = none; packed.
    painted : tuple of FusedMask
        Each class that it holds.
    agreement : float or None
        Mean IoU over classes and pairs of people; None where no two can be compared.
    confidence : float
        Mean confidence of the classes; the agreement where there are none.
    """

    classes: LabelStack
    painted: tuple["FusedMask", ...]
    agreement: float | None
    confidence: float


@dataclass(frozen=True)
class FusedMask:
    """One class of a fused class image: how many painted it, and how alike (0 to 1)."""

    class_index: int
    votes: int
    confidence: float


def vote_on_pixels(answers: Sequence[LabelImage], *, unpainted_counts: bool) -> FusedPixels:
    """Give each pixel the class that most people gave it.

    A tie follows whoever among the tied agrees best with everybody (the earliest among equals).

    Parameters
    ----------
    answers : sequence of LabelImage, all of one shape
        Class index of each pixel, 0 = not painted; one per person, at least one.
    unpainted_counts : bool
        Whether not to paint a pixel is a vote for none of the classes; else it is no vote, and
        people are compared where both have painted.

    Returns
    -------
    FusedPixels
        The majority.
    """
    known = np.unique(np.concatenate([count_objects(answer).ids for answer in answers]))
    table = _pairwise(answers, known, unpainted_counts=unpainted_counts)
    ballot = _Ballot(answers, known, _vote_weights(table), unpainted_counts)
    classes = pack_image(ballot)
    pairs = [table[i, j] for i, j in combinations(range(len(answers)), 2)]
    compared = [value for value in pairs if np.isfinite(value)]
    agreement = float(np.mean(compared)) if compared else None
    painted = _describe(classes, answers, known, unpainted_counts=unpainted_counts)
    sure = [mask.confidence for mask in painted] or [1.0 if agreement is None else agreement]
    return FusedPixels(classes, painted, agreement, round(float(np.mean(sure)), 4))


@dataclass(frozen=True)
class _Ballot:
    """What votes with weights come to, as a class image."""

    answers: Sequence[LabelImage]
    known: Labels
    weights: Sequence[float]
    unpainted_counts: bool

    @property
    def shape(self) -> Shape:
        return self.answers[0].shape

    def rows(self, band: Band) -> Labels:
        said = [answer.rows(band) for answer in self.answers]
        out = np.zeros(said[0].shape, np.uint32)
        most = np.zeros(out.shape)
        for index in ([0] if self.unpainted_counts else []) + self.known.tolist():
            votes = np.zeros(out.shape)
            for weight, rows in zip(self.weights, said, strict=True):
                votes += weight * (rows == index)
            better = votes > most
            out[better], most[better] = index, votes[better]
        return out


def _pairwise(answers: Sequence[LabelImage], known: Labels, *, unpainted_counts: bool) -> Floats:
    """Mean IoU over the painted classes of each two people, NaN where they cannot be compared."""
    table = np.full((len(answers), len(answers)), np.nan)
    for i, j in combinations(range(len(answers)), 2):
        both = _count_pixels(answers[i], answers[j], known)
        if not unpainted_counts:
            both[0], both[:, 0] = 0, 0
            if not both.any():
                continue
        ious = [_iou(both, place) for place in range(1, len(both))]
        told = [iou for iou in ious if iou is not None]
        table[i, j] = table[j, i] = float(np.mean(told)) if told else 1.0
    return table


def _count_pixels(one: LabelImage, other: LabelImage, known: Labels) -> Counts:
    """Count pixels by class in two images, (C + 1, C + 1); class k has place k + 1 in `known`."""
    size = known.size + 1
    counts = np.zeros(size * size, np.int64)
    for band in bands_of(one.shape):
        place, across = (number_rows(image.rows(band), known) for image in (one, other))
        counts += np.bincount((place * size + across).reshape(-1), minlength=size * size)
    return counts.reshape(size, size)


def _vote_weights(table: Floats) -> list[float]:
    """One vote each, and a little more the better a person agrees: never as much as another."""
    agreement = np.nan_to_num(table).sum(axis=0).round(9)
    order = np.argsort(-agreement, kind="stable")
    weights = np.ones(len(table))
    weights[order] += 0.5 ** np.arange(1, len(table) + 1)
    return [float(weight) for weight in weights]


def _describe(
    fused: LabelImage, answers: Sequence[LabelImage], known: Labels, *, unpainted_counts: bool
) -> tuple[FusedMask, ...]:
    """Say of each class in the result how many painted it and how alike."""
    tables = [_count_pixels(fused, answer, known) for answer in answers]
    painted = []
    for place, index in enumerate(known.tolist(), start=1):
        if not tables[0][place].any():
            continue
        votes = sum(bool(table[:, place].any()) for table in tables)
        if not unpainted_counts:
            for table in tables:
                table[place, 0] = 0
        alike = [_iou(table, place) for table in tables]
        told = [1.0 if iou is None else iou for iou in alike]
        shown = told if unpainted_counts else [value for value in told if value > 0]
        painted.append(FusedMask(index, votes, round(float(np.mean(shown)), 4)))
    return tuple(painted)


def _iou(counts: Counts, place: int) -> float | None:
    """IoU of one class from counts of pixels; None where neither image holds it."""
    common = int(counts[place, place])
    either = int(counts[place].sum() + counts[:, place].sum()) - common
    return common / either if either else None
