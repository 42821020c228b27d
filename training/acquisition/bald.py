"""BALD: where several answers of one model disagree though each is sure (Houlsby et al., 2011)."""

import numpy as np

from training.acquisition.base import Acquisition, PoolFeatures, Selection, measured, rank


def choose_bald(features: PoolFeatures, k: int, rng: np.random.Generator) -> Selection:
    """Take the samples of greatest mutual information (Gal et al., ICML 2017).

    What is merely hard to see leaves every answer unsure and gains nothing here.
    """
    return rank(measured(features.information, features.n), k=k, rng=rng)


BALD = Acquisition(
    name="bald",
    summary="Where several answers of the model disagree, each being sure",
    needs_model=True,
    choose=choose_bald,
    needs_doubt=True,
)
