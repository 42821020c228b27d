"""What every reader gives: a picture whose planes are read when they are asked for."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

import numpy as np
from numpy.typing import NDArray

from core.errors import DomainError

ReadRows = Callable[[int, int, int, int, int], NDArray[np.generic]]

MIB = 1 << 20
GREY = "#ffffff"
RGB_COLORS = ("#ff0000", "#00ff00", "#0000ff")
RGB_NAMES = ("red", "green", "blue")
# Distinguishable by most colour-blind people when two or three are mixed.
FALSE_COLORS = ("#ff00ff", "#00ff00", "#00ffff", "#ffff00", "#ff0000", "#0000ff", GREY)


class UnreadableError(DomainError):
    """A file that cannot be taken in; `code` says why, `detail` what to do."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail, status=422)


@dataclass(frozen=True)
class Limits:
    """What a file may cost; checked on what it declares, before anything is decoded.

    Attributes
    ----------
    max_decoded_bytes : int
        Memory for what can only be decoded at once (a PNG or JPEG, a strip or tile of a TIFF).
    max_total_bytes : int
        All pixels of one file.
    max_ratio : int
        Bytes of pixels by size of the file, where the pixels are more than a gigabyte. zlib
        cannot go beyond 1,032, which sparse masks come near to.
    max_label_pixels : int
        Pixels of a foreground mask whose objects are to be told apart.
    """

    max_decoded_bytes: int = 448 * MIB
    max_total_bytes: int = 64 << 30
    max_ratio: int = 2000
    max_label_pixels: int = 64 * MIB


@dataclass(frozen=True)
class Notice:
    """Something that the person who uploaded should know, though the file was taken."""

    code: str
    detail: str


@dataclass(frozen=True)
class Channel:
    """Name and display colour ("#rrggbb") of one channel."""

    name: str
    color: str


@dataclass(frozen=True)
class PixelSize:
    """Size of a pixel in µm; None where the file does not say."""

    z: float | None = None
    y: float | None = None
    x: float | None = None


@dataclass(frozen=True)
class Picture:
    """One picture of up to five axes; nothing is decoded until it is asked for.

    Attributes
    ----------
    format : str
        Key in READERS.
    shape : tuple of int
        T, C, Z, Y, X.
    dtype : numpy.dtype
        uint8, uint16 or float32 (for labels also uint32), native byte order.
    read_rows : callable
        `(t, c, z, y0, y1) -> (y1 - y0, X)`.
    rgb : bool
        The three channels are the colours of one picture.
    binary : bool
        One bit per pixel was stored.
    axes_note : str
        How axes were guessed, where the file does not name them.
    """

    format: str
    shape: tuple[int, int, int, int, int]
    dtype: np.dtype[np.generic]
    read_rows: ReadRows
    channels: tuple[Channel, ...]
    pixel_size: PixelSize = PixelSize()
    time_interval_s: float | None = None
    rgb: bool = False
    binary: bool = False
    axes_note: str = ""
    metadata: Mapping[str, object] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()

    def read_plane(self, t: int = 0, c: int = 0, z: int = 0) -> NDArray[np.generic]:
        """Return one plane (Y, X)."""
        return self.read_rows(t, c, z, 0, self.shape[3])

    def read(self) -> NDArray[np.generic]:
        """Return the whole picture, T C Z Y X."""
        array = np.empty(self.shape, self.dtype)
        for t, c, z in np.ndindex(self.shape[:3]):
            array[t, c, z] = self.read_plane(t, c, z)
        return array


@dataclass(frozen=True)
class Reader:
    """One file format.

    Attributes
    ----------
    suffixes : tuple of str
        Endings that belong to the format, in lower case with their dot.
    matches : callable
        Whether the first bytes are of this format.
    read : callable
        `(stream, limits, labels) -> Picture`; with `labels`, values are kept as the label ids
        that they are: palette indexes instead of colours, one bit as 0 and 1.
    """

    name: str
    suffixes: tuple[str, ...]
    matches: Callable[[bytes], bool]
    read: Callable[[IO[bytes], Limits, bool], Picture]


def default_channels(count: int) -> tuple[Channel, ...]:
    """Name and colour channels of which the file says nothing."""
    if count == 1:
        return (Channel("channel 1", GREY),)
    return tuple(
        Channel(f"channel {i + 1}", FALSE_COLORS[i % len(FALSE_COLORS)]) for i in range(count)
    )


def rgb_channels() -> tuple[Channel, ...]:
    """Return the channels of a colour picture."""
    return tuple(Channel(n, c) for n, c in zip(RGB_NAMES, RGB_COLORS, strict=True))


def check_total(shape: tuple[int, ...], itemsize: int, *, file_bytes: int, limits: Limits) -> None:
    """Refuse what declares more pixels than a file of its size can honestly hold.

    Raises
    ------
    UnreadableError
        With the code "too_many_pixels".
    """
    total = itemsize
    for size in shape:
        total *= size
    bomb = total > (1 << 30) and total > limits.max_ratio * max(file_bytes, 1)
    if total > limits.max_total_bytes or bomb:
        raise UnreadableError(
            "too_many_pixels",
            f"The file declares {describe(shape)} ({total / 2**30:.1f} GiB) in {file_bytes:,} "
            "bytes; that is more than this installation takes. Crop it, or cut it into tiles.",
        )


def check_decoded(shape: tuple[int, ...], decoded_bytes: int, *, limits: Limits) -> None:
    """Refuse what can only be decoded at once and is too large for that.

    Raises
    ------
    UnreadableError
        With the code "too_many_pixels".
    """
    if decoded_bytes > limits.max_decoded_bytes:
        raise UnreadableError(
            "too_many_pixels",
            f"The file declares {describe(shape)}; decoding it takes {decoded_bytes / MIB:,.0f} "
            f"MiB at once, and {limits.max_decoded_bytes / MIB:,.0f} are allowed. Crop it, or "
            "save it as a tiled TIFF, which is read piece by piece.",
        )


def describe(shape: tuple[int, ...]) -> str:
    """Write a shape for people, e.g. "600 x 400 pixels"."""
    return " x ".join(f"{size:,}" for size in shape) + " pixels"


def to_json(value: object, *, max_text: int = 4000, max_items: int = 200) -> object:
    """Return what a database can keep as JSON of a file's metadata, and not too much of it."""
    if isinstance(value, str):
        text = value.replace("\x00", "").encode("utf-8", "replace").decode()
        return text[:max_text]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        items = list(value.items())[:max_items]
        return {str(to_json(str(key))): to_json(item) for key, item in items}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value[:max_items]]
    return to_json(str(value))


def stream_size(stream: IO[bytes]) -> int:
    """Return the size of a seekable stream in bytes; leaves it at its start."""
    size = stream.seek(0, 2)
    stream.seek(0)
    return size
