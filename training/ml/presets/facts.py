"""Facts of pictures from their pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.presets.base import PictureFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Every so many pixels are enough to know how intensities lie.
MOST_SAMPLED = 1 << 16


def describe_pictures(pictures: Sequence[NDArray[Any]]) -> PictureFacts:
    """Gather facts.

    Parameters
    ----------
    pictures : sequence of ndarray, shape (C, Z, Y, X)
        At least one; any dtype. A few are enough.

    Returns
    -------
    PictureFacts
        Medians over the pictures.

    Raises
    ------
    ValueError
        If there is no picture, or one is not of four axes.
    """
    if not pictures:
        raise ValueError("no picture to describe")
    if any(picture.ndim != 4 for picture in pictures):
        raise ValueError("pictures must be (C, Z, Y, X)")
    return PictureFacts(
        planes=int(np.median([picture.shape[1] for picture in pictures])),
        channels=int(np.median([picture.shape[0] for picture in pictures])),
        side=int(np.median([min(picture.shape[2:]) for picture in pictures])),
        ground=float(np.median([_ground(picture) for picture in pictures])),
        colour=float(np.median([_saturation(picture) for picture in pictures])),
    )


def _sample(picture: NDArray[Any]) -> NDArray[np.float64]:
    """Take some pixels of every channel, (C, N)."""
    flat = picture.reshape(len(picture), -1)
    stride = max(1, flat.shape[1] // MOST_SAMPLED)
    # An odd stride does not walk down one column of a picture of even width.
    return np.nan_to_num(flat[:, :: stride | 1].astype(np.float64))


def _ground(picture: NDArray[Any]) -> float:
    """Median of the mean channel between its 1st and its 99th percentile; 0 for a flat one."""
    low, middle, high = np.percentile(_sample(picture).mean(axis=0), (1, 50, 99))
    return float((middle - low) / (high - low)) if high > low else 0.0


def _saturation(picture: NDArray[Any]) -> float:
    """Mean of 1 - min / max over the pixels of an RGB picture (saturation of HSV)."""
    if len(picture) != 3:
        return 0.0
    values = _sample(picture)
    top = values.max(axis=0)
    return float(np.mean(np.where(top > 0, 1 - values.min(axis=0) / np.where(top > 0, top, 1), 0)))
