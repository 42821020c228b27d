"""Objects as the pixels whose directions lead to one place."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from training.decoding.base import BasinSettings

# Votes of one object's pixels land within this distance of each other.
GATHER = 2
FEWEST_VOTES = 4
# Steps that are walked to the pixel's fraction, before walks are joined end to end.
EXACT_STEPS = 4


def flow_basins(maps: NDArray[Any], settings: BasinSettings) -> NDArray[np.int32]:
    """Join the pixels whose walks end at one place.

    Parameters
    ----------
    maps : ndarray of float, shape (1 + dims, ...)
        Foreground probability, and one component of the direction per axis.
    settings : BasinSettings
        Thresholds.

    Returns
    -------
    ndarray of int32, shape (...)
        Ids 1..n.
    """
    mask = maps[0] > settings.foreground
    ends = walk_ends(maps[1:], mask, steps=count_steps(settings.area, mask.ndim))
    sinks = find_sinks(ends, mask.shape, least=settings.seed * settings.area)
    labels = np.zeros(mask.shape, dtype=np.int32)
    labels[mask] = sinks.ravel()[ends]
    return labels


def count_steps(area: float, dims: int) -> int:
    """Count the steps that take any walk to the middle of its object, elongated ones included."""
    return int(2 * area ** (1 / dims)) + 4


def follow(points: NDArray[Any], vectors: NDArray[Any], *, steps: int) -> NDArray[np.float32]:
    """Walk along a vector field.

    Each step takes the vector of the nearest pixel: the field is smooth, and interpolating it
    takes ten times as long for the same ends.

    Parameters
    ----------
    points : ndarray of float32, shape (dims, n)
        Where the walks begin.
    vectors : ndarray of float32, shape (dims, ...)
        The field.
    steps : int
        Length of the walks.

    Returns
    -------
    ndarray of float32, shape (dims, n)
        Where they end.
    """
    limit = np.array(vectors.shape[1:], dtype=np.float32)[:, None] - 1
    flat = vectors.reshape(len(vectors), -1)
    for _ in range(steps):
        at = np.ravel_multi_index(tuple(np.rint(points).astype(np.intp)), vectors.shape[1:])
        points = np.clip(points + flat[:, at], 0, limit)
    return np.asarray(points, dtype=np.float32)


def find_sinks(
    ends: NDArray[np.intp], shape: tuple[int, ...], *, least: float
) -> NDArray[np.int32]:
    """Find the places where many walks end, and number them.

    Parameters
    ----------
    ends : ndarray of int, shape (n,)
        Flat indexes of ends.
    shape : tuple of int
        Of the plane (or volume).
    least : float
        Ends that a place needs within two pixels.

    Returns
    -------
    ndarray of int32, of the shape
        0 where nothing ends.
    """
    votes = np.bincount(ends, minlength=int(np.prod(shape))).astype(np.float32).reshape(shape)
    near = ndimage.uniform_filter(votes, 2 * GATHER + 1) * (2 * GATHER + 1) ** len(shape)
    peaks = (near >= max(least, FEWEST_VOTES)) & (votes > 0)
    around = np.ones((3,) * len(shape))
    sinks, _ = ndimage.label(ndimage.binary_dilation(peaks, around), around)
    return np.asarray(sinks, dtype=np.int32)


def walk_ends(vectors: NDArray[Any], mask: NDArray[np.bool_], *, steps: int) -> NDArray[np.intp]:
    """Find where the walks from a mask's pixels end.

    The walks' first steps are exact; then walks are joined, each where another one goes on, so
    that the length doubles each time. Directions lead back to the middle wherever one stands,
    so rounding between does not add up. Who has left the mask stays there.

    Parameters
    ----------
    vectors : ndarray of float32, shape (dims, ...)
        The field.
    mask : ndarray of bool, shape (...)
        Where walks begin.
    steps : int
        Least length of the walks.

    Returns
    -------
    ndarray of int, shape (n,)
        Flat indexes, in the order of the mask's pixels.
    """
    starts = np.stack(np.nonzero(mask)).astype(np.float32)
    ends = np.rint(follow(starts, vectors, steps=EXACT_STEPS)).astype(np.intp)
    jump = np.arange(mask.size)
    inside = np.flatnonzero(mask)
    jump[inside] = np.ravel_multi_index(tuple(ends), mask.shape)
    for _ in range(int(np.ceil(np.log2(max(steps / EXACT_STEPS, 1))))):
        jump[inside] = jump[jump[inside]]
    return jump[inside]
