"""Rescaling pictures to the size at which the network saw objects in training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.doctor.measure import object_sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Beyond these zooms pixels are invented or objects lost, whatever the size estimate says.
SMALLEST_ZOOM, LARGEST_ZOOM = 0.15, 3.0
# Sides of pictures come in so many steps from one power of two to the next, from this side on.
STEPS, LEAST_ON_GRID = 16, 64


def object_diameters(labels: NDArray[Any]) -> NDArray[np.float64]:
    """Diameter of each object, as that of the disc (ball) of its area (volume).

    Parameters
    ----------
    labels : ndarray of int
        (Y, X) or (Z, Y, X), 0 = background.

    Returns
    -------
    ndarray of float64
        Pixels, one per object.
    """
    sizes = object_sizes(labels).astype(np.float64)
    if labels.ndim == 2:
        return np.sqrt(4 * sizes / np.pi)
    return np.cbrt(6 * sizes / np.pi)


def typical_diameter(labels: NDArray[Any]) -> float:
    """Diameter above which half of the objects' area lies; 0 when there is no object.

    Weighting by area keeps a handful of specks from deciding the scale of a picture of
    large cells.

    Parameters
    ----------
    labels : ndarray of int
        (Y, X) or (Z, Y, X).

    Returns
    -------
    float
        Pixels.
    """
    diameters = np.sort(object_diameters(labels))
    if not diameters.size:
        return 0.0
    weights = np.cumsum(diameters**2)
    return float(diameters[np.searchsorted(weights, weights[-1] / 2)])


def zoom_factors(
    diameter: float, *, wanted: float, dims: int, anisotropy: float = 1.0
) -> tuple[float, ...]:
    """Zoom of each axis that brings objects to the wanted diameter.

    Parameters
    ----------
    diameter : float
        Of the objects in the picture, pixels; 0 = unknown.
    wanted : float
        Diameter at which the network works; 0 = leave the scale alone.
    dims : int
        2 or 3.
    anisotropy : float
        Distance of planes in pixels of a plane (3-D).

    Returns
    -------
    tuple of float
        One per axis, (Z,) Y, X.
    """
    zoom = 1.0
    if wanted > 0 and diameter > 0:
        zoom = float(np.clip(wanted / diameter, SMALLEST_ZOOM, LARGEST_ZOOM))
    if dims == 2:
        return zoom, zoom
    # Planes may be merged to match, but none are invented.
    return min(1.0, zoom * anisotropy), zoom, zoom


def resize_labels(labels: NDArray[Any], shape: Sequence[int]) -> NDArray[np.int32]:
    """Resize a label image by its nearest pixels.

    Parameters
    ----------
    labels : ndarray of int
        (Y, X) or (Z, Y, X).
    shape : sequence of int
        Wanted shape.

    Returns
    -------
    ndarray of int32
        Of the wanted shape.
    """
    out = labels
    for axis, new in enumerate(shape):
        old = labels.shape[axis]
        if new != old:
            at = np.floor((np.arange(new) + 0.5) * old / new).astype(np.intp)
            out = np.take(out, np.clip(at, 0, old - 1), axis=axis)
    return np.ascontiguousarray(out, dtype=np.int32)


def zoomed_shape(shape: Sequence[int], zooms: Sequence[float]) -> tuple[int, ...]:
    """Shape after zooming, at least one pixel along each axis."""
    return tuple(max(1, round(n * z)) for n, z in zip(shape, zooms, strict=True))


def on_grid(shape: Sequence[int]) -> tuple[int, ...]:
    """Round sides, so that pictures of many sizes come in few.

    The first picture of each shape takes a network on a CPU several times as long as the next:
    its kernels are made for one shape. A side is changed by a thirty-second at most.
    """
    steps = [max(1, 2 ** (n.bit_length() - 1) // STEPS) for n in shape]
    return tuple(
        n if n < LEAST_ON_GRID else round(n / step) * step
        for n, step in zip(shape, steps, strict=True)
    )
