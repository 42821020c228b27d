"""How large the objects of a picture are: a guess without the network, then a measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.classical import segment
from training.ml.scaling import resize, typical_diameter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from training.ml.heads import Decoded

# Estimates further outside the training's sizes than this are not believed.
SIZE_MARGIN = 1.5
FEWEST_FOR_SCALE = 3
# The first guess looks at this much of a large picture.
GUESS_SIDE = 512
# Objects of this diameter are clear enough in a picture of half the size.
CLEAR_IN_HALF = 14.0


def guess_diameter(values: NDArray[np.float32]) -> float:
    """Diameter that the zero-label segmenter finds in the middle of a picture.

    Large objects are seen as well, and faster, at half the size.

    Parameters
    ----------
    values : ndarray of float32, shape (C, Y, X) or (C, Z, Y, X)
        Normalised.

    Returns
    -------
    float
        Pixels; 0 where nothing is found.
    """
    middle = tuple(
        slice(max(0, (n - GUESS_SIDE) // 2), (n + GUESS_SIDE) // 2) for n in values.shape[1:]
    )
    mean = values[(slice(None), *middle)].mean(axis=0)
    diameter = 2 * segment(resize(mean, [max(1, n // 2) for n in mean.shape])).diameter
    return diameter if diameter >= CLEAR_IN_HALF else segment(mean).diameter


def measure_diameter(found: Decoded, shape: Sequence[int]) -> float | None:
    """Diameter of the objects that a network found.

    Where the scale is far off the network still tends the right way: at too large a zoom it
    finds pieces of objects, but larger ones than were expected.

    Parameters
    ----------
    found : Decoded
        At the network's scale.
    shape : sequence of int
        Of the picture itself.

    Returns
    -------
    float or None
        Pixels of the picture; None with too few objects.
    """
    if len(found.scores) < FEWEST_FOR_SCALE:
        return None
    # What is noise at a wrong scale is among the doubtful ones.
    certain = np.concatenate([[False], found.scores >= np.median(found.scores)])
    labels = found.labels * certain[found.labels]
    shrunk = (np.prod(shape) / labels.size) ** (1 / labels.ndim)
    return typical_diameter(labels) * float(shrunk)


def believable(diameter: float, seen: Mapping[str, Any]) -> float:
    """Keep an estimate near the sizes ``low`` to ``high`` of training; 0 becomes its ``median``."""
    if diameter <= 0:
        return float(seen["median"])
    return float(np.clip(diameter, seen["low"] / SIZE_MARGIN, seen["high"] * SIZE_MARGIN))
