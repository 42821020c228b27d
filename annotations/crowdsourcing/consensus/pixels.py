"""One class image of many: people vote on each pixel. Pure NumPy."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

Classes = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FusedPixels:
    """The class image that answers add up to.

    Attributes
    ----------
    classes : ndarray of uint32, shape of the answers
        Class index of each pixel, 0 = none.
    painted : tuple of FusedMask
        Each class that it holds.
    agreement : float or None
        Mean IoU over classes and pairs of people; None where no two can be compared.
    confidence : float
        Mean confidence of the classes; the agreement where there are none.
    """

    classes: Classes
    painted: tuple["FusedMask", ...]
    agreement: float | None
    confidence: float


@dataclass(frozen=True)
class FusedMask:
    """One class of a fused class image: how many painted it, and how alike (0 to 1)."""

    class_index: int
    votes: int
    confidence: float


def vote_on_pixels(answers: Sequence[Classes], *, unpainted_counts: bool) -> FusedPixels:
    """Give each pixel the class that most people gave it.

    A tie follows whoever among the tied agrees best with everybody (the earliest among equals).

    Parameters
    ----------
    answers : sequence of ndarray of uint32, all of one shape
        Class index of each pixel, 0 = not painted; one per person, at least one.
    unpainted_counts : bool
        Whether not to paint a pixel is a vote for none of the classes; else it is no vote, and
        people are compared where both have painted.

    Returns
    -------
    FusedPixels
        The majority.
    """
    flat = [answer.reshape(-1) for answer in answers]
    known = sorted({int(index) for answer in flat for index in np.unique(answer)} - {0})
    table = _pairwise(flat, unpainted_counts=unpainted_counts)
    weights = _vote_weights(table)
    out = np.zeros(flat[0].size, dtype=np.uint32)
    most = np.zeros(flat[0].size)
    for index in ([0] if unpainted_counts else []) + known:
        votes = np.zeros(flat[0].size)
        for weight, answer in zip(weights, flat, strict=True):
            votes += weight * (answer == index)
        better = votes > most
        out[better], most[better] = index, votes[better]
    pairs = [table[i, j] for i, j in combinations(range(len(flat)), 2)]
    compared = [value for value in pairs if np.isfinite(value)]
    agreement = float(np.mean(compared)) if compared else None
    painted = _describe(out, flat, known, unpainted_counts=unpainted_counts)
    sure = [mask.confidence for mask in painted] or [1.0 if agreement is None else agreement]
    return FusedPixels(
        out.reshape(answers[0].shape), painted, agreement, round(float(np.mean(sure)), 4)
    )


def _pairwise(flat: Sequence[Classes], *, unpainted_counts: bool) -> Floats:
    """Mean IoU over the painted classes of each two people, NaN where they cannot be compared."""
    table = np.full((len(flat), len(flat)), np.nan)
    for i, j in combinations(range(len(flat)), 2):
        one, other = flat[i], flat[j]
        if not unpainted_counts:
            both = (one > 0) & (other > 0)
            if not both.any():
                continue
            one, other = one[both], other[both]
        known = (set(np.unique(one).tolist()) | set(np.unique(other).tolist())) - {0}
        table[i, j] = table[j, i] = (
            float(np.mean([_iou(one == index, other == index) for index in known]))
            if known
            else 1.0
        )
    return table


def _vote_weights(table: Floats) -> list[float]:
    """One vote each, and a little more the better a person agrees: never as much as another."""
    agreement = np.nan_to_num(table).sum(axis=0).round(9)
    order = np.argsort(-agreement, kind="stable")
    weights = np.ones(len(table))
    weights[order] += 0.5 ** np.arange(1, len(table) + 1)
    return [float(weight) for weight in weights]


def _describe(
    out: Classes, flat: Sequence[Classes], known: Sequence[int], *, unpainted_counts: bool
) -> tuple[FusedMask, ...]:
    """Say of each class in the result how many painted it and how alike."""
    painted = []
    for index in known:
        mask = out == index
        if not mask.any():
            continue
        alike = []
        for answer in flat:
            said = np.ones(mask.size, dtype=bool) if unpainted_counts else answer > 0
            alike.append(_iou(mask & said, answer == index))
        votes = sum(bool((answer == index).any()) for answer in flat)
        shown = alike if unpainted_counts else [value for value in alike if value > 0]
        painted.append(FusedMask(index, votes, round(float(np.mean(shown)), 4)))
    return tuple(painted)


def _iou(one: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> float:
    either = int((one | other).sum())
    return int((one & other).sum()) / either if either else 1.0
