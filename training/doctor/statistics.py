"""Intervals and tests of the checks: seeded, so that the same run is told the same twice."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from scipy.special import ndtri

DRAWS = 2000
PERMUTATIONS = 999


def group_bootstrap(
    values: Mapping[str, float], groups: Mapping[str, str], *, seed: int = 0
) -> NDArray[np.float64]:
    """Means of items drawn again with replacement, whole groups at a time.

    Parameters
    ----------
    values : mapping of str to float
        One value per item.
    groups : mapping of str to str
        Group of an item; an item without one is a group of its own.
    seed : int
        Of the draws.

    Returns
    -------
    ndarray of float64, shape (2000,)
        Means. Where all items lie in one group, items are drawn instead, which gives an interval
        that is too narrow but not none.
    """
    names = [groups.get(item) or item for item in values]
    if len(set(names)) == 1:
        names = list(values)
    _, index = np.unique(names, return_inverse=True)
    sums = np.bincount(index, weights=list(values.values()))
    counts = np.bincount(index)
    drawn = np.random.default_rng(seed).integers(len(sums), size=(DRAWS, len(sums)))
    return np.asarray(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))


def interval(draws: NDArray[Any], *, level: float = 0.95) -> tuple[float, float]:
    """Percentile interval of bootstrap draws."""
    tail = 50 * (1 - level)
    low, high = np.percentile(draws, (tail, 100 - tail))
    return float(low), float(high)


def wilson(hits: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Interval of a share (Wilson 1927), which holds for few cases too.

    Parameters
    ----------
    hits, n : int
        Cases that are, of all.
    level : float
        Coverage.

    Returns
    -------
    tuple of float
        Low and high end; (0, 1) without cases.
    """
    if n == 0:
        return 0.0, 1.0
    z = float(ndtri(0.5 + level / 2))
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))


def effective_number(counts: Sequence[int], *, beta: float = 0.999) -> NDArray[np.float64]:
    """How many different examples each class has, since later ones repeat earlier ones.

    ``(1 - beta^n) / (1 - beta)`` (Cui et al., CVPR 2019, equation 2).

    Parameters
    ----------
    counts : sequence of int
        Examples of each class.
    beta : float
        In [0, 1); 0 = every class counts one.

    Returns
    -------
    ndarray of float64
        One per class.
    """
    n = np.asarray(counts, dtype=np.float64)
    return np.asarray((1 - beta**n) / (1 - beta))


def energy_distances(between: NDArray[Any], sides: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Energy coefficients of divisions into two samples: 0 = the same, 1 = nothing in common.

    ``(2A - B - C) / 2A`` with mean distances between (A) and within (B, C) the samples
    (Szekely and Rizzo, J. Stat. Plan. Inference 2013).

    Parameters
    ----------
    between : ndarray, shape (N, N)
        Distances of all pairs of both samples together.
    sides : ndarray of bool, shape (N, P)
        Which items belong to the first sample, in each of P divisions.

    Returns
    -------
    ndarray of float64, shape (P,)
        In 0..1.
    """
    first = sides.astype(np.float64)
    second = 1 - first
    n, m = first.sum(axis=0), second.sum(axis=0)
    to_first, to_second = between @ first, between @ second
    across = (first * to_second).sum(axis=0) / (n * m)
    within = (first * to_first).sum(axis=0) / n**2 + (second * to_second).sum(axis=0) / m**2
    return np.asarray(np.clip((2 * across - within) / np.maximum(2 * across, 1e-12), 0, 1))


def shift_test(
    first: NDArray[Any],
    second: NDArray[Any],
    groups: tuple[Sequence[str], Sequence[str]],
    *,
    seed: int = 0,
) -> tuple[float, float]:
    """Test whether two samples come from one distribution, by permutation of whole groups.

    Parameters
    ----------
    first, second : ndarray, shapes (N, D) and (M, D)
        Features of each item.
    groups : pair of sequences of str
        Group of each item. Items of one group are alike whatever the distribution is, so
        shuffling items one by one would find a difference between any two groups.
    seed : int
        Of the permutations.

    Returns
    -------
    tuple of float
        Energy coefficient and p value (Phipson and Smyth 2010: never 0).
    """
    values = np.concatenate([first, second]).astype(np.float64)
    spread = values.std(axis=0)
    values = (values - values.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0)
    names = [f"0/{name}" for name in groups[0]] + [f"1/{name}" for name in groups[1]]
    unique, index = np.unique(names, return_inverse=True)
    side = np.array([name.startswith("0/") for name in unique])
    rng = np.random.default_rng(seed)
    sides = np.stack([side, *(rng.permutation(side) for _ in range(PERMUTATIONS))], axis=1)
    found = energy_distances(cdist(values, values), sides[index])
    larger = int((found[1:] >= found[0] - 1e-12).sum())
    return float(found[0]), (1 + larger) / (1 + PERMUTATIONS)
