"""Uniform random choice: the control that every other strategy must beat."""

import numpy as np

from training.acquisition.base import Acquisition, PoolFeatures, Selection, rank


def choose_random(features: PoolFeatures, k: int, rng: np.random.Generator) -> Selection:
    """Draw without replacement, all samples alike."""
    return rank(rng.random(features.n), k=k, rng=rng)


RANDOM = Acquisition(
    name="random",
    summary="Any sample, by chance (the control arm)",
    needs_model=False,
    choose=choose_random,
)
