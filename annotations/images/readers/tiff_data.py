"""Rows of a plane from a TIFF, without ever holding more than a band or one strip or tile."""

from typing import IO

import numpy as np
import tifffile
import zarr
from numpy.typing import NDArray

from annotations.images.readers.base import MIB, Limits, UnreadableError, check_decoded
from annotations.images.readers.raster import truncated
from annotations.images.readers.tiff_axes import AxesMap

# Planes up to this size are decoded at once and kept for the next band.
WHOLE_PLANE_BYTES = 64 * MIB


class TiffRows:
    """Reads `(t, c, z, y0, y1)` of one series of a TIFF.

    Parameters
    ----------
    series : TiffPageSeries
        What is read.
    axes : AxesMap
        How its axes lie.
    stream : binary file
        The file itself; read directly where pixels lie in it uncompressed.
    """

    def __init__(self, series: tifffile.TiffPageSeries, axes: AxesMap, stream: IO[bytes]) -> None:
        self.axes = axes
        self.stream = stream
        self.offset = data_offset(series)
        page = series.keyframe
        self.dtype = np.dtype(series.dtype).newbyteorder(page.parent.byteorder)
        self.interleaved = axes.source_axes.endswith("S")
        height, width = axes.shape[3:]
        samples = axes.source_shape[-1] if self.interleaved else 1
        self.row_values = width * samples
        self.row_shape = (width, samples) if self.interleaved else (width,)
        self.whole = height * self.row_values * self.dtype.itemsize <= WHOLE_PLANE_BYTES
        # Uploads lie in files that could be written too, which the store would take for a wish.
        store = None if self.offset is not None else series.aszarr(read_only=True)
        self.array = None if store is None else zarr.open(store, mode="r")
        self.cached_at: tuple[object, ...] = ()
        self.cached: NDArray[np.generic] = np.empty(0, self.dtype)

    def __call__(self, t: int, c: int, z: int, y0: int, y1: int) -> NDArray[np.generic]:
        """Return rows y0 to y1 of one plane, (y1 - y0, X), in the file's dtype."""
        index = self.axes.locate(t, c, z)
        sample = index.get("S", 0)
        lead = tuple(
            index[axis]
            for axis in self.axes.source_axes
            if axis not in "YX" and not (axis == "S" and self.interleaved)
        )
        first, last = (0, self.axes.shape[3]) if self.whole else (y0, y1)
        if self.cached_at != (lead, first, last):
            self.cached = self._read(lead, first, last)
            self.cached_at = (lead, first, last)
        rows = self.cached[y0 - first : y1 - first]
        return rows[..., sample] if self.interleaved else rows

    def _read(self, lead: tuple[int, ...], y0: int, y1: int) -> NDArray[np.generic]:
        if self.offset is None:
            return np.asarray(self.array[(*lead, slice(y0, y1))])  # type: ignore[index]
        sizes = self.axes.source_shape[: len(lead)]
        plane = int(np.ravel_multi_index(lead, sizes)) if lead else 0
        start = (plane * self.axes.shape[3] + y0) * self.row_values * self.dtype.itemsize
        wanted = (y1 - y0) * self.row_values * self.dtype.itemsize
        self.stream.seek(self.offset + start)
        data = self.stream.read(wanted)
        if len(data) < wanted:
            raise truncated()
        return np.frombuffer(data, self.dtype).reshape(y1 - y0, *self.row_shape)


def data_offset(series: tifffile.TiffPageSeries) -> int | None:
    """Where the pixels start, if they lie in the file as they are in memory; else None."""
    page = series.keyframe
    plain = (
        int(page.compression) == 1
        and int(page.predictor) == 1
        and int(page.fillorder) == 1
        and page.bitspersample == np.dtype(series.dtype).itemsize * 8
        and not page.is_tiled
    )
    # YX and YXS are in memory order; every other place of Y and X would need strides.
    ordered = series.axes.endswith(("YX", "YXS"))
    return series.dataoffset if plain and ordered else None


def check_segments(series: tifffile.TiffPageSeries, *, file_bytes: int, limits: Limits) -> None:
    """Refuse strips that lie outside the file, or that are too large to decode at once.

    Raises
    ------
    UnreadableError
        "truncated", "damaged" or "too_many_pixels".
    """
    offset = data_offset(series)
    itemsize = np.dtype(series.dtype).itemsize
    if offset is not None:
        if offset + int(np.prod(series.shape, dtype=object)) * itemsize > file_bytes:
            raise truncated()
        return
    chunk = tuple(int(size) for size in series.keyframe.chunks)
    # Decoding holds the compressed and the decoded strip, and a copy of it.
    check_decoded(chunk, int(np.prod(chunk, dtype=object)) * itemsize * 3, limits=limits)
    expected = int(np.prod(series.keyframe.chunked, dtype=object))
    for page in series.pages:
        if page is None:
            raise UnreadableError(
                "other_files_missing",
                "The file is one part of a picture that lies in several files. Save it as one "
                "OME-TIFF.",
            )
        if len(page.dataoffsets) < expected:
            raise UnreadableError(
                "damaged", "The file lists fewer strips or tiles than it has. Export it again."
            )
        ends = zip(page.dataoffsets, page.databytecounts, strict=False)
        if any(start + count > file_bytes for start, count in ends):
            raise truncated()


def check_directories(stream: IO[bytes], file_bytes: int) -> None:
    """Walk the chain of page directories, which must end inside the file.

    Raises
    ------
    UnreadableError
        "truncated" when it leads out of the file, "damaged" when it runs in a circle.
    """
    stream.seek(0)
    head = stream.read(16)
    order = "little" if head[:2] == b"II" else "big"
    big = head[2:4] in (b"+\x00", b"\x00+")
    count_size, entry_size, offset_size = (8, 20, 8) if big else (2, 12, 4)
    number = head[8:16] if big else head[4:8]
    seen: set[int] = set()
    while (offset := int.from_bytes(number, order)) != 0:  # type: ignore[arg-type]
        if offset in seen:
            raise UnreadableError(
                "damaged", "The file's page list runs in a circle. Export it again."
            )
        seen.add(offset)
        if offset + count_size > file_bytes:
            raise truncated()
        stream.seek(offset)
        count = int.from_bytes(stream.read(count_size), order)  # type: ignore[arg-type]
        after = offset + count_size + count * entry_size
        if after > file_bytes:
            raise truncated()
        stream.seek(after)
        number = stream.read(offset_size)
        if len(number) < offset_size:
            raise truncated()
    if not seen:
        raise truncated()
