"""TIFF in its dialects: plain, ImageJ, OME-TIFF, BigTIFF, either byte order, many pages."""

import logging
import struct
from collections.abc import Callable
from typing import IO

import imagecodecs
import numpy as np
import tifffile
from numpy.typing import NDArray

from annotations.images.readers.base import (
    Limits,
    Notice,
    Picture,
    Reader,
    ReadRows,
    UnreadableError,
    check_total,
    stream_size,
)
from annotations.images.readers.raster import damaged
from annotations.images.readers.tiff_axes import AxesMap, map_axes
from annotations.images.readers.tiff_data import TiffRows, check_directories, check_segments
from annotations.images.readers.tiff_metadata import read_metadata

logger = logging.getLogger(__name__)

MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
# What tifffile raises on files that are not what they say.
DAMAGE = (
    tifffile.TiffFileError,
    struct.error,
    OSError,
    EOFError,
    IndexError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
)
RGB, PALETTE, YCBCR = 2, 3, 6
UNCONVERTED = {5: "CMYK", 8: "CIELab", 9: "ICCLab"}
ALPHA = (1, 2)
KEPT = ("uint8", "uint16", "float32")

Convert = Callable[[NDArray[np.generic], int], NDArray[np.generic]]


def matches(head: bytes) -> bool:
    """Whether the first bytes are those of a TIFF or BigTIFF."""
    return head[:4] in MAGIC


def read(stream: IO[bytes], limits: Limits, labels: bool) -> Picture:
    """Read a TIFF; only its directory is parsed here, pixels when they are asked for.

    Raises
    ------
    UnreadableError
        too_many_pixels, truncated, damaged, dtype_not_supported, axes_not_understood,
        colours_not_supported.
    """
    file_bytes = stream_size(stream)
    check_directories(stream, file_bytes)
    try:
        return _read(stream, limits, labels, file_bytes)
    except UnreadableError:
        raise
    except DAMAGE as error:
        logger.warning("a TIFF could not be read", exc_info=True)
        raise damaged(error) from error


def _read(stream: IO[bytes], limits: Limits, labels: bool, file_bytes: int) -> Picture:
    stream.seek(0)
    tif = tifffile.TiffFile(stream, name="upload")
    series = tif.series[0]
    page = series.keyframe
    source = np.dtype(series.dtype)
    check_total(tuple(series.shape), source.itemsize, file_bytes=file_bytes, limits=limits)
    photometric = int(page.photometric)
    if photometric in UNCONVERTED:
        raise UnreadableError(
            "colours_not_supported",
            f"The picture's colours are stored as {UNCONVERTED[photometric]}. Save it as RGB or "
            "as separate channels.",
        )
    alpha = photometric in (RGB, YCBCR) and any(int(x) in ALPHA for x in page.extrasamples)
    axes = map_axes(series.axes, series.shape, alpha=alpha)
    check_segments(series, file_bytes=file_bytes, limits=limits)
    metadata = read_metadata(tif, series)
    dtype, convert, notices = _values(source, labels=labels)
    colours = None if labels else _palette(tif, page, axes)
    if colours is not None:
        dtype, convert = np.dtype(np.uint8), _through(colours)
        notices = [_palette_notice()]
    rgb = colours is not None or (photometric in (RGB, YCBCR) and axes.shape[1] == 3)
    shape = axes.shape if colours is None else (axes.shape[0], 3, *axes.shape[2:])
    rows = TiffRows(series, axes, stream)
    return Picture(
        format="tiff",
        shape=shape,
        dtype=dtype,
        read_rows=_reading(rows, convert, single=colours is not None),
        channels=metadata.channels(shape[1], rgb=rgb),
        pixel_size=metadata.pixel_size,
        time_interval_s=metadata.time_interval_s,
        rgb=rgb,
        binary=page.bitspersample == 1,
        axes_note=axes.note,
        metadata=metadata.entries,
        notices=(*_series_notices(tif), *notices, *axes.notices, *metadata.notices),
    )


def _reading(rows: TiffRows, convert: Convert, *, single: bool) -> ReadRows:
    """Read, convert, and say plainly what went wrong while decoding."""

    def read_rows(t: int, c: int, z: int, y0: int, y1: int) -> NDArray[np.generic]:
        try:
            return convert(rows(t, 0 if single else c, z, y0, y1), c)
        except UnreadableError:
            raise
        except (*DAMAGE, imagecodecs.DelayedImportError) as error:
            raise damaged(error) from error

    return read_rows


def _values(
    source: np.dtype[np.generic], *, labels: bool
) -> tuple[np.dtype[np.generic], Convert, list[Notice]]:
    """Choose the dtype that values are kept in."""
    if source.kind not in "buif":
        raise UnreadableError(
            "dtype_not_supported",
            f"Pixels of the type {source} are not read. Save the picture with 8, 12 or 16 bits, "
            "or as 32-bit float.",
        )
    notices = []
    if source.kind == "b":
        target: np.dtype[np.generic] = np.dtype(np.uint8)
    elif labels or source.name in KEPT:
        target = source.newbyteorder("=")
    else:
        target = np.dtype(np.float32)
        exact = source.itemsize < 4 or source.kind == "f"
        notices.append(
            Notice(
                "converted_to_float",
                f"Values of the type {source.name} were converted to 32-bit float"
                + ("." if exact else "; whole numbers above 16,777,216 are rounded."),
            )
        )
    return target, lambda rows, c: np.ascontiguousarray(rows, target), notices


def _palette(
    tif: tifffile.TiffFile, page: tifffile.TiffPage, axes: AxesMap
) -> NDArray[np.uint8] | None:
    """Colours (3, n) of a palette picture; None where values are intensities.

    ImageJ stores its look-up table as a palette, over values that are intensities.
    """
    if tif.is_imagej or int(page.photometric) != PALETTE or axes.shape[1] != 1:
        return None
    if page.colormap is None:
        return None
    table = np.asarray(page.colormap)
    return (table >> 8 if table.max() > 255 else table).astype(np.uint8)


def _through(colours: NDArray[np.uint8]) -> Convert:
    return lambda rows, c: colours[c][rows]


def _palette_notice() -> Notice:
    return Notice(
        "palette_applied",
        "The picture stores palette indexes; their colours were taken. Upload it as a mask "
        "(role mask, or in a folder named masks) if the indexes are labels.",
    )


def _series_notices(tif: tifffile.TiffFile) -> list[Notice]:
    if len(tif.series) < 2:
        return []
    return [
        Notice(
            "other_pages_left_out",
            f"The file holds {len(tif.series)} pictures of different size or type; only the "
            "first was read. Save the others as files of their own.",
        )
    ]


READER = Reader("tiff", (".tif", ".tiff", ".btf", ".tf8", ".tf2"), matches, read)
