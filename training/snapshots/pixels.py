"""Read the pixels of a sample."""

import numpy as np
from numpy.typing import NDArray

from annotations.images.readers import Limits, Picture, open_picture
from annotations.models import Sample
from core.storage import get_storage


def read_pixels(sample: Sample) -> NDArray[np.generic]:
    """Read the region of a sample from the original picture.

    Parameters
    ----------
    sample : Sample
        With its image.

    Returns
    -------
    ndarray of uint8, uint16 or float32, shape (T, C, Z, Y, X)
        Raw intensities; only the sample's frame, slice and rectangle where it has them.
    """
    image = sample.image
    with get_storage().open(image.key) as stream:
        picture = open_picture(stream, image.name, limits=Limits())
        return _cut(picture, sample)


def _cut(picture: Picture, sample: Sample) -> NDArray[np.generic]:
    frames = range(picture.shape[0]) if sample.t is None else [sample.t]
    slices = range(picture.shape[2]) if sample.z is None else [sample.z]
    y0, y1 = sample.y0 or 0, sample.y1 or picture.shape[3]
    x0, x1 = sample.x0 or 0, sample.x1 or picture.shape[4]
    channels = picture.shape[1]
    out = np.empty((len(frames), channels, len(slices), y1 - y0, x1 - x0), picture.dtype)
    for i, t in enumerate(frames):
        for c in range(channels):
            for j, z in enumerate(slices):
                out[i, c, j] = picture.read_rows(t, c, z, y0, y1)[:, x0:x1]
    return out
