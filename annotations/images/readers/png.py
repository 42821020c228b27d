"""PNG: 1 to 16 bits, grey, palette, colour, with or without alpha."""

import struct
from dataclasses import dataclass
from typing import IO

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from annotations.images.readers.base import (
    Limits,
    Notice,
    Picture,
    Reader,
    check_decoded,
    default_channels,
    rgb_channels,
)
from annotations.images.readers.raster import damaged, read_raster, truncated

SIGNATURE = b"\x89PNG\r\n\x1a\n"
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


@dataclass(frozen=True)
class Header:
    """The part of the IHDR chunk that matters here."""

    width: int
    height: int
    depth: int
    color_type: int


def matches(head: bytes) -> bool:
    """Whether the first bytes are those of a PNG."""
    return head[:8] == SIGNATURE


def read(stream: IO[bytes], limits: Limits, labels: bool) -> Picture:
    """Read a PNG; 16-bit colours keep their 16 bits.

    Raises
    ------
    UnreadableError
        too_many_pixels, truncated, damaged.
    """
    header = _read_header(stream)
    # Pillow would cut 16-bit colours to 8 bits.
    if header.depth == 16 and SAMPLES.get(header.color_type, 1) > 1:
        return _read_deep_colour(stream, header, limits)
    return read_raster(stream, limits, labels, name="png")


def _read_header(stream: IO[bytes]) -> Header:
    stream.seek(0)
    head = stream.read(33)
    if len(head) < 33:
        raise truncated()
    if head[12:16] != b"IHDR":
        raise damaged(ValueError("no IHDR chunk"))
    width, height, depth, color_type = struct.unpack(">IIBB", head[16:26])
    return Header(width, height, depth, color_type)


def _read_deep_colour(stream: IO[bytes], header: Header, limits: Limits) -> Picture:
    samples = SAMPLES[header.color_type]
    shape = (header.height, header.width)
    # The compressed bytes are in memory beside the decoded ones.
    check_decoded(shape, header.width * header.height * samples * 2 * 2, limits=limits)
    stream.seek(0)
    data = stream.read()
    if b"IEND" not in data[-64:]:
        raise truncated()
    try:
        array = np.asarray(imagecodecs.png_decode(data))
    except imagecodecs.PngError as error:
        raise damaged(error) from error
    array = array.reshape(header.height, header.width, samples)
    colours = 3 if samples > 2 else 1
    notices: tuple[Notice, ...] = ()
    if samples in (2, 4):
        notices = (Notice("alpha_dropped", "The transparency of the picture was dropped."),)

    def read_rows(t: int, c: int, z: int, y0: int, y1: int) -> NDArray[np.generic]:
        return np.ascontiguousarray(array[y0:y1, :, c])

    return Picture(
        format="png",
        shape=(1, colours, 1, *shape),
        dtype=array.dtype,
        read_rows=read_rows,
        channels=rgb_channels() if colours == 3 else default_channels(1),
        rgb=colours == 3,
        metadata={"mode": f"{samples} x 16 bit"},
        notices=notices,
    )


READER = Reader("png", (".png",), matches, read)
