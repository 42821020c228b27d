"""JPEG: 8-bit grey, colour or CMYK, EXIF rotation applied."""

from typing import IO

from annotations.images.readers.base import Limits, Picture, Reader, UnreadableError
from annotations.images.readers.raster import read_raster


def matches(head: bytes) -> bool:
    """Whether the first bytes are those of a JPEG."""
    return head[:3] == b"\xff\xd8\xff"


def read(stream: IO[bytes], limits: Limits, labels: bool) -> Picture:
    """Read a JPEG.

    Raises
    ------
    UnreadableError
        too_many_pixels, truncated, damaged; `mask_lossy` for labels.
    """
    if labels:
        raise UnreadableError(
            "mask_lossy",
            "A JPEG cannot hold labels: its compression changes values at every edge. Save the "
            "mask as PNG or TIFF.",
        )
    return read_raster(stream, limits, labels, name="jpeg")


READER = Reader("jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), matches, read)
