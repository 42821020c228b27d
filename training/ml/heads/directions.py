"""Directions to the centre of each object, round the corners of those that are bent."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage, sparse
from scipy.sparse.linalg import spsolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Pixels nearer to the centre than this have no clear direction; the vector fades there.
FADE = 2.0
# Objects are not solved for where no more of their pixels than this share do not see the centre.
UNSEEN = 0.02
# Points between a pixel and the centre that are looked at.
SIGHTS = 16
# What flows to neighbours along one axis, and along two, of a pixel and of a voxel: the same in all
# directions (isotropic Laplacians of 9 and 19 points).
NEIGHBOURS = {2: {1: 2 / 3, 2: 1 / 6}, 3: {1: 1 / 3, 2: 1 / 6}}
# Objects of more pixels (voxels) are not worth the time, about 0.2 s, that solving for their heat
# takes.
MOST_PIXELS = {2: 20_000, 3: 3_000}


def directions(labels: NDArray[Any]) -> NDArray[np.float32]:
    """Find the direction from each pixel to the centre of its object.

    The centre is the median of the object's pixels, or the pixel nearest to it where the object
    bends round it. From where it is seen the direction is straight; elsewhere it is that of the
    shortest way within the object.

    Parameters
    ----------
    labels : ndarray of int, shape (...)
        Objects 1..n.

    Returns
    -------
    ndarray of float32, shape (dims, ...)
        One component per axis, in axis order. Of length 1, less within two pixels of the centre,
        0 outside objects.
    """
    out = np.zeros((labels.ndim, *labels.shape), dtype=np.float32)
    there = labels > 0
    if not there.any():
        return out
    pixels, ids = np.argwhere(there), labels[there]
    boxes = ndimage.find_objects(labels)
    centres = _centres(labels, pixels, ids, boxes)
    vector = centres[ids] - pixels
    length = np.sqrt((vector**2).sum(axis=1, keepdims=True))
    out[:, there] = (vector / np.maximum(length, FADE)).T
    hidden = np.zeros(labels.shape, dtype=bool)
    hidden[there] = _unseen(labels, pixels, ids, vector)
    share = np.bincount(ids, hidden[there]) / np.maximum(np.bincount(ids), 1)
    for name in np.flatnonzero(share > UNSEEN):
        box = boxes[name - 1]
        mask = labels[box] == name
        if np.count_nonzero(mask) <= MOST_PIXELS[labels.ndim]:
            ways = shortest_ways(mask, centres[name] - [part.start for part in box])
            turned = mask & hidden[box] & ways.any(axis=0)
            out[(slice(None), *box)][:, turned] = ways[:, turned]
    return out


def _centres(
    labels: NDArray[Any],
    pixels: NDArray[np.intp],
    ids: NDArray[Any],
    boxes: Sequence[tuple[slice, ...]],
) -> NDArray[np.float64]:
    """Median of each object's pixels, by id; the object's nearest pixel where it is another's."""
    every = np.arange(int(ids.max()) + 1)
    centres = np.stack([np.asarray(ndimage.median(axis, ids, every)) for axis in pixels.T], axis=1)
    there = np.flatnonzero(np.bincount(ids))
    own = labels[tuple(np.rint(centres[there]).astype(np.intp).T)] == there
    for name in there[~own]:
        box = boxes[name - 1]
        mine = np.argwhere(labels[box] == name) + [part.start for part in box]
        centres[name] = mine[((mine - centres[name]) ** 2).sum(axis=1).argmin()]
    return centres


def _unseen(
    labels: NDArray[Any],
    pixels: NDArray[np.intp],
    ids: NDArray[Any],
    vector: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Whether something else lies between a pixel and the centre of its object."""
    hidden = np.zeros(len(ids), dtype=bool)
    for part in np.arange(1, SIGHTS + 1) / SIGHTS:
        at = np.rint(pixels + part * vector).astype(np.intp)
        hidden |= labels[tuple(at.T)] != ids
    return hidden


def shortest_ways(mask: NDArray[np.bool_], centre: NDArray[Any]) -> NDArray[np.float32]:
    """Find the directions of the shortest ways within one object.

    Heat that spreads for a short time from the centre falls along them.

    Parameters
    ----------
    mask : ndarray of bool, shape (...)
        The object.
    centre : ndarray of float, shape (dims,)
        Where ways lead: to the object's nearest pixel.

    Returns
    -------
    ndarray of float32, shape (dims, ...)
        Of length 1, less within two pixels of the centre; 0 outside, and in parts that have no
        way to it.

    References
    ----------
    Crane, Weischedel and Wardetzky, "Geodesics in Heat", ACM Transactions on Graphics 32(5),
    2013, algorithm 1, steps I and II.
    """
    pixels = np.argwhere(mask)
    far = np.sqrt(((pixels - centre) ** 2).sum(axis=1))
    source = int(far.argmin())
    heat = np.full(np.array(mask.shape) + 2, np.nan)
    inside = tuple((pixels + 1).T)
    heat[inside] = _log_heat(pixels, mask.shape, source)
    middle = heat[inside]
    slopes = []
    for axis in range(mask.ndim):
        # Nothing flows through the object's edge: along it, directions turn to its inside.
        sides = [heat[tuple((pixels + 1 + step).T)] for step in _steps(axis, mask.ndim)]
        ahead, behind = (np.where(np.isnan(side), middle, side) for side in sides)
        slopes.append(ahead - behind)
    steepest = np.stack(slopes)
    away = np.sqrt(((pixels - pixels[source]) ** 2).sum(axis=1))
    steepest *= np.minimum(away / FADE, 1) / np.maximum(np.linalg.norm(steepest, axis=0), 1e-9)
    out = np.zeros((mask.ndim, *mask.shape), dtype=np.float32)
    out[:, mask] = steepest
    return out


def _steps(axis: int, dims: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """One pixel ahead along an axis, and one behind."""
    ahead = np.zeros(dims, dtype=np.intp)
    ahead[axis] = 1
    return ahead, -ahead


def _log_heat(pixels: NDArray[np.intp], shape: tuple[int, ...], source: int) -> NDArray[np.float64]:
    """Logarithm of the heat of each pixel after a short while, in one implicit step.

    Heat falls exponentially with the way: its logarithm has slopes that hold far away, too.
    """
    n = len(pixels)
    number = np.full(np.array(shape) + 2, -1)
    number[tuple((pixels + 1).T)] = np.arange(n)
    lost = np.zeros(n)
    rows, columns, flows = [], [], []
    for step in itertools.product((-1, 0, 1), repeat=len(shape)):
        weight = NEIGHBOURS[len(shape)].get(int(np.count_nonzero(step)))
        if weight is None:
            continue
        beside = number[tuple((pixels + 1 + step).T)]
        (there,) = np.nonzero(beside >= 0)
        lost[there] += weight
        rows.append(there)
        columns.append(beside[there])
        flows.append(np.full(len(there), weight))
    places = np.concatenate(rows), np.concatenate(columns)
    gained = sparse.coo_matrix((np.concatenate(flows), places), shape=(n, n))
    start = np.zeros(n)
    start[source] = 1.0
    heat = spsolve((sparse.diags(1 + lost) - gained).tocsc(), start)
    return np.asarray(np.log(np.maximum(heat, np.finfo(np.float64).tiny)))
