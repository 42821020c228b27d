"""TypiClust: typical samples of every kind, for the cold start (Hacohen et al., ICML 2022)."""

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

from training.acquisition.base import Acquisition, PoolFeatures, Selection, standardise

NEIGHBOURS = 20
MAX_CLUSTERS = 500
SMALL_CLUSTER = 5


def typicality(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse mean distance to the nearest neighbours, shape (N,).

    Parameters
    ----------
    points : ndarray of float64, shape (N, D)
        Members of one cluster.

    Returns
    -------
    ndarray of float64, shape (N,)
        Larger = in a denser place; 0 for a point that is alone.
    """
    n = len(points)
    if n < 2:
        return np.zeros(n)
    squares = (points**2).sum(axis=1)
    distances = np.sqrt(np.maximum(squares[:, None] + squares - 2 * points @ points.T, 0))
    np.fill_diagonal(distances, np.inf)
    k = min(NEIGHBOURS, n - 1)
    nearest = np.partition(distances, k - 1, axis=1)[:, :k]
    return np.asarray(1 / (nearest.mean(axis=1) + 1e-5))


def choose_typiclust(features: PoolFeatures, k: int, rng: np.random.Generator) -> Selection:
    """Cluster pool and labelled together; take the most typical of the least covered clusters.

    Clusters with fewest labelled or chosen members come first, larger before smaller; those of
    up to five members are outliers and wait until the rest is used up.
    """
    pool, labelled = standardise(features.embeddings, features.labelled_embeddings)
    points = np.concatenate([pool, labelled])
    n_clusters = max(1, min(len(labelled) + k, MAX_CLUSTERS, len(np.unique(points, axis=0))))
    clusters = _cluster(points, n_clusters, rng)
    utilities = np.zeros(len(points))
    for cluster in np.unique(clusters):
        members = np.flatnonzero(clusters == cluster)
        utilities[members] = typicality(points[members])
    utilities = utilities[: features.n]
    covered = np.bincount(clusters[features.n :], minlength=n_clusters)
    order = _visit(clusters[: features.n], covered, utilities, k=k, rng=rng)
    return Selection(order=order, utilities=utilities.astype(np.float32))


def _cluster(
    points: NDArray[np.float64], n_clusters: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    if n_clusters == 1 or points.shape[1] == 0:
        return np.zeros(len(points), dtype=np.int64)
    centres, _ = kmeans2(points, n_clusters, minit="++", iter=1, missing="warn", rng=rng)
    _, labels = kmeans2(points, centres, minit="matrix", iter=25, missing="warn", rng=rng)
    return np.asarray(labels, dtype=np.int64)


def _visit(
    clusters: NDArray[np.int64],
    covered: NDArray[np.int64],
    utilities: NDArray[np.float64],
    *,
    k: int,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Take the most typical sample left of the cluster whose turn it is, `k` times."""
    best_last = np.lexsort((rng.random(clusters.size), utilities))
    waiting = {int(c): [i for i in best_last if clusters[i] == c] for c in np.unique(clusters)}
    sizes = np.bincount(clusters, minlength=covered.size)
    taken = covered.copy()
    order: list[int] = []
    while len(order) < k:
        turn = min(waiting, key=lambda c: (sizes[c] <= SMALL_CLUSTER, taken[c], -sizes[c], c))
        order.append(int(waiting[turn].pop()))
        taken[turn] += 1
        if not waiting[turn]:
            del waiting[turn]
    return np.array(order, dtype=np.int64)


TYPICLUST = Acquisition(
    name="typiclust",
    summary="Typical examples of each kind of sample",
    needs_model=False,
    choose=choose_typiclust,
)
