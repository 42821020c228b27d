"""Per-class table and confusion matrix of objects, with "nothing" as a class of its own."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from training.metrics.object_classes import object_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from training.metrics.object_classes import ClassCount
    from training.metrics.object_errors import ObjectErrors


@dataclasses.dataclass(frozen=True)
class ClassedErrors:
    """What became of the objects of one image, and of which class they are and were called.

    Attributes
    ----------
    errors : ObjectErrors
        Objects found, missed and false, whatever their class.
    truth, prediction : mapping of int to int
        Classes of true and predicted objects, as far as they have one.
    """

    errors: ObjectErrors
    truth: Mapping[int, int]
    prediction: Mapping[int, int]

    def wrong(self) -> dict[int, int]:
        """Return true objects that were found but given another class, with the predicted one."""
        return {
            mine: theirs
            for mine, theirs in self.errors.matches.items()
            if {mine} <= self.truth.keys()
            and {theirs} <= self.prediction.keys()
            and self.truth[mine] != self.prediction[theirs]
        }


def object_table(names: Sequence[str], images: Sequence[ObjectErrors]) -> dict[str, Any]:
    """Count objects found, missed and false, of all classes together.

    Parameters
    ----------
    names : sequence of str
        Of the project's classes. With several the one row has no name.
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


def classed_table(
    names: Sequence[str],
    images: Sequence[ClassedErrors],
    counts: Sequence[Sequence[ClassCount]],
) -> dict[str, Any]:
    """Count objects by class.

    Parameters
    ----------
    names : sequence of str
        Of the classes.
    images : sequence of ClassedErrors
        One per image.
    counts : sequence of sequences of ClassCount
        Of the same images, for the rows.

    Returns
    -------
    dict
        As of `object_table`, with AP50 and panoptic quality in the rows. The matrix matches
        objects whatever their class; objects that nobody has classed, and what was found for
        them, are left out and counted as ``unclassed``.
    """
    nothing = len(names)
    matrix = np.zeros((nothing + 1, nothing + 1), dtype=np.int64)
    unclassed = 0
    for image in images:
        pairs = Counter(_pairs(image, nothing))
        unclassed += sum(name not in image.truth for name in image.errors.truth)
        for (mine, theirs), n in pairs.items():
            matrix[mine, theirs] += n
    return {
        "unit": "object",
        "names": list(names),
        "rows": [dataclasses.asdict(row) for row in object_rows(counts)],
        "matrix": matrix.tolist(),
        "unclassed": unclassed,
    }


def _pairs(image: ClassedErrors, nothing: int) -> list[tuple[int, int]]:
    """List true and predicted class of each object that has one."""
    matches = image.errors.matches
    mine = [
        (image.truth[name], image.prediction.get(matches.get(name, 0), nothing))
        for name in image.errors.truth
        if name in image.truth
    ]
    found = set(matches.values())
    extra = [
        (nothing, image.prediction[name])
        for name in image.errors.prediction
        if name not in found and name in image.prediction
    ]
    return mine + extra
