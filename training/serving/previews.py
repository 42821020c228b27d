"""A picture as people look at it beside its outlines: one plane, small enough for a page."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.images.readers import Picture
from annotations.images.services import read_plane
from annotations.images.thumbnail import render_thumbnail
from annotations.models import Image

SIDE = 1024
PERCENTILES = (1.0, 99.8)


def shown_step(height: int, width: int) -> int:
    """Return the power of two by which a plane is thinned to fit ``SIDE``."""
    step = 1
    while max(height, width) > SIDE * step:
        step *= 2
    return step


def preview_of_file(picture: Picture, pixels: NDArray[Any]) -> bytes:
    """Draw the middle plane of a picture that was sent.

    Parameters
    ----------
    picture : Picture
        Names colours and says whether it is a colour picture.
    pixels : ndarray, shape (T, C, Z, Y, X)
        Its intensities.

    Returns
    -------
    bytes
        PNG with sides of at most ``SIDE`` pixels.
    """
    times, _, depths, height, width = pixels.shape
    step = shown_step(height, width)
    planes = [np.asarray(p) for p in pixels[times // 2, :, depths // 2, ::step, ::step]]
    windows = [_window(plane) for plane in planes]
    if picture.rgb and pixels.dtype == np.uint8:
        windows = [(0.0, 255.0)] * len(planes)
    colors = [channel.color for channel in picture.channels]
    return render_thumbnail(planes, windows, colors, side=SIDE)


def preview_of_image(image: Image) -> bytes:
    """Draw the middle plane of an image of the lab, in its display windows; see above."""
    step = shown_step(image.size_y, image.size_x)
    level = min(step.bit_length() - 1, max(len(image.levels) - 1, 0))
    t, z = image.size_t // 2, image.size_z // 2
    planes = [read_plane(image, t, c, z, level) for c in range(image.size_c)]
    shown = image.channels
    return render_thumbnail(
        planes,
        [(channel["low"], channel["high"]) for channel in shown],
        [channel["color"] for channel in shown],
        side=SIDE,
    )


def _window(plane: NDArray[Any]) -> tuple[float, float]:
    finite = plane[np.isfinite(plane)]
    if not finite.size:
        return 0.0, 1.0
    low, high = (float(v) for v in np.percentile(finite, PERCENTILES))
    return low, max(high, low + 1e-6)
