"""Core-set: leave no sample far from a labelled one (Sener and Savarese, ICLR 2018)."""

import numpy as np

from training.acquisition.base import Acquisition, PoolFeatures, Selection, standardise


def choose_core_set(features: PoolFeatures, k: int, rng: np.random.Generator) -> Selection:
    """Greedy k-centres: again and again the sample farthest from all centres so far.

    Without any labelled sample the first centre is the one nearest the pool's mean. The
    utility is the distance to the nearest labelled sample (to the mean, where there is none).
    """
    pool, labelled = standardise(features.embeddings, features.labelled_embeddings)
    shuffled = rng.permutation(features.n)
    pool = pool[shuffled]
    chosen: list[int] = []
    if len(labelled):
        nearest = np.full(features.n, np.inf)
        for centre in labelled:
            nearest = np.minimum(nearest, np.linalg.norm(pool - centre, axis=1))
        utilities = nearest.copy()
    else:
        utilities = np.linalg.norm(pool, axis=1)
        nearest = np.full(features.n, np.inf)
        if k:
            chosen.append(int(utilities.argmin()))
            nearest = np.linalg.norm(pool - pool[chosen[0]], axis=1)
            nearest[chosen[0]] = -1
    while len(chosen) < k:
        farthest = int(nearest.argmax())
        chosen.append(farthest)
        nearest = np.minimum(nearest, np.linalg.norm(pool - pool[farthest], axis=1))
        # Copies of a chosen sample lie at distance 0; the chosen ones themselves never come again.
        nearest[chosen] = -1
    unshuffled = np.empty(features.n, dtype=np.float32)
    unshuffled[shuffled] = utilities
    return Selection(order=shuffled[chosen].astype(np.int64), utilities=unshuffled)


CORE_SET = Acquisition(
    name="core_set",
    summary="What looks least like anything labelled so far",
    needs_model=False,
    choose=choose_core_set,
)
