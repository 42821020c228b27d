"""Read the pixels of a sample."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.images.readers import Limits, Picture, open_picture
from annotations.labels.bands import bands_of
from annotations.models import Sample
from core.storage import get_storage

Shape = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class SamplePixels:
    """The region of a sample in its original picture, read as far as it is asked for.

    Attributes
    ----------
    picture : Picture
        Open.
    frames, slices : sequence of int
        Which of its frames and slices.
    y0, x0, y1, x1 : int
        Rectangle of its planes.
    """

    picture: Picture
    frames: Sequence[int]
    slices: Sequence[int]
    y0: int
    x0: int
    y1: int
    x1: int

    @property
    def shape(self) -> Shape:
        """(T, C, Z, Y, X)."""
        size = (self.y1 - self.y0, self.x1 - self.x0)
        return (len(self.frames), self.picture.shape[1], len(self.slices), *size)

    def rows(self, top: int, bottom: int) -> NDArray[np.generic]:
        """Read rows of all planes: (T, C, Z, bottom - top, X)."""
        times, channels, depths, _, width = self.shape
        out = np.empty((times, channels, depths, bottom - top, width), self.picture.dtype)
        for t, c, z in np.ndindex(times, channels, depths):
            out[t, c, z] = self._read(t, c, z, top, bottom)
        return out

    def bands(self) -> Iterator[NDArray[np.generic]]:
        """Yield all pixels in bands (rows, X), plane after plane in the order T C Z."""
        times, channels, depths, height, width = self.shape
        for band in bands_of((times * channels, depths, height, width)):
            t, c = divmod(band.t, channels)
            yield self._read(t, c, band.z, band.y0, band.y1)

    def _read(self, t: int, c: int, z: int, top: int, bottom: int) -> NDArray[np.generic]:
        frame, depth = self.frames[t], self.slices[z]
        rows = self.picture.read_rows(frame, c, depth, self.y0 + top, self.y0 + bottom)
        return rows[:, self.x0 : self.x1]


@contextmanager
def open_pixels(sample: Sample) -> Iterator[SamplePixels]:
    """Open the original picture of a sample (with its image).

    Yields
    ------
    SamplePixels
        Raw intensities, uint8, uint16 or float32; only the sample's frame, slice and rectangle
        where it has them.
    """
    image = sample.image
    with get_storage().open(image.key) as stream:
        whole = whole_picture(open_picture(stream, image.name, limits=Limits()))
        yield SamplePixels(
            whole.picture,
            frames=whole.frames if sample.t is None else [sample.t],
            slices=whole.slices if sample.z is None else [sample.z],
            y0=sample.y0 or 0,
            x0=sample.x0 or 0,
            y1=sample.y1 or whole.y1,
            x1=sample.x1 or whole.x1,
        )


def whole_picture(picture: Picture) -> SamplePixels:
    """Return all pixels of a picture, which is open."""
    times, _, depths, height, width = picture.shape
    return SamplePixels(picture, range(times), range(depths), 0, 0, height, width)


def read_pixels(sample: Sample) -> NDArray[np.generic]:
    """Read the whole region of a sample: (T, C, Z, Y, X)."""
    with open_pixels(sample) as pixels:
        return pixels.rows(0, pixels.shape[3])
