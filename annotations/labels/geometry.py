"""Where objects lie, as points (x, y) of full resolution. Pure NumPy."""

from dataclasses import dataclass

import numpy as np

from annotations.labels.bands import LabelImage, bands_of, count_objects, number_rows


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


def locate_objects(labels: LabelImage) -> list[ObjectPlace]:
    """Locate the objects of a label image (T, Z, Y, X), in the order of their ids."""
    counted = count_objects(labels)
    if counted.ids.size == 0:
        return []
    size = counted.ids.size + 1
    sums = np.zeros((4, size))
    for band in bands_of(labels.shape):
        numbers = number_rows(labels.rows(band), counted.ids)
        y, x = np.nonzero(numbers)
        found = numbers[y, x]
        pixels = np.bincount(found, minlength=size)
        sums += [
            band.t * pixels,
            band.z * pixels,
            np.bincount(found, weights=y + band.y0, minlength=size),
            np.bincount(found, weights=x, minlength=size),
        ]
    middles = (sums[:, 1:] / counted.areas).T
    return [
        ObjectPlace(id=number, t=round(t), z=round(z), x=round(x, 2), y=round(y, 2), area=int(area))
        for number, (t, z, y, x), area in zip(
            counted.ids.tolist(), middles.tolist(), counted.areas, strict=True
        )
    ]
