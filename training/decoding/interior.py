"""What of an object is not its edge."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def interior(labels: NDArray[Any]) -> NDArray[np.bool_]:
    """Pixels whose direct neighbours all carry the same label.

    Parameters
    ----------
    labels : ndarray of int
        Any number of axes.

    Returns
    -------
    ndarray of bool
        False for background. The picture's rim does not count as a boundary.
    """
    inside = labels > 0
    for axis in range(labels.ndim):
        if labels.shape[axis] < 2:
            continue
        same = np.diff(labels, axis=axis) == 0
        ahead = [slice(None)] * labels.ndim
        behind = [slice(None)] * labels.ndim
        ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
        inside[tuple(ahead)] &= same
        inside[tuple(behind)] &= same
    return inside


def cores(labels: NDArray[Any], within: NDArray[np.bool_]) -> NDArray[Any]:
    """Keep the interior of each object; all of it where it is too thin to have one.

    Parameters
    ----------
    labels : ndarray of int
        Objects 1..n.
    within : ndarray of bool, same shape
        Where pixels may be kept.

    Returns
    -------
    ndarray of int
        0 elsewhere.
    """
    inside = interior(labels) & within
    thick = np.bincount(labels[inside], minlength=int(labels.max(initial=0)) + 1) > 0
    return np.where(inside | (within & ~thick[labels]), labels, 0)
