"""Objects as basins of a watershed on the distance to the boundary."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.morphology import reconstruction
from skimage.segmentation import watershed

from training.decoding.base import BasinSettings

SMALLEST_SMOOTHED = 80


def distance_basins(maps: NDArray[Any], settings: BasinSettings) -> NDArray[np.int32]:
    """Flood from the distance's maxima of prominence ``settings.seed``.

    Parameters
    ----------
    maps : ndarray of float, shape (2, ...)
        Foreground probability, and normalised distance to the boundary.
    settings : BasinSettings
        Thresholds.

    Returns
    -------
    ndarray of int32, shape (...)
        Ids 1..n.
    """
    foreground, distance = maps[0], maps[1]
    mask = foreground > settings.foreground
    if settings.area > SMALLEST_SMOOTHED:
        distance = ndimage.gaussian_filter(distance, 1.0)
    seeds, _ = ndimage.label(_prominent(distance, settings.seed) & mask, np.ones((3,) * mask.ndim))
    labels = watershed(-distance, seeds, mask=mask)  # type: ignore[no-untyped-call]
    return np.asarray(labels, dtype=np.int32)


def _prominent(values: NDArray[Any], height: float) -> NDArray[np.bool_]:
    """Regional maxima that rise at least ``height`` above the saddle to a higher one."""
    filled = reconstruction(values - height, values, method="dilation")  # type: ignore[no-untyped-call]
    tops = values - filled
    # A maximum of the h-maxima transform; the tolerance absorbs rounding of float32.
    return np.asarray((tops >= height - 1e-5) & (values > height))
