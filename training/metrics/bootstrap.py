"""Intervals by resampling whole groups (plates, wells, movies, patients)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 4000
POOLED_LEVEL = 0.95
MOST_POOLED = 1000
FEWEST_POOLED = 100
# Items scored over all resamples of pooled numbers: bounds the time of very many items.
MOST_WORK = 200_000


@dataclass(frozen=True)
class Interval:
    """A number and where it would lie with other items of the kind."""

    value: float
    low: float
    high: float


def paired_bootstrap(
    differences: NDArray[Any],
    groups: NDArray[Any],
    *,
    rng: np.random.Generator,
    level: float = 0.9,
) -> tuple[float, float]:
    """Interval of a mean of differences, resampling whole groups.

    Items of one plate, movie or patient resemble each other; drawing items one by one would
    make the interval too narrow.

    Parameters
    ----------
    differences : ndarray of float, shape (N,)
        Candidate minus champion per item.
    groups : ndarray, shape (N,)
        Group of each item.
    rng : numpy.random.Generator
        Draws the resamples.
    level : float
        Mass of the interval (percentile method).

    Returns
    -------
    tuple of float
        Lower and upper end.
    """
    _, at = np.unique(groups, return_inverse=True)
    sums = np.bincount(at, weights=differences)
    counts = np.bincount(at)
    draws = rng.integers(0, sums.size, size=(RESAMPLES, sums.size))
    means = sums[draws].sum(axis=1) / counts[draws].sum(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def pooled_intervals(
    scores: Sequence[Any],
    groups: Sequence[str],
    pool: Callable[[Sequence[Any]], dict[str, float]],
    *,
    rng: np.random.Generator,
    level: float = POOLED_LEVEL,
) -> dict[str, Interval]:
    """Bootstrap intervals of every pooled number (percentile method).

    Whole groups are drawn: items of one plate, movie or patient resemble each other, and drawing
    them one by one would make the interval too narrow (Efron & Tibshirani, 1993, chapter 8).

    Parameters
    ----------
    scores : sequence
        One per item, as the metric family makes them.
    groups : sequence of str
        Group of each item.
    pool : callable
        From scores to named numbers.
    rng : numpy.random.Generator
        Draws the resamples.
    level : float
        Mass of the interval.

    Returns
    -------
    dict of str to Interval
        Empty for fewer than two groups, of which nothing can be resampled.

    Raises
    ------
    ValueError
        If there is not one group per score.
    """
    if len(scores) != len(groups):
        raise ValueError(f"{len(scores)} scores but {len(groups)} groups")
    members: dict[str, list[Any]] = {}
    for score, group in zip(scores, groups, strict=True):
        members.setdefault(group, []).append(score)
    if len(members) < 2:
        return {}
    lots = list(members.values())
    n = int(np.clip(MOST_WORK // len(scores), FEWEST_POOLED, MOST_POOLED))
    drawn = [
        pool([score for at in rng.integers(0, len(lots), size=len(lots)) for score in lots[at]])
        for _ in range(n)
    ]
    tail = (1 - level) / 2
    out = {}
    for name, value in pool(scores).items():
        low, high = np.quantile([n[name] for n in drawn if name in n], [tail, 1 - tail])
        out[name] = Interval(float(value), float(low), float(high))
    return out
