"""The zero-label segmenter on several channels, and whether what it finds are objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from skimage.measure import regionprops

from training.ml.classical import Segmented, nothing, segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Share of its convex hull that an object fills, on average over the pixels of all objects: 0.93
# and more for nuclei, fluorescent or stained, 0.88 and less for the texture inside of cells.
LEAST_SOLIDITY = 0.89
CLEAR_SOLIDITY, CLEAR_CONFIDENCE = 0.93, 0.6
# An object of fewer pixels than this has no shape.
SHAPED = 8
SHAPELESS = 0.5
# All channels, of which the mean is looked at first.
EVERY = slice(None)


def segment_channels(channels: NDArray[Any]) -> Segmented:
    """Segment the channels that `choose_channels` chooses.

    Parameters
    ----------
    channels : ndarray, shape (C, Y, X) or (C, Z, Y, X)
        Any numeric dtype.

    Returns
    -------
    Segmented
        Labels (Y, X) or (Z, Y, X).
    """
    return choose_channels(channels)[1]


def choose_channels(channels: NDArray[Any]) -> tuple[slice | None, Segmented]:
    """Choose the mean of all channels or, where nothing clear stands out in it, the best channel.

    Nucleus and membrane in one picture sum up to texture, of which each alone is clear. Where no
    channel shows anything that looks like objects, nothing is found: hundreds of scraps are more
    work to remove than cells are to draw.

    Parameters
    ----------
    channels : ndarray, shape (C, Y, X) or (C, Z, Y, X)
        Any numeric dtype.

    Returns
    -------
    slice or None
        Channels whose mean to look at; None where there are no objects in any.
    Segmented
        What is found there: labels (Y, X) or (Z, Y, X).
    """
    mean = segment(mean_of(channels, EVERY))
    solidity, score = rate(mean)
    if solidity >= CLEAR_SOLIDITY and score >= CLEAR_SOLIDITY * CLEAR_CONFIDENCE:
        return EVERY, mean
    found = [(EVERY, mean)]
    if len(channels) > 1:
        alone = [slice(at, at + 1) for at in range(len(channels))]
        found += [(chosen, segment(mean_of(channels, chosen))) for chosen in alone]
    rated = [(rate(one), chosen, one) for chosen, one in found]
    plausible = [row for row in rated if row[0][0] >= LEAST_SOLIDITY]
    if not plausible:
        return None, nothing(mean.labels.shape)
    return max(plausible, key=lambda row: row[0][1])[1:]


def mean_of(channels: NDArray[Any], chosen: slice) -> NDArray[np.float32]:
    """Return the mean of the chosen ones among channels (C, ...)."""
    return np.asarray(channels[chosen].astype(np.float32).mean(axis=0))


def rate(found: Segmented) -> tuple[float, float]:
    """Say how much what was found looks like objects.

    Parameters
    ----------
    found : Segmented
        Of volumes the plane with most in it counts.

    Returns
    -------
    solidity, score : float
        In [0, 1]; the score takes the contrast of the objects into account, too.
    """
    if found.confidences.size == 0:
        return 0.0, 0.0
    plane = found.labels
    if plane.ndim == 3:
        plane = plane[np.count_nonzero(plane, axis=(1, 2)).argmax()]
    shapes = [(p.area, p.solidity if p.area >= SHAPED else SHAPELESS) for p in regionprops(plane)]  # type: ignore[no-untyped-call]
    areas, solidities = np.array(shapes, dtype=np.float64).T
    solidity = float(np.average(solidities, weights=areas))
    return solidity, solidity * float(np.median(found.confidences))
