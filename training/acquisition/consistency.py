"""Consistency: where cells change with the copy of the picture that the model is shown."""

import numpy as np

from training.acquisition.base import Acquisition, PoolFeatures, Selection, measured, rank


def choose_consistency(features: PoolFeatures, k: int, rng: np.random.Generator) -> Selection:
    """Take the samples whose cells overlap least with those of the other answers.

    For classes: where most of the other answers chose another one.
    """
    return rank(measured(features.inconsistency, features.n), k=k, rng=rng)


CONSISTENCY = Acquisition(
    name="consistency",
    summary="Where cells look different each time the model is asked",
    needs_model=True,
    choose=choose_consistency,
    needs_doubt=True,
)
