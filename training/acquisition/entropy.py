"""Entropy: where the model spreads its belief over many classes."""

import numpy as np
from numpy.typing import NDArray

from training.acquisition.base import Acquisition, PoolFeatures, Selection, rank

FLOOR = 1e-12


def entropies(features: PoolFeatures) -> NDArray[np.float64]:
    """Weighted mean entropy (nats) of each sample's distributions, shape (N,).

    Samples without any weight get 0: nothing was seen that one could doubt.
    """
    p = features.probabilities.astype(np.float64)
    each = -(p * np.log(np.maximum(p, FLOOR))).sum(axis=2)
    weights = features.weights.astype(np.float64)
    total = weights.sum(axis=1)
    return np.asarray((each * weights).sum(axis=1) / np.where(total > 0, total, 1))


def choose_entropy(features: PoolFeatures, k: int, rng: np.random.Generator) -> Selection:
    """Take the samples of highest entropy (Shannon; Settles 2009)."""
    return rank(entropies(features), k=k, rng=rng)


ENTROPY = Acquisition(
    name="entropy",
    summary="Where the model is least sure overall",
    needs_model=True,
    choose=choose_entropy,
)
