"""Fixed features of a picture: what it looks like, without any training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from training.ml.intensity import finite

if TYPE_CHECKING:
    from numpy.typing import NDArray

PERCENTILES = (1, 10, 25, 50, 75, 90, 97, 99.8)
SCALES = (1.0, 2.0, 4.0, 8.0)
ORIENTATIONS = 4
LARGEST_SIDE = 512
FEATURES_PER_CHANNEL = len(PERCENTILES) + 4 + len(SCALES) * 3 + ORIENTATIONS + 4


def picture_features(picture: NDArray[Any]) -> NDArray[np.float32]:
    """Intensity, texture and shape statistics, the same number for any size of picture.

    Parameters
    ----------
    picture : ndarray, shape (C, Y, X) or (C, Z, Y, X)
        Any numeric dtype; volumes are seen as their maximum projection.

    Returns
    -------
    ndarray of float32, shape (C * FEATURES_PER_CHANNEL,)
        Finite. Intensities count on a logarithmic scale, so that 8 and 16 bits compare.

    Raises
    ------
    TrainingError
        Code ``no_finite_pixels``.
    """
    small = _shrink(picture)
    planes = small.max(axis=1) if small.ndim == 4 else small
    return np.concatenate([_channel(finite(plane)) for plane in planes])


def _shrink(picture: NDArray[Any]) -> NDArray[Any]:
    """Every nth pixel, so that a side has at most 512: features cost the same for any size."""
    step = max(1, -(-max(picture.shape[-2:]) // LARGEST_SIDE))
    return picture[..., ::step, ::step]


def _channel(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Features of one plane."""
    marks = np.percentile(plane, PERCENTILES)
    span = marks[-1] - marks[0]
    level = np.sign(marks) * np.log1p(np.abs(marks))
    flat = (plane - marks[0]) / span if span > 0 else np.zeros_like(plane)
    flat = np.clip(flat, -0.5, 2)
    centred = flat - flat.mean()
    deviation = float(flat.std()) + 1e-6
    moments = [
        float(flat.mean()),
        deviation,
        float(np.clip((centred**3).mean() / deviation**3, -10, 10)),
        float(np.clip((centred**4).mean() / deviation**4, 0, 50)) / 5,
    ]
    return np.concatenate(
        [level, moments, _texture(flat), _directions(flat), _layout(flat)]
    ).astype(np.float32)


def _texture(flat: NDArray[np.float32]) -> list[float]:
    """Strength of detail at each scale: mean, spread, share of bright spots."""
    out, previous = [], flat
    for scale in SCALES:
        smooth = ndimage.gaussian_filter(flat, scale, mode="nearest")
        band = previous - smooth
        out += [
            float(np.abs(band).mean()) * 10,
            float(band.std()) * 10,
            float((band > 0.05).mean()) * 4,
        ]
        previous = smooth
    return out


def _directions(flat: NDArray[np.float32]) -> NDArray[np.float64]:
    """Share of gradient in each of four orientations, ordered by strength.

    The order, and not the angle, is kept: turning a picture must not change what it is like.
    """
    dy, dx = (ndimage.gaussian_filter(flat, 1.0, order=o) for o in ((1, 0), (0, 1)))
    strength = np.hypot(dy, dx)
    bins = (np.arctan2(dy, dx) % np.pi / np.pi * ORIENTATIONS).astype(int) % ORIENTATIONS
    sums = np.bincount(bins.ravel(), weights=strength.ravel(), minlength=ORIENTATIONS)
    return np.sort(sums / max(float(sums.sum()), 1e-6))[::-1]


def _layout(flat: NDArray[np.float32]) -> list[float]:
    """Where the light is: middle against rim, its extent, share above the middle level."""
    ny, nx = flat.shape
    y, x = np.ogrid[:ny, :nx]
    far = np.hypot((y + 0.5) / ny - 0.5, (x + 0.5) / nx - 0.5)
    weight = np.clip(flat, 0, None)
    total = float(weight.sum()) + 1e-6
    bright = flat > 0.5
    return [
        float((weight * far).sum()) / total,
        float(flat[far < 0.25].mean()) if (far < 0.25).any() else 0.0,
        float(bright.mean()),
        float(ndimage.label(bright)[1]) ** 0.5 / 10,
    ]
