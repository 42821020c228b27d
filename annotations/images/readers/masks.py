"""Label images: what a mask's values mean, and what they do not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import IO

import numpy as np
import tifffile
from numpy.typing import NDArray
from scipy import ndimage

from annotations.images.readers import open_picture
from annotations.images.readers.base import Limits, Notice, Picture, UnreadableError, describe

ReadLabels = Callable[[int, int], NDArray[np.generic]]
UINT16_MAX = 65_535


@dataclass(frozen=True)
class Mask:
    """A label image, 0 = background; planes are read when they are asked for.

    Attributes
    ----------
    shape : tuple of int
        T, Z, Y, X.
    dtype : numpy.dtype
        uint16, or uint32 where there are more than 65,535 ids.
    n_objects : int
        How many labels there are.
    read_plane : callable
        `(t, z) -> (Y, X)`.
    notices : tuple of Notice
        What was done to the values.
    """

    shape: tuple[int, int, int, int]
    dtype: np.dtype[np.generic]
    n_objects: int
    read_plane: ReadLabels
    notices: tuple[Notice, ...]

    def read(self) -> NDArray[np.generic]:
        """Return all labels, T Z Y X."""
        array = np.empty(self.shape, self.dtype)
        for t, z in np.ndindex(self.shape[:2]):
            array[t, z] = self.read_plane(t, z)
        return array

    def fit(self, t: int, z: int, y: int, x: int) -> "Mask":
        """Return the mask of a picture of T x Z x Y x X; pages may be taken for t or for z.

        Raises
        ------
        UnreadableError
            "mask_shape_mismatch".
        """
        if self.shape == (t, z, y, x):
            return self
        turned = (self.shape[1], self.shape[0], *self.shape[2:])
        if turned == (t, z, y, x) and 1 in self.shape[:2]:
            read_plane = self.read_plane
            return replace(self, shape=turned, read_plane=lambda t, z: read_plane(z, t))
        raise UnreadableError(
            "mask_shape_mismatch",
            f"The mask is {_size(self.shape)}, but its picture is {_size((t, z, y, x))}. A mask "
            "has exactly the size of its picture; export it again without cropping or resizing.",
        )


def _size(shape: tuple[int, ...]) -> str:
    t, z, y, x = shape
    planes = "".join(f", {n} {what}" for n, what in ((z, "slices"), (t, "frames")) if n > 1)
    return f"{x} x {y} pixels (width x height){planes}"


def open_mask(stream: IO[bytes], filename: str, *, limits: Limits) -> Mask:
    """Open a label image of any format that is known.

    The index of a palette picture is the label; a mask with one value only is a foreground,
    whose connected parts become objects; ids above 65,535 with gaps are numbered anew.

    Parameters
    ----------
    stream : binary file
        Seekable; must stay open while planes are read.
    filename : str
        Its name, for wording.
    limits : Limits
        As for pictures.

    Raises
    ------
    UnreadableError
        As for pictures, and mask_lossy, mask_colour_coded, mask_many_channels, mask_not_labels.
    """
    picture = open_picture(stream, filename, limits=limits, labels=True)
    read_plane = _one_channel(picture)
    shape = (picture.shape[0], *picture.shape[2:])
    ids = _ids(read_plane, shape)
    if len(ids) == 1:
        return _from_foreground(read_plane, shape, picture.notices, limits)
    mask = Mask(shape, np.dtype(np.uint16), len(ids), read_plane, picture.notices)
    if len(ids) == 0:
        return _noting(
            _as(mask, np.uint16),
            Notice("mask_empty", "The mask has no objects: the picture counts as empty."),
        )
    if int(ids[-1]) <= UINT16_MAX:
        return _as(mask, np.uint16)
    if int(ids[-1]) == len(ids):
        return _as(mask, np.uint32)
    return _renumbered(mask, ids)


def read_mask(stream: IO[bytes]) -> NDArray[np.uint32]:
    """Read what `write_mask` wrote; axes of size 1 may be missing."""
    with tifffile.TiffFile(stream, name="mask") as tif:
        return np.asarray(tif.asarray()).astype(np.uint32)


def write_mask(mask: Mask, target: IO[bytes]) -> None:
    """Write a mask as a zlib-compressed TIFF, plane by plane."""
    planes = (mask.read_plane(t, z) for t, z in np.ndindex(mask.shape[:2]))
    size = int(np.prod(mask.shape, dtype=object)) * mask.dtype.itemsize
    tifffile.imwrite(
        tifffile.FileHandle(target, "wb", name="mask"),
        planes,
        shape=mask.shape,
        dtype=mask.dtype,
        compression="zlib",
        photometric="minisblack",
        bigtiff=size > 2**31,
        metadata={"axes": "TZYX"},
    )


def _one_channel(picture: Picture) -> ReadLabels:
    """Check that the mask has one value per pixel; return how to read it."""
    channels = picture.shape[1]
    if channels > 1 and not picture.rgb:
        raise UnreadableError(
            "mask_many_channels",
            f"The mask has {channels} channels, so it is not clear which holds the labels. Save "
            "the channel with the labels as a file of its own.",
        )

    def read_plane(t: int, z: int) -> NDArray[np.generic]:
        plane = picture.read_plane(t, 0, z)
        for c in range(1, channels):
            if not np.array_equal(plane, picture.read_plane(t, c, z)):
                raise UnreadableError(
                    "mask_colour_coded",
                    "The mask is a colour picture, and colours are not labels: two objects may "
                    "share one, and edges may be blended. Save the label image itself (in Fiji "
                    "as 16-bit TIFF), with one number per object.",
                )
        return plane

    return read_plane


def _ids(read_plane: ReadLabels, shape: tuple[int, int, int, int]) -> NDArray[np.generic]:
    """Return the label ids in the mask, in order, without 0."""
    found: NDArray[np.generic] = np.zeros(0, np.uint8)
    pixels = int(np.prod(shape, dtype=object))
    for t, z in np.ndindex(shape[:2]):
        values = np.unique(read_plane(t, z))
        _check_values(values)
        found = np.union1d(found, values[values != 0])
        if len(found) > max(pixels // 8, 1000):
            raise _not_labels("nearly every pixel has a value of its own, as in a photograph")
    return found


def _check_values(values: NDArray[np.generic]) -> None:
    if values.dtype.kind == "f" and not (np.isfinite(values) & (values == np.rint(values))).all():
        raise _not_labels("some values are fractions")
    if values.dtype.kind in "if" and values.min(initial=0) < 0:
        raise _not_labels("some values are negative")
    if values.max(initial=0) > 2**32 - 1:
        raise _not_labels("some values are above 4,294,967,295")


def _not_labels(why: str) -> UnreadableError:
    return UnreadableError(
        "mask_not_labels",
        f"This is not a label image: {why}. A mask has one whole number per object and 0 for the "
        "background; upload pictures as pictures, and save the mask as 16-bit TIFF or PNG.",
    )


def _as(mask: Mask, dtype: type[np.unsignedinteger]) -> Mask:
    read_plane = mask.read_plane
    return replace(
        mask, dtype=np.dtype(dtype), read_plane=lambda t, z: read_plane(t, z).astype(dtype)
    )


def _noting(mask: Mask, notice: Notice) -> Mask:
    return replace(mask, notices=(*mask.notices, notice))


def _renumbered(mask: Mask, ids: NDArray[np.generic]) -> Mask:
    dtype = np.dtype(np.uint16 if len(ids) <= UINT16_MAX else np.uint32)
    old = mask.read_plane
    table = np.concatenate([np.zeros(1, ids.dtype), ids])

    def read_plane(t: int, z: int) -> NDArray[np.generic]:
        return np.searchsorted(table, old(t, z)).astype(dtype)

    notice = Notice(
        "labels_renumbered",
        f"The mask's {len(ids)} labels have gaps and go up to {int(ids[-1]):,}; they are numbered "
        f"1 to {len(ids)} now, in the same order.",
    )
    return _noting(replace(mask, dtype=dtype, read_plane=read_plane), notice)


def _from_foreground(
    read_plane: ReadLabels,
    shape: tuple[int, int, int, int],
    notices: tuple[Notice, ...],
    limits: Limits,
) -> Mask:
    """Tell the objects of a foreground mask apart by their connected parts, time by time."""
    if int(np.prod(shape, dtype=object)) > limits.max_label_pixels:
        raise UnreadableError(
            "mask_too_large",
            f"The mask is a foreground of {describe(shape)}, too large to tell its objects apart "
            "here. Label its connected components first (Fiji: MorphoLibJ) and upload those.",
        )
    labels = np.zeros(shape, np.uint32)
    count = 0
    for t in range(shape[0]):
        volume = np.stack([read_plane(t, z) != 0 for z in range(shape[1])])
        parts, n = ndimage.label(volume)
        labels[t] = np.where(parts > 0, parts + count, 0)
        count += int(n)
    dtype = np.dtype(np.uint16 if count <= UINT16_MAX else np.uint32)
    mask = Mask(shape, dtype, count, lambda t, z: labels[t, z].astype(dtype), notices)
    if count == shape[0] == 1:
        return mask
    return _noting(
        mask,
        Notice(
            "touching_merge",
            f"The mask only tells foreground from background; its {count} connected parts became "
            "objects, so cells that touch are one object. Split them while annotating, or upload "
            "a label image.",
        ),
    )
