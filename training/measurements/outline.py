"""Perimeter, solidity, and who touches whom."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from skimage.morphology import convex_hull_image

from training.measurements.base import Column, Family, Layout, Region, Values

STRAIGHT, DIAGONAL = (5, 7, 15, 17, 25, 27), (21, 33)
CORNER = (13, 23)
SIDES = ((0, 1), (1, 0), (0, -1), (-1, 0))
CORNERS = ((1, 1), (1, -1), (-1, 1), (-1, -1))
# Pixels longer than wide by more than this have no perimeter by counting steps.
UNEVEN = 0.01


def _outline_columns(layout: Layout) -> Sequence[Column]:
    columns = []
    if layout.dims == 2:
        columns.append(
            layout.length("perimeter", "Length of the outline through the border pixels' centres.")
        )
    hull = "Share of its convex hull that the object fills."
    return [*columns, Column("solidity", "", "float", hull)]


def _measure_outline(region: Region) -> Sequence[Values]:
    solid = _solidity(region)
    if region.layout.dims == 3:
        return [solid]
    _, y, x = region.layout.steps
    if abs(y - x) > UNEVEN * x:
        return [np.full(len(region.ids), np.nan), solid]
    return [measure_perimeters(region.numbers[0], len(region.ids)) * x, solid]


def measure_perimeters(numbers: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Perimeter of each object in pixels, from the neighbourhoods of border pixels.

    Parameters
    ----------
    numbers : ndarray of int, shape (Y, X)
        Objects 1..count; 0 = anything else.
    count : int
        Objects.

    Returns
    -------
    ndarray of float64, shape (count,)
        Steps along the border, 1 for a straight and sqrt(2) for a diagonal one.

    Notes
    -----
    The estimator of Benkrid, Crookes and Benkrid, "Design and FPGA implementation of a perimeter
    estimator" (2000), which scikit-image uses too, for all objects at once.
    """
    padded = np.pad(numbers, 2)
    inside = padded > 0
    border = np.zeros_like(inside)
    for dy, dx in SIDES:
        border |= inside & (np.roll(padded, (-dy, -dx), (0, 1)) != padded)
    y, x = np.nonzero(border)
    own = padded[y, x]
    code = np.ones(len(y), dtype=np.int64)
    for weight, steps in ((2, SIDES), (10, CORNERS)):
        for dy, dx in steps:
            at = (y + dy, x + dx)
            code += weight * (border[at] & (padded[at] == own))
    weights = np.zeros(50)
    weights[list(STRAIGHT)] = 1.0
    weights[list(DIAGONAL)] = np.sqrt(2)
    weights[list(CORNER)] = (1 + np.sqrt(2)) / 2
    total = np.bincount(own, weights=weights[code], minlength=count + 1)
    return np.asarray(total[1:], dtype=np.float64)


def _solidity(region: Region) -> NDArray[np.float64]:
    values = np.full(len(region.ids), np.nan)
    for at in range(len(region.ids)):
        mask = region.numbers[region.box(at)] == at + 1
        if min(mask.shape) == 1:
            mask = mask.reshape(_in_plane(mask.shape))
        elif _is_flat(mask):
            continue
        hull = int(convex_hull_image(mask).sum())  # type: ignore[no-untyped-call]
        values[at] = region.pixels.counts[at] / hull
    return values


def _in_plane(shape: tuple[int, ...]) -> tuple[int, int]:
    """Shape (Y, X) of an object that lies in one plane along the axes."""
    flat = shape.index(1)
    y, x = (n for axis, n in enumerate(shape) if axis != flat)
    return y, x


def _is_flat(mask: NDArray[np.bool_]) -> bool:
    """Whether voxels lie in one oblique plane, so that they have no hull with a volume."""
    places = np.argwhere(mask)
    return bool(np.linalg.matrix_rank(places - places[0]) < mask.ndim)


def _contact_columns(_layout: Layout) -> Sequence[Column]:
    about = "Other objects that share a side of a pixel with this one."
    return [Column("touching_neighbours", "", "int", about)]


def _measure_contacts(region: Region) -> Sequence[Values]:
    pairs = []
    for axis in range(3):
        size = region.labels.shape[axis]
        one = np.take(region.labels, range(size - 1), axis=axis)
        other = np.take(region.labels, range(1, size), axis=axis)
        meets = (one != other) & (one > 0) & (other > 0)
        pairs.append(np.stack([one[meets], other[meets]], axis=1))
    both = np.concatenate(pairs).astype(np.int64)
    unique = np.unique(np.concatenate([both, both[:, ::-1]]), axis=0)
    at = np.searchsorted(region.ids, unique[:, 0])
    at = np.minimum(at, len(region.ids) - 1)
    mine = region.ids[at] == unique[:, 0]
    return [np.bincount(at[mine], minlength=len(region.ids))]


OUTLINE = Family("outline", _outline_columns, _measure_outline)
CONTACTS = Family("contacts", _contact_columns, _measure_contacts)
