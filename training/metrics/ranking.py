"""How well a number tells two groups apart."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from training.metrics.base import require_finite


def auroc(scores: NDArray[Any], positive: NDArray[Any]) -> float:
    """Chance that a positive case has the larger score; ties count half.

    Equals the area under the ROC curve (Hanley and McNeil, Radiology 1982).

    Parameters
    ----------
    scores : ndarray of float, shape (N,)
        Larger = more likely positive.
    positive : ndarray of bool, shape (N,)
        The truth.

    Returns
    -------
    float
        In [0, 1]; 0.5 for chance, NaN where one of the groups is empty.

    Raises
    ------
    ValueError
        If a score is not finite.
    """
    values = np.asarray(scores, dtype=np.float64)
    require_finite(values, what="scores")
    wanted = np.asarray(positive, dtype=bool)
    n, m = int(wanted.sum()), int((~wanted).sum())
    if n == 0 or m == 0:
        return float("nan")
    ranks = rankdata(values)
    return float((ranks[wanted].sum() - n * (n + 1) / 2) / (n * m))
