"""Random choice that prefers samples with something in them."""

import numpy as np

from training.acquisition.base import Acquisition, PoolFeatures, Selection, rank

FLOOR = 1e-6


def choose_foreground_random(features: PoolFeatures, k: int, rng: np.random.Generator) -> Selection:
    """Draw without replacement with chances in proportion to the foreground share.

    Adding Gumbel noise to log-weights and taking the largest draws exactly so (Efraimidis and
    Spirakis 2006; Kool et al. 2019). Empty samples keep a tiny chance and come last.
    """
    weights = np.maximum(features.foreground.astype(np.float64), FLOOR)
    return rank(np.log(weights) + rng.gumbel(size=features.n), k=k, rng=rng)


FOREGROUND_RANDOM = Acquisition(
    name="foreground_random",
    summary="By chance, but samples with more cells sooner",
    needs_model=False,
    choose=choose_foreground_random,
)
