"""TIFF files of any size: written piece by piece without compression, and mapped when read."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

# Files with more bytes of pixels than this are mapped, where they are not compressed.
MAPPED_FROM = 1 << 27
ROWS = 512


def read_tiff(path: Path) -> tuple[NDArray[Any], str]:
    """Return the pixels of a TIFF's first series and their axes; large ones stay in the file.

    Raises
    ------
    tifffile.TiffFileError, ValueError, OSError
        It cannot be read.
    """
    with tifffile.TiffFile(path) as tiff:
        series = tiff.series[0]
        axes = str(series.axes)
        if series.dataoffset is None or series.nbytes <= MAPPED_FROM:
            return series.asarray(), axes
        dtype = np.dtype(tiff.byteorder + series.dtype.char)
        return np.memmap(path, dtype, "r", int(series.dataoffset), series.shape), axes


def rows_of(image: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield an image (..., Y, X) in pieces of some rows."""
    for plane in image.reshape(-1, *image.shape[-2:]):
        for top in range(0, len(plane), ROWS):
            yield plane[top : top + ROWS]


def write_tiff(
    path: Path,
    pieces: Iterable[NDArray[Any]],
    *,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    axes: str,
) -> None:
    """Write an image whose pixels lie one after another in the file.

    Parameters
    ----------
    path : Path
        Where to.
    pieces : iterable of ndarray
        What adds up to the image, in C order.
    shape : tuple of int
        Of the image.
    dtype : numpy.dtype
        Of the image; pieces are brought to it.
    axes : str
        A letter for each axis, as "TCZYX".
    """
    written = tifffile.imwrite(
        path,
        shape=shape,
        dtype=dtype,
        photometric="minisblack",
        metadata={"axes": axes},
        returnoffset=True,
    )
    assert written is not None, "asked for by returnoffset"
    with path.open("r+b") as file:
        file.seek(written[0])
        for piece in pieces:
            file.write(np.ascontiguousarray(piece, dtype=dtype).data)
