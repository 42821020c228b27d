"""What can be said of a label image without knowing what it shows. Pure NumPy."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.uint32]


def object_ids(labels: Labels) -> npt.NDArray[np.uint32]:
    """Return the ids in a label image of any shape, ascending, without background."""
    foreground = labels[labels > 0]
    return np.unique(foreground)


def class_image(labels: Labels, classes: Mapping[int, int], *, unclassed: int = 0) -> Labels:
    """Return the class of each pixel: objects of one class become one mask.

    Parameters
    ----------
    labels : ndarray of uint32, any shape
        Objects, 0 = background.
    classes : mapping of int to int
        Object id to class index.
    unclassed : int
        What pixels of objects without a class get.

    Returns
    -------
    ndarray of uint32, the shape of `labels`
        Class indexes, 0 = background.
    """
    numbers, ids = compact(labels)
    lookup = [0, *(classes.get(number, unclassed) for number in ids.tolist())]
    return np.array(lookup, dtype=np.uint32)[numbers]


def compact(labels: Labels) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """Give objects the numbers 1..N, in the order of their ids.

    Returns
    -------
    numbers : ndarray of int64, the shape of `labels`
        0 stays background.
    ids : ndarray of uint32, (N,)
        `ids[n - 1]` is the id of object n.
    """
    ids, inverse = np.unique(labels, return_inverse=True)
    numbers = inverse.reshape(labels.shape).astype(np.int64)
    if ids.size and ids[0] == 0:
        return numbers, ids[1:]
    return numbers + 1, ids
