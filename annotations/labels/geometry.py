"""Where objects lie, as points (x, y) of full resolution. Pure NumPy."""

from dataclasses import dataclass

import numpy as np

from annotations.labels.masks import Labels, compact


@dataclass(frozen=True)
class ObjectPlace:
    """The middle of one object, its plane and its size.

    Attributes
    ----------
    id : int
        Object id.
    t, z : int
        The plane nearest to the middle.
    x, y : float
        Middle in pixels; pixel centres are integers.
    area : int
        Pixels (voxels) in all planes.
    """

    id: int
    t: int
    z: int
    x: float
    y: float
    area: int


def locate_objects(labels: Labels) -> list[ObjectPlace]:
    """Locate the objects of a label image (T, Z, Y, X), in the order of their ids."""
    where = np.nonzero(labels)
    if where[0].size == 0:
        return []
    numbers, ids = compact(labels[where])
    areas = np.bincount(numbers, minlength=ids.size + 1)[1:]
    middles = [
        np.bincount(numbers, weights=axis, minlength=ids.size + 1)[1:] / areas for axis in where
    ]
    return [
        ObjectPlace(
            id=int(ids[n]),
            t=round(float(middles[0][n])),
            z=round(float(middles[1][n])),
            x=round(float(middles[3][n]), 2),
            y=round(float(middles[2][n]), 2),
            area=int(areas[n]),
        )
        for n in range(ids.size)
    ]
