"""What the next labels should bring: a power law with its honest interval.

Scores of models grow with the number of labels n about as ``a - b * n**-c`` (Hestness et al.
2017; Viering and Loog 2023 on where it fails). With the few points that a lab has, no single
fit deserves trust, so a grid of curves is weighted by how well each explains the points and
the interval spans the weighted curves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MIN_POINTS = 3
CEILINGS = np.linspace(0.02, 1.0, 50)
EXPONENTS = np.linspace(0.1, 1.5, 29)
WIDTHS = np.geomspace(0.01, 20.0, 120)
SMALLEST_ERROR = 0.01


@dataclass(frozen=True)
class CurvePoint:
    """One measured point: labels used, score reached, standard error of that score."""

    labels: int
    score: float
    error: float = 0.02


@dataclass(frozen=True)
class Forecast:
    """What a number of labels should bring.

    Attributes
    ----------
    labels : int
        Labels in all at that point.
    score, low, high : float
        Median and interval of the expected score.
    gain, gain_low, gain_high : float
        The same for the gain over the newest point's curve value.
    worthwhile : float
        Chance that the gain is at least one hundredth.
    """

    labels: int
    score: float
    low: float
    high: float
    gain: float
    gain_low: float
    gain_high: float
    worthwhile: float


def forecast(
    points: Sequence[CurvePoint], *, more: int = 100, coverage: float = 0.8
) -> Forecast | None:
    """Forecast the score after `more` labels.

    Parameters
    ----------
    points : sequence of CurvePoint
        Measured so far, in any order.
    more : int
        Further labels.
    coverage : float
        Mass of the interval.

    Returns
    -------
    Forecast or None
        None with fewer than three different numbers of labels: no curve can be told from two.

    Raises
    ------
    ValueError
        If a point is not finite or has no labels.
    """
    labels = np.array([p.labels for p in points], dtype=np.float64)
    scores = np.array([p.score for p in points], dtype=np.float64)
    errors = np.maximum([p.error for p in points], SMALLEST_ERROR)
    if labels.size and (not np.isfinite([labels, scores, errors]).all() or labels.min() < 1):
        raise ValueError("points need finite scores and at least one label each")
    if np.unique(labels).size < MIN_POINTS:
        return None
    a, b, c = (grid.ravel() for grid in np.meshgrid(CEILINGS, WIDTHS, EXPONENTS, indexing="ij"))
    weights = _posterior(_curve(a, b, c, labels), scores, errors)
    newest = labels.max()
    now = _curve(a, b, c, np.array([newest]))[:, 0]
    later = _curve(a, b, c, np.array([newest + more]))[:, 0]
    edge = (1 - coverage) / 2
    levels = np.array([edge, 0.5, 1 - edge])
    low, middle, high = _quantiles(later, weights, levels)
    gain_low, gain, gain_high = _quantiles(later - now, weights, levels)
    return Forecast(
        labels=int(newest) + more,
        score=middle,
        low=low,
        high=high,
        gain=gain,
        gain_low=gain_low,
        gain_high=gain_high,
        worthwhile=float(weights[later - now >= 0.01].sum()),
    )


def _curve(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    c: NDArray[np.float64],
    labels: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Scores of all curves at all numbers of labels, shape (curves, points), at least 0."""
    return np.maximum(a[:, None] - b[:, None] * labels[None, :] ** -c[:, None], 0)


def _posterior(
    curves: NDArray[np.float64], scores: NDArray[np.float64], errors: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weight of each curve under Gaussian errors and a flat prior on the grid."""
    misfit = (((curves - scores) / errors) ** 2).sum(axis=1)
    # Where even the best curve misses by more than the stated errors, those were too small.
    scale = max(1.0, float(misfit.min()) / max(scores.size - 2, 1))
    weights = np.exp(-0.5 * (misfit - misfit.min()) / scale)
    return np.asarray(weights / weights.sum())


def _quantiles(
    values: NDArray[np.float64], weights: NDArray[np.float64], levels: NDArray[np.float64]
) -> tuple[float, ...]:
    order = np.argsort(values)
    cumulated = np.cumsum(weights[order])
    at = np.minimum(np.searchsorted(cumulated, levels), values.size - 1)
    return tuple(float(v) for v in values[order][at])
