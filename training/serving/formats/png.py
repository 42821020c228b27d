"""Grey PNG files of 16 bit, written strip by strip (W3C, Portable Network Graphics)."""

import struct
import zlib
from collections.abc import Iterable
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER = struct.Struct(">IIBBBBB")
GREY = 0
# Of a row: each byte minus the one above it.
UP = 2
COMPRESSION = 3


def write_grey_png(
    target: IO[bytes], strips: Iterable[NDArray[Any]], *, height: int, width: int
) -> None:
    """Write one plane.

    Parameters
    ----------
    target : binary file
        Where to.
    strips : iterable of ndarray, (rows, X)
        All rows from the top, some at a time; values from 0 to 65,535.
    height, width : int
        Of the plane.
    """
    target.write(SIGNATURE)
    _write_chunk(target, b"IHDR", HEADER.pack(width, height, 16, GREY, 0, 0, 0))
    packer = zlib.compressobj(COMPRESSION)
    above = np.zeros((1, 2 * width), np.uint8)
    for strip in strips:
        rows = np.ascontiguousarray(strip, ">u2").view(np.uint8)
        lines = np.full((len(rows), 1 + 2 * width), UP, np.uint8)
        lines[:, 1:] = rows - np.concatenate([above, rows[:-1]])
        above = rows[-1:]
        _write_chunk(target, b"IDAT", packer.compress(lines.data))
    _write_chunk(target, b"IDAT", packer.flush())
    _write_chunk(target, b"IEND", b"")


def _write_chunk(target: IO[bytes], kind: bytes, data: bytes) -> None:
    target.write(struct.pack(">I", len(data)) + kind + data)
    target.write(struct.pack(">I", zlib.crc32(data, zlib.crc32(kind))))
