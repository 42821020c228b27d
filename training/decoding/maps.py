"""Maps of a picture as one file, read window by window.

Layout, little endian: the magic `CYMAPS01`, a uint32 with the length of a JSON header, the header,
one uint32 with the length of each chunk, then the chunks: t outermost, then z, row, column. A chunk
is the zlib-compressed uint8 (K, h, w) of at most 512 x 512 pixels; length 0 stands for a chunk
without any foreground. Foreground probabilities are stored times 255, the other maps (from -1 to 1)
times 127 plus 128; where nothing can be foreground all is 0, which costs next to no bytes.
"""

import json
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

MAGIC = b"CYMAPS01"
LENGTH = struct.Struct("<I")
CHUNK = 512
# A click on less than this foreground probability is one on the ground.
FAINTEST = 0.1
COMPRESSION = 1
MIDDLE = 128

Rect = tuple[int, int, int, int]


@dataclass(frozen=True)
class FrameMaps:
    """Maps of one moment.

    Attributes
    ----------
    maps : ndarray of float32, shape (K, Z, Y, X)
        Foreground, and what the head adds of Y and X; at the network's scale.
    area : float
        Typical object's pixels in a plane of the maps.
    """

    maps: NDArray[np.float32]
    area: float


@dataclass(frozen=True)
class PixelMaps:
    """All that a model says of a picture's pixels.

    Attributes
    ----------
    head : str
        Key of `training.decoding.BASINS`.
    foreground, seed : float
        Thresholds, see `training.decoding.BasinSettings`.
    shape : tuple of int
        (T, Z, Y, X) of the picture.
    frames : tuple of FrameMaps
        One per moment.
    """

    head: str
    foreground: float
    seed: float
    shape: tuple[int, int, int, int]
    frames: tuple[FrameMaps, ...]


@dataclass(frozen=True)
class FrameSize:
    """Shape (Z, Y, X) of one moment's maps, and their typical object's pixels."""

    z: int
    y: int
    x: int
    area: float


@dataclass(frozen=True)
class MapsHeader:
    """What a file of maps holds, and where each chunk lies in it.

    Attributes
    ----------
    head, foreground, seed, shape
        As in `PixelMaps`.
    count : int
        Number K of maps.
    frames : tuple of FrameSize
        One per moment.
    offsets : tuple of int
        Beginning of each chunk, and the end of the last.
    """

    head: str
    foreground: float
    seed: float
    shape: tuple[int, int, int, int]
    count: int
    frames: tuple[FrameSize, ...]
    offsets: tuple[int, ...]


def pack_maps(maps: PixelMaps) -> bytes:
    """Write maps as one file; equal maps give equal bytes.

    Parameters
    ----------
    maps : PixelMaps
        Finite, foreground in [0, 1], the rest in [-1, 1].

    Returns
    -------
    bytes
        See the module.
    """
    header = {
        "head": maps.head,
        "foreground": maps.foreground,
        "seed": maps.seed,
        "shape": list(maps.shape),
        "count": len(maps.frames[0].maps),
        "frames": [asdict(_size(frame)) for frame in maps.frames],
    }
    described = json.dumps(header).encode()
    chunks = [_pack_chunk(part) for frame in maps.frames for part in _cut(frame.maps)]
    lengths = struct.pack(f"<{len(chunks)}I", *map(len, chunks))
    return b"".join([MAGIC, LENGTH.pack(len(described)), described, lengths, *chunks])


def _size(frame: FrameMaps) -> FrameSize:
    _, depth, height, width = frame.maps.shape
    return FrameSize(z=depth, y=height, x=width, area=frame.area)


def read_header(stream: IO[bytes]) -> MapsHeader:
    """Read what comes before the chunks of a file at its beginning.

    Raises
    ------
    ValueError
        It is no file of maps, or damaged.
    """
    begin = stream.read(len(MAGIC) + LENGTH.size)
    if len(begin) != len(MAGIC) + LENGTH.size or not begin.startswith(MAGIC):
        raise ValueError("this is no file of maps")
    (size,) = LENGTH.unpack_from(begin, len(MAGIC))
    body = json.loads(stream.read(size))
    frames = tuple(FrameSize(**frame) for frame in body.pop("frames"))
    count = sum(frame.z * len(_starts(frame.y)) * len(_starts(frame.x)) for frame in frames)
    lengths = struct.unpack(f"<{count}I", stream.read(LENGTH.size * count))
    first = len(begin) + size + LENGTH.size * count
    offsets = tuple(int(end) for end in np.cumsum([first, *lengths]))
    return MapsHeader(**{**body, "shape": tuple(body["shape"])}, frames=frames, offsets=offsets)


def read_window(
    stream: IO[bytes], header: MapsHeader, *, t: int, z: int, rect: Rect
) -> NDArray[np.float32]:
    """Read a window of one plane; only the chunks that it touches are read.

    Parameters
    ----------
    stream : file
        That the header was read from.
    header : MapsHeader
        From `read_header`.
    t, z : int
        Moment, and plane of the maps (not of the picture).
    rect : (y0, x0, y1, x1)
        In pixels of the maps, inside the plane.

    Returns
    -------
    ndarray of float32, shape (K, y1 - y0, x1 - x0)
        Foreground in [0, 1], the rest in [-1, 1].
    """
    y0, x0, y1, x1 = rect
    frame = header.frames[t]
    columns = len(_starts(frame.x))
    plane = sum(f.z * len(_starts(f.y)) * len(_starts(f.x)) for f in header.frames[:t])
    plane += z * len(_starts(frame.y)) * columns
    out = np.zeros((header.count, y1 - y0, x1 - x0), np.uint8)
    for row in range(y0 // CHUNK, (y1 - 1) // CHUNK + 1):
        for column in range(x0 // CHUNK, (x1 - 1) // CHUNK + 1):
            at = plane + row * columns + column
            top, left = row * CHUNK, column * CHUNK
            size = (min(CHUNK, frame.y - top), min(CHUNK, frame.x - left))
            part = _read_chunk(stream, header, at, size)
            if part is None:
                continue
            ya, yb = max(y0, top), min(y1, top + size[0])
            xa, xb = max(x0, left), min(x1, left + size[1])
            wanted = part[:, ya - top : yb - top, xa - left : xb - left]
            out[:, ya - y0 : yb - y0, xa - x0 : xb - x0] = wanted
    return _to_floats(out)


def _read_chunk(
    stream: IO[bytes], header: MapsHeader, at: int, size: tuple[int, int]
) -> NDArray[np.uint8] | None:
    begin, end = header.offsets[at : at + 2]
    if begin == end:
        return None
    stream.seek(begin)
    raw = zlib.decompress(stream.read(end - begin), bufsize=header.count * size[0] * size[1])
    return np.frombuffer(raw, np.uint8).reshape(header.count, *size)


def _starts(length: int) -> range:
    return range(0, length, CHUNK)


def _cut(maps: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """Chunks (K, h, w) of maps (K, Z, Y, X), in the file's order."""
    for z in range(maps.shape[1]):
        for y in _starts(maps.shape[2]):
            for x in _starts(maps.shape[3]):
                yield maps[:, z, y : y + CHUNK, x : x + CHUNK]


def _pack_chunk(maps: NDArray[np.float32]) -> bytes:
    possible = maps[0] >= FAINTEST
    if not possible.any():
        return b""
    values = np.empty(maps.shape, np.uint8)
    values[0] = np.rint(maps[0].clip(0, 1) * 255)
    values[1:] = np.rint(maps[1:].clip(-1, 1) * 127) + MIDDLE
    return zlib.compress((values * possible).tobytes(), COMPRESSION)


def _to_floats(values: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Undo the scaling; all maps are 0 where nothing can be foreground."""
    maps = values.astype(np.float32)
    maps[0] /= 255
    maps[1:] = np.where(values[0] > 0, (maps[1:] - MIDDLE) / 127, 0)
    return maps


def plane_of(z: int, *, depth: int, of: int) -> int:
    """Plane of maps with `depth` planes that shows plane z of a picture with `of` planes."""
    return min(depth - 1, int((z + 0.5) * depth / of))


def count_pixels(frames: Sequence[FrameMaps]) -> int:
    """Pixels of all planes of all moments."""
    return sum(frame.maps[0].size for frame in frames)
