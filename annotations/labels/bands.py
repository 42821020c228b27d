"""Label images read in bands, so that a large plane is never unpacked as a whole. Pure NumPy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

# Larger planes are kept in blocks and read in bands. A plane of this size takes 64 MB unpacked.
LARGEST_WHOLE_PIXELS = 1 << 24
# Rows of a band, which are those of a row of blocks.
BAND_ROWS = 512
# Up to this id a table finds an object's number faster than a search.
LARGEST_LOOKUP = 1 << 22

Shape = tuple[int, int, int, int]
Labels = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Band:
    """Rows `y0` <= y < `y1` of a plane (t, z)."""

    t: int
    z: int
    y0: int
    y1: int


class LabelImage(Protocol):
    """Labels (T, Z, Y, X), read band by band.

    Attributes
    ----------
    shape : tuple of int
        (T, Z, Y, X).
    """

    @property
    def shape(self) -> Shape:
        """Size of the image."""
        ...

    def rows(self, band: Band) -> Labels:
        """Return the labels (rows, X) of a band."""
        ...


def is_large(height: int, width: int) -> bool:
    """Whether a plane is kept in blocks and read in bands."""
    return height * width > LARGEST_WHOLE_PIXELS


def bands_of(shape: Shape) -> Iterator[Band]:
    """Yield the bands of all planes: whole planes, but of large ones a row of blocks at a time."""
    frames, depth, height, width = shape
    step = BAND_ROWS if is_large(height, width) else height
    for t in range(frames):
        for z in range(depth):
            for y0 in range(0, height, step):
                yield Band(t, z, y0, min(y0 + step, height))


@dataclass(frozen=True)
class ArrayImage:
    """A label image that lies in memory, or in a file that is mapped.

    Attributes
    ----------
    array : ndarray of non-negative integers, (T, Z, Y, X)
        Its labels.
    """

    array: npt.NDArray[np.generic]

    @property
    def shape(self) -> Shape:
        """Size of the image."""
        frames, depth, height, width = self.array.shape
        return (frames, depth, height, width)

    def rows(self, band: Band) -> Labels:
        """Return the labels (rows, X) of a band."""
        return self.array[band.t, band.z, band.y0 : band.y1].astype(np.uint32, copy=False)


@dataclass(frozen=True)
class Relabelled:
    """A label image whose objects have other labels.

    Attributes
    ----------
    image : LabelImage
        What is relabelled.
    label_of : mapping of int to int
        New label of each object.
    otherwise : int
        That of objects which are not named; background stays 0.
    """

    image: LabelImage
    label_of: Mapping[int, int]
    otherwise: int = 0

    @property
    def shape(self) -> Shape:
        """Size of the image."""
        return self.image.shape

    def rows(self, band: Band) -> Labels:
        """Return the labels (rows, X) of a band."""
        rows = self.image.rows(band)
        ids = np.array(sorted(self.label_of), np.uint32)
        new = np.array([0, *(self.label_of[n] for n in ids.tolist())], np.uint32)
        numbers = number_rows(rows, ids)
        return np.where((numbers == 0) & (rows > 0), np.uint32(self.otherwise), new[numbers])


@dataclass(frozen=True)
class Counted:
    """The objects of a label image.

    Attributes
    ----------
    ids : ndarray of uint32, (N,)
        Ascending.
    areas : ndarray of int64, (N,)
        Pixels (voxels) of each.
    """

    ids: Labels
    areas: Numbers


def count_objects(image: LabelImage) -> Counted:
    """Return the ids of all objects and their areas."""
    ids, areas = [np.zeros(0, np.uint32)], [np.zeros(0, np.int64)]
    for band in bands_of(image.shape):
        rows = image.rows(band)
        found, pixels = np.unique(rows[rows > 0], return_counts=True)
        ids.append(found)
        areas.append(pixels)
    all_ids, inverse = np.unique(np.concatenate(ids), return_inverse=True)
    total = np.bincount(inverse, weights=np.concatenate(areas), minlength=all_ids.size)
    return Counted(all_ids, total.astype(np.int64))


def number_rows(rows: Labels, ids: Labels) -> Numbers:
    """Return places in `ids` (ascending, N) plus 1, in the shape of `rows`; 0 = none of them."""
    if ids.size == 0:
        return np.zeros(rows.shape, np.int64)
    if int(ids[-1]) <= LARGEST_LOOKUP:
        # One place more for everything that is larger than all ids.
        lookup = np.zeros(int(ids[-1]) + 2, np.int64)
        lookup[ids] = np.arange(1, ids.size + 1)
        lookup[0] = 0
        return lookup[np.minimum(rows, lookup.size - 1)]
    at = np.minimum(np.searchsorted(ids, rows), ids.size - 1)
    return np.where((rows > 0) & (ids[at] == rows), at + 1, 0)
