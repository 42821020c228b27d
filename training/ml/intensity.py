"""Intensities: what a network sees of a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.errors import TrainingError

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
        Not clipped; a constant channel becomes 0.
    """
    out = np.empty(channels.shape, dtype=np.float32)
    for at, channel in enumerate(channels):
        values = finite(channel)
        bottom, top = (float(mark) for mark in np.percentile(values, (low, high)))
        if top <= bottom:
            # Few bright pixels on a flat ground: percentiles coincide, the range does not.
            bottom, top = float(values.min()), float(values.max())
        span = top - bottom
        out[at] = (values - bottom) / span if span > 0 else 0.0
    return out
