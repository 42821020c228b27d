"""Intervals by resampling whole groups (plates, wells, movies, patients)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 4000


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
