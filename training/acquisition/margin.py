"""Margin: where the two most probable classes are close."""

import numpy as np
from numpy.typing import NDArray

from training.acquisition.base import Acquisition, PoolFeatures, Selection, rank


def margins(features: PoolFeatures) -> NDArray[np.float64]:
    """One minus the weighted mean gap of the two best classes, shape (N,), in [0, 1].

    Samples without any weight get 0.
    """
    p = features.probabilities.astype(np.float64)
    if p.shape[2] < 2:
        return np.zeros(features.n)
    best = np.sort(p, axis=2)[:, :, -2:]
    closeness = 1 - (best[:, :, 1] - best[:, :, 0])
    weights = features.weights.astype(np.float64)
    total = weights.sum(axis=1)
    return np.asarray((closeness * weights).sum(axis=1) / np.where(total > 0, total, 1))


def choose_margin(features: PoolFeatures, k: int, rng: np.random.Generator) -> Selection:
    """Take the samples of smallest margin (Scheffer et al. 2001)."""
    return rank(margins(features), k=k, rng=rng)


MARGIN = Acquisition(
    name="margin",
    summary="Where the model wavers between two answers",
    needs_model=True,
    choose=choose_margin,
)
