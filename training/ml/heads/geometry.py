"""Shared steps of making targets and decoding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from training.decoding.interior import interior
from training.ml.heads.base import Decoded

if TYPE_CHECKING:
    from numpy.typing import NDArray


def boundary_distance(labels: NDArray[Any]) -> NDArray[np.float32]:
    """Distance of each object's pixels to its boundary, as a share of the object's largest.

    Parameters
    ----------
    labels : ndarray of int
        Any number of axes.

    Returns
    -------
    ndarray of float32
        In (0, 1] inside objects, 0 outside.
    """
    if not labels.any():
        return np.zeros(labels.shape, dtype=np.float32)
    inside = interior(labels)
    if inside.all():
        return np.ones(labels.shape, dtype=np.float32)
    distance = np.where(labels > 0, ndimage.distance_transform_edt(inside) + 1, 0)
    largest = ndimage.maximum(distance, labels, np.arange(labels.max() + 1))
    scale = np.where(np.arange(labels.max() + 1) > 0, np.maximum(largest, 1), 1)
    return np.asarray(distance / scale[labels], dtype=np.float32)


def relabel_scored(
    labels: NDArray[Any], certainty: NDArray[Any], *, smallest: float, score: float
) -> Decoded:
    """Score objects, drop small and doubtful ones, and number the rest 1..n.

    Parameters
    ----------
    labels : ndarray of int
        Candidate objects.
    certainty : ndarray of float
        Per pixel; an object's score is its mean.
    smallest : float
        Pixels.
    score : float
        Smallest score.

    Returns
    -------
    Decoded
        Objects that are left.
    """
    flat = labels.ravel()
    sizes = np.bincount(flat)
    sums = np.bincount(flat, weights=certainty.ravel(), minlength=sizes.size)
    means = sums / np.maximum(sizes, 1)
    keep = (sizes >= max(smallest, 1)) & (means >= score)
    keep[0] = False
    lookup = np.where(keep, np.cumsum(keep), 0).astype(np.int32)
    return Decoded(lookup[labels], means[keep].clip(0, 1).astype(np.float32))
