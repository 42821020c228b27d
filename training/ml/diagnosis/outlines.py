"""How wide people draw objects, against how wide the model does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics.contingency import contingency
from training.metrics.instance import match_objects

if TYPE_CHECKING:
    from numpy.typing import NDArray

# An object drawn 1.5 times as wide as the model's still counts as the same one.
SAME = 0.4
FEWEST = 5
# Where less than this share of the drawn objects is found, the model is wrong, not the outline.
FOUND = 0.5


def outline_ratio(truth: NDArray[Any], guess: NDArray[Any]) -> float | None:
    """Median ratio of drawn to predicted diameter over the objects that are found.

    Parameters
    ----------
    truth, guess : ndarray of int, shape (T, Z, Y, X)
        Labels; 0 = background, -1 in `truth` = not labelled.

    Returns
    -------
    float or None
        Above 1 where people draw wider; None where too few objects are found to say so.
    """
    known = truth >= 0
    table = contingency(truth * known, guess * known)
    pairs = match_objects(table, threshold=SAME)
    if len(pairs) < max(FEWEST, FOUND * len(table.truth_ids)):
        return None
    sizes = table.truth_sizes[table.rows[pairs]] / table.prediction_sizes[table.columns[pairs]]
    axes = 3 if truth.shape[1] > 1 else 2
    return float(np.median(sizes) ** (1 / axes))
