"""Calibration: whether things come true as often as a model is sure of them."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from training.metrics.base import require_finite

Floats = NDArray[np.float64]
Bins = Literal["width", "mass"]

PROBABILITY_FLOOR = 1e-12
DEFAULT_BINS = 15


@dataclass(frozen=True)
class ReliabilityBin:
    """One bin of the reliability diagram: stated confidence against what came true.

    Attributes
    ----------
    low, high : float
        Confidences in the bin: above `low`, up to `high`.
    n : int
        Cases in it.
    confidence, accuracy : float
        Mean confidence; share that came true.
    """

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


def reliability_curve(
    confidence: NDArray[Any],
    correct: NDArray[Any],
    *,
    bins: int = DEFAULT_BINS,
    by: Bins = "width",
    weights: NDArray[Any] | None = None,
) -> list[ReliabilityBin]:
    """Bin cases by their confidence.

    Parameters
    ----------
    confidence : ndarray of float, shape (N,)
        In [0, 1].
    correct : ndarray of bool, shape (N,)
        What came true.
    bins : int
        Number of bins over (0, 1], open below and closed above (Guo et al., ICML 2017).
    by : {"width", "mass"}
        Bins of equal width, or with about equally many cases (Nixon et al., CVPR workshops 2019);
        equal confidences are never divided.
    weights : ndarray of float, shape (N,), optional
        How often each case was seen; once where nothing is given.

    Returns
    -------
    list of ReliabilityBin
        Filled bins in ascending order.

    Raises
    ------
    ValueError
        If there is no case, or a confidence is not finite or outside [0, 1].
    """
    values, true, seen = _checked(confidence, correct, weights)
    if by == "width":
        edges = np.linspace(0, 1, bins + 1)
    else:
        edges = _quantiles(values, None if weights is None else seen, bins)
    at = np.searchsorted(edges[1:-1], values, side="left")
    mass = np.bincount(at, weights=seen, minlength=bins)
    stated = np.bincount(at, weights=seen * values, minlength=bins)
    came = np.bincount(at, weights=seen * true, minlength=bins)
    return [
        ReliabilityBin(
            low=float(edges[b]),
            high=float(edges[b + 1]),
            n=round(mass[b]),
            confidence=float(stated[b] / mass[b]),
            accuracy=float(came[b] / mass[b]),
        )
        for b in np.flatnonzero(mass > 0)
    ]


def calibration_error(curve: list[ReliabilityBin]) -> float:
    """Mean gap of confidence and accuracy over bins, by their cases (Naeini et al., AAAI 2015).

    Parameters
    ----------
    curve : list of ReliabilityBin
        From `reliability_curve`, at least one.

    Returns
    -------
    float
        Expected calibration error, in [0, 1].
    """
    return sum(b.n * abs(b.confidence - b.accuracy) for b in curve) / sum(b.n for b in curve)


def log_loss(
    confidence: NDArray[Any], correct: NDArray[Any], weights: NDArray[Any] | None = None
) -> float:
    """Mean negative log likelihood (nats) of yes-or-no cases; shapes (N,)."""
    values, true, seen = _checked(confidence, correct, weights)
    chance = np.where(true > 0, values, 1 - values)
    return float((-np.log(np.maximum(chance, PROBABILITY_FLOOR)) * seen).sum() / seen.sum())


def brier_score(
    confidence: NDArray[Any], correct: NDArray[Any], weights: NDArray[Any] | None = None
) -> float:
    """Mean squared gap of confidence and what came true, in [0, 1]; shapes (N,)."""
    values, true, seen = _checked(confidence, correct, weights)
    return float(((values - true) ** 2 * seen).sum() / seen.sum())


def _checked(
    confidence: NDArray[Any], correct: NDArray[Any], weights: NDArray[Any] | None
) -> tuple[Floats, Floats, Floats]:
    """Confidences, what came true, and weights as float64."""
    values = np.asarray(confidence, dtype=np.float64)
    true = np.asarray(correct, dtype=np.float64)
    seen = np.ones_like(values) if weights is None else np.asarray(weights, dtype=np.float64)
    require_finite(values, what="confidence")
    if not values.size or seen.sum() <= 0:
        raise ValueError("no case to judge the confidence by")
    if values.shape != true.shape or values.shape != seen.shape:
        raise ValueError(f"shapes differ: {values.shape}, {true.shape}, {seen.shape}")
    if values.min() < 0 or values.max() > 1:
        raise ValueError("confidences lie in [0, 1]")
    return values, true, seen


def _quantiles(values: Floats, weights: Floats | None, bins: int) -> Floats:
    """Edges of bins that hold about equally many cases."""
    levels = np.linspace(0, 1, bins + 1)
    if weights is None:
        return np.asarray(np.quantile(values, levels), dtype=np.float64)
    return np.asarray(
        np.quantile(values, levels, weights=weights, method="inverted_cdf"), dtype=np.float64
    )
