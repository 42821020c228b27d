"""Objects whose label and the model's confident answer disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from training.doctor.evidence import Doubt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

# The model's confidence in an object that nobody drew.
SURE = 0.9
# Mean foreground probability under a drawn object of which the model is sure that it is none.
ABSENT = 0.05
# Share of an object that the other side covers, above which the two agree that something is there.
COVERED = 0.1
# Of the median labelled object's size; smaller ones are specks.
SMALLEST = 0.3


def find_doubts(
    sample: str,
    truth: NDArray[Any],
    guess: NDArray[Any],
    confidence: Mapping[int, float],
    foreground: NDArray[Any] | None,
) -> list[Doubt]:
    """Find objects that nobody drew, and drawn ones where the model is sure of none.

    Parameters
    ----------
    sample : str
        Id of the item.
    truth, guess : ndarray of int, shape (Y, X)
        Labels; 0 = background, -1 in `truth` = not labelled.
    confidence : mapping of int to float
        Of each guessed object.
    foreground : ndarray of float or None, shape (y, x)
        Foreground probability, no finer than the picture; None = nothing is known of it.

    Returns
    -------
    list of Doubt
        The surest first.
    """
    drawn = np.maximum(truth, 0)
    sizes = np.bincount(drawn.ravel())
    known = sizes[1:][sizes[1:] > 0]
    smallest = SMALLEST * float(np.median(known)) if known.size else 1.0
    found = [
        Doubt(sample, "missing", *middle, confidence=float(confidence.get(at, 0.0)))
        for at, middle in _uncovered(guess, truth != 0, smallest)
        if confidence.get(at, 0.0) >= SURE
    ]
    if foreground is not None:
        wide = _widen(foreground, truth.shape)
        found += [
            Doubt(sample, "extra", *middle, confidence=1 - said)
            for at, middle in _uncovered(drawn, guess > 0, smallest)
            if (said := float(wide[drawn == at].mean())) <= ABSENT
        ]
    return sorted(found, key=lambda doubt: -doubt.confidence)


def _uncovered(
    labels: NDArray[Any], cover: NDArray[np.bool_], smallest: float
) -> list[tuple[int, tuple[float, float]]]:
    """Objects that are hardly covered, with their middles (y, x)."""
    flat = labels.ravel()
    sizes = np.bincount(flat)
    covered = np.bincount(flat, weights=cover.ravel(), minlength=sizes.size)
    at = np.flatnonzero((sizes >= max(smallest, 1)) & (covered < COVERED * sizes))
    at = at[at > 0]
    middles = ndimage.center_of_mass(labels > 0, labels, at)
    return [(int(n), (float(y), float(x))) for n, (y, x) in zip(at, middles, strict=True)]


def _widen(values: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Repeat pixels until a map has the picture's shape."""
    index = [
        np.minimum(np.arange(new) * old // new, old - 1)
        for old, new in zip(values.shape, shape, strict=True)
    ]
    return np.asarray(values[np.ix_(*index)])
