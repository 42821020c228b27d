"""Zero-label segmentation: smoothing, threshold, watershed on the distance transform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.filters import threshold_otsu
from skimage.segmentation import watershed

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Segmented:
    """What was found without any label.

    Attributes
    ----------
    labels : ndarray of int32
        (Y, X) or (Z, Y, X); ids 1..n.
    confidences : ndarray of float32, shape (n,)
        In [0, 1], by the contrast of each object to its surroundings.
    diameter : float
        Typical diameter in pixels; 0 where nothing was found.
    """

    labels: NDArray[np.int32]
    confidences: NDArray[np.float32]
    diameter: float


def segment(picture: NDArray[Any]) -> Segmented:
    """Segment bright objects on a dark ground.

    Parameters
    ----------
    picture : ndarray
        (Y, X) or (Z, Y, X), any numeric dtype; NaN counts as dark.

    Returns
    -------
    Segmented
        Objects; none in a constant picture.
    """
    values = np.asarray(picture, dtype=np.float32)
    good = np.isfinite(values)
    values = np.where(good, values, values[good].min() if good.any() else 0)
    empty = Segmented(np.zeros(values.shape, np.int32), np.zeros(0, np.float32), 0.0)
    low, high = np.percentile(values, (1, 99.8))
    if not high > low:
        return empty
    values = np.sqrt(np.clip((values - low) / (high - low), 0, 1))
    smooth = ndimage.gaussian_filter(values, 1.0)
    threshold = threshold_otsu(smooth)
    mask = ndimage.binary_fill_holes(smooth > threshold)
    mask = ndimage.binary_opening(mask, iterations=1)
    distance = ndimage.gaussian_filter(ndimage.distance_transform_edt(mask), 1.0)
    if distance.max() <= 0:
        return empty
    radius = float(np.median(distance[peaks])) if (peaks := _peaks(distance, 2)) else 2.0
    peaks = _peaks(distance, max(2, round(radius)))
    seeds = np.zeros(values.shape, np.int32)
    seeds[peaks] = np.arange(1, len(peaks[0]) + 1)
    labels = watershed(-distance, seeds, mask=mask)
    sizes = np.bincount(labels.ravel())
    keep = sizes >= 0.1 * np.median(sizes[1:])
    keep[0] = False
    lookup = np.where(keep, np.cumsum(keep), 0).astype(np.int32)
    labels = lookup[labels]
    n = int(keep.sum())
    means = ndimage.mean(smooth, labels, np.arange(1, n + 1)) if n else np.zeros(0)
    confidences = np.clip((np.asarray(means) - threshold) / max(1 - threshold, 1e-6), 0, 1)
    diameters = np.sqrt(4 * np.bincount(labels.ravel())[1:] / np.pi)
    return Segmented(labels, confidences.astype(np.float32), float(np.median(diameters)))


def _peaks(distance: NDArray[Any], radius: int) -> tuple[NDArray[Any], ...]:
    return tuple(peak_local_max(distance, min_distance=radius, exclude_border=False).T)
