"""Temperature scaling: one number that makes probabilities more or less sure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize_scalar

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Beyond these a network says nothing, or the fit ran away on too few errors.
COLDEST, HOTTEST = 0.1, 10.0
FLOOR = 1e-7


def apply_temperature(probabilities: NDArray[Any], temperature: float) -> Floats:
    """Divide the log-probabilities by a temperature (Guo et al., ICML 2017).

    Works on probabilities that were averaged over copies as well as on a softmax: both have
    logarithms, and the order of the classes stays.

    Parameters
    ----------
    probabilities : ndarray of float, shape (..., C)
        Rows sum to 1.
    temperature : float
        Above 1 = less sure, below 1 = surer.

    Returns
    -------
    ndarray of float64, shape (..., C)
        Rows sum to 1.
    """
    logits = np.log(np.maximum(np.asarray(probabilities, dtype=np.float64), FLOOR)) / temperature
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def soften(probabilities: NDArray[Any], temperature: float) -> NDArray[np.float32]:
    """Apply a temperature to yes-or-no probabilities of any shape; one half stays one half.

    Parameters
    ----------
    probabilities : ndarray of float
        In [0, 1].
    temperature : float
        See `apply_temperature`.

    Returns
    -------
    ndarray of float32
        Of the same shape.
    """
    safe = np.clip(np.asarray(probabilities, dtype=np.float32), FLOOR, 1 - FLOOR)
    return np.asarray(1 / (1 + ((1 - safe) / safe) ** np.float32(1 / temperature)), np.float32)


def fit_temperature(
    probabilities: NDArray[Any], truth: NDArray[Any], weights: NDArray[Any] | None = None
) -> float:
    """Find the temperature of the greatest likelihood.

    Parameters
    ----------
    probabilities : ndarray of float, shape (N, C)
        Rows sum to 1.
    truth : ndarray of int, shape (N,)
        True class of each row.
    weights : ndarray of float, shape (N,), optional
        How often each row was seen.

    Returns
    -------
    float
        In [0.1, 10].
    """
    logs = np.log(np.maximum(np.asarray(probabilities, dtype=np.float64), FLOOR))
    seen = np.ones(len(logs)) if weights is None else np.asarray(weights, dtype=np.float64)
    rows, true = np.arange(len(logs)), np.asarray(truth, dtype=np.intp)

    def loss(log_temperature: float) -> float:
        scaled = logs / np.exp(log_temperature)
        top = scaled.max(axis=1)
        total = top + np.log(np.exp(scaled - top[:, None]).sum(axis=1))
        return float(((total - scaled[rows, true]) * seen).sum() / seen.sum())

    # Convex in 1 / temperature, so one valley in its logarithm.
    found = minimize_scalar(
        loss, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded", options={"xatol": 1e-4}
    )
    return float(np.exp(found.x))
