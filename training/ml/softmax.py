"""Softmax regression on fixed features: the instant classifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.ml.errors import TrainingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SoftmaxModel:
    """A fitted softmax regression.

    Attributes
    ----------
    mean, spread : ndarray of float64, shape (D,)
        Standardisation of the features.
    weights : ndarray of float64, shape (D, C)
        One column per class.
    bias : ndarray of float64, shape (C,)
        One per class.
    """

    mean: Floats
    spread: Floats
    weights: Floats
    bias: Floats

    def probabilities(self, features: NDArray[np.floating]) -> Floats:
        """Class probabilities (N, C) of features (N, D)."""
        scaled = (np.asarray(features, dtype=np.float64) - self.mean) / self.spread
        return softmax(np.clip(scaled, -10, 10) @ self.weights + self.bias)

    def each(self, features: NDArray[np.floating]) -> Floats:
        """Probability of each class by itself (N, C) of features (N, D); from `fit_each`."""
        scaled = (np.asarray(features, dtype=np.float64) - self.mean) / self.spread
        scores = np.clip(scaled, -10, 10) @ self.weights + self.bias
        return np.asarray(0.5 * (1 + np.tanh(scores / 2)))


def softmax(logits: Floats) -> Floats:
    """Probabilities (N, C) of logits (N, C), safe against overflow."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def loss_and_gradient(
    weights: Floats, bias: Floats, features: Floats, targets: Floats, *, l2: float
) -> tuple[float, Floats, Floats]:
    """Mean cross-entropy plus ``l2 / 2`` times the squared weights (not the bias).

    Parameters
    ----------
    weights, bias : ndarray, shapes (D, C) and (C,)
        Parameters.
    features : ndarray, shape (N, D)
        Standardised.
    targets : ndarray, shape (N, C)
        Rows that sum to the weight of the sample; the mean is over all weights.
    l2 : float
        Strength of the penalty.

    Returns
    -------
    tuple
        Loss, gradient by weights, gradient by bias.
    """
    total = targets.sum()
    predicted = softmax(features @ weights + bias)
    loss = -(targets * np.log(np.clip(predicted, 1e-300, None))).sum() / total
    error = (predicted * targets.sum(axis=1, keepdims=True) - targets) / total
    gradient = features.T @ error + l2 * weights
    return float(loss + 0.5 * l2 * (weights**2).sum()), gradient, error.sum(axis=0)


def fit_softmax(
    features: NDArray[np.floating],
    classes: NDArray[np.integer],
    *,
    n_classes: int,
    l2: float = 0.01,
    balanced: bool = True,
    steps: int = 2000,
) -> SoftmaxModel:
    """Fit by accelerated gradient descent (Nesterov), from zero weights.

    Parameters
    ----------
    features : ndarray, shape (N, D)
        Any scale; standardised here.
    classes : ndarray of int, shape (N,)
        Class of each sample, below ``n_classes``.
    n_classes : int
        C; classes without a sample are allowed.
    l2 : float
        Strength of the penalty; must be above 0.
    balanced : bool
        Weigh samples so that each class present counts alike.
    steps : int
        Most steps; descent ends earlier when the gradient is nearly zero.

    Returns
    -------
    SoftmaxModel
        Ready to predict.

    Raises
    ------
    TrainingError
        Codes ``not_finite``, ``nothing_to_learn``.
    """
    values = np.asarray(features, dtype=np.float64)
    if not np.isfinite(values).all():
        raise TrainingError("not_finite", "Features hold NaN or infinity.")
    if not len(values):
        raise TrainingError("nothing_to_learn", "There is no labelled sample.")
    mean, spread = values.mean(axis=0), values.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    scaled = np.clip((values - mean) / spread, -10, 10)
    counts = np.bincount(classes, minlength=n_classes)
    weight = 1.0 / counts[classes] if balanced else np.ones(len(values))
    targets = np.eye(n_classes)[classes] * weight[:, None]
    weights, bias = _descend(scaled, targets, l2=l2, steps=steps)
    return SoftmaxModel(mean, spread, weights, bias)


def fit_each(features: NDArray[np.floating], has: NDArray[np.bool_]) -> SoftmaxModel:
    """Fit one regression per class, each of them yes or no.

    Parameters
    ----------
    features : ndarray, shape (N, D)
        Any scale; standardised here.
    has : ndarray of bool, shape (N, C)
        Which samples have which class.

    Returns
    -------
    SoftmaxModel
        To be asked by ``each``.

    Raises
    ------
    TrainingError
        Codes ``not_finite``, ``nothing_to_learn``.
    """
    models = [
        fit_softmax(features, has[:, at].astype(np.int64), n_classes=2)
        for at in range(has.shape[1])
    ]
    return SoftmaxModel(
        models[0].mean,
        models[0].spread,
        np.stack([model.weights[:, 1] - model.weights[:, 0] for model in models], axis=1),
        np.array([model.bias[1] - model.bias[0] for model in models]),
    )


def _descend(scaled: Floats, targets: Floats, *, l2: float, steps: int) -> tuple[Floats, Floats]:
    """Minimise the convex loss at the step size that its curvature allows."""
    share = np.sqrt(targets.sum(axis=1, keepdims=True) / targets.sum())
    design = np.hstack([scaled, np.ones((len(scaled), 1))]) * share
    # The Hessian of softmax cross-entropy is at most half of X'X (Boehning, 1992).
    curvature = 0.5 * float(np.linalg.norm(design, 2)) ** 2 + l2
    weights, bias = np.zeros((scaled.shape[1], targets.shape[1])), np.zeros(targets.shape[1])
    ahead_w, ahead_b, pace = weights, bias, 1.0
    for _ in range(steps):
        _, by_weights, by_bias = loss_and_gradient(ahead_w, ahead_b, scaled, targets, l2=l2)
        if max(np.abs(by_weights).max(), np.abs(by_bias).max()) < 1e-7:
            break
        new_w, new_b = ahead_w - by_weights / curvature, ahead_b - by_bias / curvature
        uphill = (by_weights * (new_w - weights)).sum() + (by_bias * (new_b - bias)).sum() > 0
        # Restarting the momentum when it points uphill keeps the descent fast
        # (O'Donoghue and Candes, 2015).
        next_pace = 1.0 if uphill else (1 + np.sqrt(1 + 4 * pace**2)) / 2
        momentum = 0.0 if uphill else (pace - 1) / next_pace
        ahead_w = new_w + momentum * (new_w - weights)
        ahead_b = new_b + momentum * (new_b - bias)
        weights, bias, pace = new_w, new_b, next_pace
    return weights, bias
