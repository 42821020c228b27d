"""Per-class table and confusion matrix of objects, with "nothing" as a class of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.metrics.object_errors import ObjectErrors


def object_table(names: Sequence[str], images: Sequence[ObjectErrors]) -> dict[str, Any]:
    """Count objects found, missed and false.

    Parameters
    ----------
    names : sequence of str
        Of the project's classes. Objects are not told apart by class: with several the one row
        has no name.
    images : sequence of ObjectErrors
        One per image.

    Returns
    -------
    dict
        ``unit``, ``names``, ``rows`` and ``matrix`` as for a classification; the last row and
        column of the matrix stand for nothing: false objects and missed ones.
    """
    found = sum(len(errors.matches) for errors in images)
    truth = sum(len(errors.truth) for errors in images)
    predicted = sum(len(errors.prediction) for errors in images)
    matrix = np.array([[found, truth - found], [predicted - found, 0]])
    row = {
        "index": 0,
        "support": truth,
        "predicted": predicted,
        "precision": found / max(predicted, 1),
        "recall": found / max(truth, 1),
        "f1": 2 * found / max(truth + predicted, 1),
    }
    return {
        "unit": "object",
        "names": [names[0] if len(names) == 1 else ""],
        "rows": [row],
        "matrix": matrix.tolist(),
    }
