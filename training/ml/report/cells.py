"""Which wrong cells are shown: those that are most clearly wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.metrics.object_errors import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from training.metrics.object_errors import ObjectErrors
    from training.ml.report.object_classes import ClassedErrors

MOST_OF_A_KIND = 8


@dataclass(frozen=True)
class Cell:
    """One wrong object.

    Attributes
    ----------
    look : int
        Position of its image.
    object : int
        Its label: in the prediction for ``false``, in the truth for the others.
    kind : str
        ``missed``, ``false``, ``split``, ``merged``, or ``wrong``: found but of another class.
    iou : float
        Largest IoU with an object of the other side; 0 for ``false``.
    confidence : float or None
        Of the predicted object that is it or overlaps it most; None where there is none. For
        ``wrong``: of its class.
    gravity : float
        Worst first.
    truth, predicted : int or None
        Classes of a ``wrong`` one.
    """

    look: int
    object: int
    kind: str
    iou: float
    confidence: float | None
    gravity: float
    truth: int | None = None
    predicted: int | None = None


def wrong_cells(
    images: Sequence[tuple[ClassedErrors, Mapping[int, float]]], *, most: int = MOST_OF_A_KIND
) -> list[Cell]:
    """Choose found objects of a wrong class, of which the model was surest.

    Parameters
    ----------
    images : sequence of (ClassedErrors, mapping of int to float)
        Errors, and how sure the class of each predicted object is.
    most : int
        How many.

    Returns
    -------
    list of Cell
        The surest first.
    """
    cells = []
    for at, (image, sure) in enumerate(images):
        for name, theirs in image.wrong().items():
            chance = sure.get(theirs, 0.0)
            iou = image.errors.best_iou[name]
            classes = image.truth[name], image.prediction[theirs]
            cells.append(Cell(at, name, "wrong", iou, chance, chance, *classes))
    return sorted(cells, key=lambda cell: -cell.gravity)[:most]


def worst_cells(
    images: Sequence[tuple[ObjectErrors, Mapping[int, float]]], *, most: int = MOST_OF_A_KIND
) -> list[Cell]:
    """Choose the worst objects of each kind of error.

    False objects count the more the surer the model was; missed ones the less of them anything
    covers, larger ones first; split and merged ones by their area.

    Parameters
    ----------
    images : sequence of (ObjectErrors, mapping of int to float)
        Errors and confidence of the predicted objects.
    most : int
        Of each kind.

    Returns
    -------
    list of Cell
        In the order of ``KINDS``, worst first.
    """
    cells = [
        cell
        for at, (errors, confidence) in enumerate(images)
        for cell in (*_of_truth(at, errors, confidence), *_false(at, errors, confidence))
    ]
    chosen: list[Cell] = []
    for kind in KINDS:
        ranked = sorted((c for c in cells if c.kind == kind), key=lambda c: -c.gravity)
        chosen += ranked[:most]
    return chosen


def _of_truth(at: int, errors: ObjectErrors, confidence: Mapping[int, float]) -> list[Cell]:
    """Missed, split and merged objects; of equally covered ones the larger is worse."""
    cells = []
    largest = max(errors.areas.values(), default=1)
    for name, kind in errors.truth.items():
        if kind == "found":
            continue
        size, iou = errors.areas[name] / largest, errors.best_iou[name]
        gravity = 1 - iou + 0.1 * size if kind == "missed" else float(errors.areas[name])
        sure = confidence.get(errors.nearest.get(name, 0))
        cells.append(Cell(at, name, kind, iou, sure, gravity))
    return cells


def _false(at: int, errors: ObjectErrors, confidence: Mapping[int, float]) -> list[Cell]:
    return [
        Cell(at, name, kind, 0.0, confidence.get(name), confidence.get(name, 0.0))
        for name, kind in errors.prediction.items()
        if kind == "false"
    ]
