"""Zip archives of strangers: errors to expect, and how long the list of their files is."""

import lzma
import os
import struct
import zipfile
import zlib
from typing import IO

# What `zipfile` raises for archives that are damaged, cut off, encrypted or packed in unknown ways.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError,
)  # fmt: skip

END, END_BYTES = b"PK\5\6", 22
END64, LOCATOR64, LOCATOR64_BYTES = b"PK\6\6", b"PK\6\7", 20
LONGEST_COMMENT = 1 << 16
IN_END64 = 0xFFFFFFFF


def listed_bytes(stream: IO[bytes]) -> int | None:
    """Return the size of an archive's central directory, as its end states it.

    Parameters
    ----------
    stream : file
        Seekable; stands at its beginning afterwards.

    Returns
    -------
    int or None
        Bytes; None where there is no end record, so that this is no zip archive, or a cut-off one.

    References
    ----------
    APPNOTE.TXT, .ZIP File Format Specification, 4.3.14 to 4.3.16.
    """
    size = stream.seek(0, os.SEEK_END)
    start = max(0, size - END_BYTES - LONGEST_COMMENT - LOCATOR64_BYTES)
    stream.seek(start)
    tail = stream.read()
    at = tail.rfind(END)
    listed = None
    if 0 <= at <= len(tail) - END_BYTES:
        (listed,) = struct.unpack_from("<I", tail, at + 12)
        if listed == IN_END64:
            listed = _listed_in_end64(stream, tail[max(0, at - LOCATOR64_BYTES) : at])
    stream.seek(0)
    return listed


def _listed_in_end64(stream: IO[bytes], locator: bytes) -> int | None:
    if len(locator) < LOCATOR64_BYTES or not locator.startswith(LOCATOR64):
        return None
    (offset,) = struct.unpack_from("<Q", locator, 8)
    try:
        stream.seek(offset)
    except (OSError, OverflowError, ValueError):
        return None
    record = stream.read(48)
    if len(record) < 48 or not record.startswith(END64):
        return None
    return int(struct.unpack_from("<Q", record, 40)[0])
