"""Intensities: what a network sees of a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.errors import TrainingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Brighter or darker than this, in spans of the picture, no pixel is for a network: half precision
# ends at 65,504, and one hot pixel of a picture of fractions would make a whole batch infinite.
FURTHEST = 1000.0
# Percentiles of so many pixels are as good as those of all.
MOST_SAMPLED = 1 << 24


def finite(values: NDArray[Any]) -> NDArray[np.float32]:
    """Replace NaN and infinity by the smallest finite value.

    Parameters
    ----------
    values : ndarray
        Any shape and numeric dtype.

    Returns
    -------
    ndarray of float32
        Finite everywhere.

    Raises
    ------
    TrainingError
        Code ``no_finite_pixels``.
    """
    # Detector counts of 32-bit integers lose their lowest bits only.
    out = np.asarray(values, dtype=np.float32)
    good = np.isfinite(out)
    if good.all():
        return out
    if not good.any():
        raise TrainingError("no_finite_pixels", "The picture holds no number, only NaN.")
    return np.where(good, out, out[good].min())


def normalise(channels: NDArray[Any], *, low: float, high: float) -> NDArray[np.float32]:
    """Map the low and high percentiles of each channel to 0 and 1.

    Parameters
    ----------
    channels : ndarray, shape (C, ...)
        Intensities of any dtype.
    low, high : float
        Percentiles.

    Returns
    -------
    ndarray of float32, shape (C, ...)
        Up to 1000 either way; a constant channel becomes 0.
    """
    return scale_by(channels, find_marks(channels, low=low, high=high))


def find_marks(channels: NDArray[Any], *, low: float, high: float) -> NDArray[np.float32]:
    """Intensities of each channel that become 0 and 1.

    Parameters
    ----------
    channels : ndarray, shape (C, ...)
        Intensities of any dtype. Of large pictures every n-th pixel along Y and X is looked at.
    low, high : float
        Percentiles.

    Returns
    -------
    ndarray of float32, shape (C, 2)
        Both alike for a constant channel.
    """
    step = max(1, int(np.sqrt(channels[0].size / MOST_SAMPLED)))
    marks = np.empty((len(channels), 2), dtype=np.float32)
    for at, channel in enumerate(channels):
        values = finite(channel[..., ::step, ::step])
        bottom, top = (float(mark) for mark in np.percentile(values, (low, high)))
        if top <= bottom:
            # Few bright pixels on a flat ground: percentiles coincide, the range does not.
            bottom, top = float(values.min()), float(values.max())
        marks[at] = bottom, top
    return marks


def scale_by(channels: NDArray[Any], marks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Map each channel's marks (C, 2) to 0 and 1; a constant channel becomes 0.

    Parameters
    ----------
    channels : ndarray, shape (C, ...)
        Intensities of any dtype.
    marks : ndarray of float32, shape (C, 2)
        From `find_marks`.

    Returns
    -------
    ndarray of float32, shape (C, ...)
        Up to 1000 either way.
    """
    out = np.empty(channels.shape, dtype=np.float32)
    for at, (channel, (bottom, top)) in enumerate(zip(channels, marks, strict=True)):
        span = top - bottom
        out[at] = (finite(channel) - bottom) / span if span > 0 else 0.0
    return np.clip(out, -FURTHEST, FURTHEST, out=out)
