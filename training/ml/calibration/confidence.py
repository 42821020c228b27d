"""From an object's score to the chance that it is right: a curve that never falls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from scipy.optimize import isotonic_regression, minimize

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FLOOR = 1e-6
# More knots than this say nothing more, and the card is read by people.
MOST_KNOTS = 200


class ConfidenceMap(Protocol):
    """A calibration of scores."""

    def apply(self, scores: NDArray[Any]) -> NDArray[np.float32]:
        """Confidence in [0, 1] of each score; never falls as scores rise."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """Plain values for the model card, read by `load_confidence`."""
        ...


@dataclass(frozen=True)
class Logistic:
    """``1 / (1 + exp(-(slope * logit(score) + offset)))`` with a slope of at least 0."""

    slope: float
    offset: float

    def apply(self, scores: NDArray[Any]) -> NDArray[np.float32]:
        """Confidence of each score."""
        at = self.slope * _logit(scores) + self.offset
        return np.asarray(1 / (1 + np.exp(-np.clip(at, -50, 50))), dtype=np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"kind": "logistic", "slope": self.slope, "offset": self.offset}


@dataclass(frozen=True)
class Isotonic:
    """Straight lines between knots: scores in ascending order, confidences that never fall."""

    scores: tuple[float, ...]
    confidences: tuple[float, ...]

    def apply(self, scores: NDArray[Any]) -> NDArray[np.float32]:
        """Confidence of each score; flat beyond the outer knots."""
        return np.asarray(np.interp(scores, self.scores, self.confidences), dtype=np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        knots = {"scores": list(self.scores), "confidences": list(self.confidences)}
        return {"kind": "isotonic", **knots}


def load_confidence(values: Mapping[str, Any]) -> ConfidenceMap:
    """Read a calibration of scores from a model card.

    Raises
    ------
    KeyError
        If it is of a kind that this version does not know.
    """
    if values["kind"] == "logistic":
        return Logistic(float(values["slope"]), float(values["offset"]))
    if values["kind"] == "isotonic":
        return Isotonic(tuple(values["scores"]), tuple(values["confidences"]))
    raise KeyError(values["kind"])


def fit_logistic(scores: NDArray[Any], correct: NDArray[Any]) -> Logistic:
    """Fit a logistic curve (Platt, 1999), with his smoothed targets.

    Parameters
    ----------
    scores : ndarray of float, shape (N,)
        In [0, 1].
    correct : ndarray of bool, shape (N,)
        Whether each object was right.

    Returns
    -------
    Logistic
        With slope 0 where larger scores are not righter.
    """
    x, right = _logit(scores), np.asarray(correct, dtype=bool)
    n, m = int(right.sum()), int((~right).sum())
    target = np.where(right, (n + 1) / (n + 2), 1 / (m + 2))

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        at = parameters[0] * x + parameters[1]
        value = float((np.logaddexp(0, at) - target * at).mean())
        error = 1 / (1 + np.exp(-np.clip(at, -50, 50))) - target
        return value, np.array([(error * x).mean(), error.mean()])

    found = minimize(
        loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)]
    )
    return Logistic(float(found.x[0]), float(found.x[1]))


def fit_isotonic(scores: NDArray[Any], correct: NDArray[Any]) -> Isotonic:
    """Fit the likeliest curve that never falls (Zadrozny and Elkan, KDD 2002).

    Nothing is ever certain: a block of n objects that all were right says (n + 1) / (n + 2)
    (Laplace), and one that was always wrong 1 / (n + 2).

    Parameters
    ----------
    scores : ndarray of float, shape (N,)
        In [0, 1].
    correct : ndarray of bool, shape (N,)
        Whether each object was right.

    Returns
    -------
    Isotonic
        Knots at both ends of each block.
    """
    values, at = np.unique(np.asarray(scores, dtype=np.float64), return_inverse=True)
    counts = np.bincount(at).astype(np.float64)
    shares = np.bincount(at, weights=np.asarray(correct, dtype=np.float64)) / counts
    fitted = isotonic_regression(shares, weights=counts)
    starts = fitted.blocks[:-1]
    ends = fitted.blocks[1:] - 1
    sizes = fitted.weights
    means = np.clip(fitted.x[starts], 1 / (sizes + 2), (sizes + 1) / (sizes + 2))
    # The two clips could make neighbouring blocks cross.
    means = np.maximum.accumulate(means)
    knots = np.unique(np.stack([starts, ends], axis=1))
    heights = means[np.searchsorted(ends, knots)]
    if knots.size > MOST_KNOTS:
        kept = np.unique(np.linspace(0, knots.size - 1, MOST_KNOTS).round().astype(int))
        knots, heights = knots[kept], heights[kept]
    return Isotonic(
        tuple(float(v) for v in values[knots]), tuple(round(float(h), 6) for h in heights)
    )


def _logit(scores: NDArray[Any]) -> NDArray[np.float64]:
    safe = np.clip(np.asarray(scores, dtype=np.float64), FLOOR, 1 - FLOOR)
    return np.asarray(np.log(safe / (1 - safe)))
