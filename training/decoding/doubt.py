"""How unsure a model is of each pixel of a picture, as one file that is read plane by plane.

Layout, little endian: the magic `CYDOUBT1`, a uint32 with the length of a JSON header, the header,
then the planes: t outermost, then z. A plane is gzip-compressed uint8 (y, x), 255 = as unsure as
can be; large planes are kept coarser than the picture, by means of blocks.
"""

import gzip
import io
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

MAGIC = b"CYDOUBT1"
LENGTH = struct.Struct("<I")
COMPRESSION = 6
# Pixels of a plane, and of a whole file, before compression.
MOST_OF_A_PLANE = 1 << 21
MOST_IN_ALL = 1 << 26

Map = NDArray[np.uint8]


@dataclass(frozen=True)
class DoubtPlane:
    """One plane of a picture.

    Attributes
    ----------
    data : bytes
        gzip-compressed uint8, row by row.
    shape : tuple of int
        Rows and columns; no more than the picture has.
    """

    data: bytes
    shape: tuple[int, int]

    def unpack(self) -> Map:
        """Return the values, uint8 (Y, X)."""
        return np.frombuffer(gzip.decompress(self.data), dtype=np.uint8).reshape(self.shape)


def pack_doubt(values: Map) -> bytes:
    """Write a picture's map as one file; equal maps give equal bytes.

    Parameters
    ----------
    values : ndarray of uint8, shape (T, Z, Y, X)
        255 = as unsure as can be.

    Returns
    -------
    bytes
        See the module.
    """
    times, depth, height, width = values.shape
    step = coarseness(values.shape)
    planes = [_coarser(plane, step) for moment in values for plane in moment]
    chunks = [gzip.compress(plane.tobytes(), COMPRESSION, mtime=0) for plane in planes]
    header = {
        "shape": [times, depth, height, width],
        "size": list(planes[0].shape),
        "lengths": [len(chunk) for chunk in chunks],
    }
    text = json.dumps(header).encode()
    return b"".join([MAGIC, LENGTH.pack(len(text)), text, *chunks])


def coarseness(shape: Sequence[int]) -> int:
    """Side of the blocks of a plane that one value stands for.

    Parameters
    ----------
    shape : sequence of int
        (T, Z, Y, X) of the picture.

    Returns
    -------
    int
        1 where every pixel has a value of its own.
    """
    times, depth, height, width = shape
    step = 1
    while _too_large(height, width, times * depth, step):
        step += 1
    return step


def read_doubt(stream: IO[bytes], *, t: int, z: int) -> DoubtPlane | None:
    """Read one plane of a file.

    Parameters
    ----------
    stream : binary file
        From `pack_doubt`, at its beginning.
    t, z : int
        Plane, counted from the picture's first.

    Returns
    -------
    DoubtPlane or None
        Nothing where there is no such plane.

    Raises
    ------
    ValueError
        If it is no such file.
    """
    header = _read_header(stream)
    times, depth = header["shape"][:2]
    if not (0 <= t < times and 0 <= z < depth):
        return None
    at = t * depth + z
    stream.seek(sum(header["lengths"][:at]), 1)
    height, width = header["size"]
    return DoubtPlane(stream.read(header["lengths"][at]), (height, width))


def unpack_doubt(packed: bytes) -> Map:
    """Return all planes of a file, uint8 (T, Z, y, x); y and x may be less than the picture's.

    Raises
    ------
    ValueError
        If it is no such file.
    """
    stream = io.BytesIO(packed)
    times, depth = _read_header(stream)["shape"][:2]
    planes = []
    for t, z in np.ndindex(times, depth):
        stream.seek(0)
        plane = read_doubt(stream, t=t, z=z)
        assert plane is not None, "the header names the planes"
        planes.append(plane.unpack())
    return np.stack(planes).reshape(times, depth, *planes[0].shape)


def _read_header(stream: IO[bytes]) -> dict[str, list[int]]:
    if stream.read(len(MAGIC)) != MAGIC:
        raise ValueError("this is no map of uncertainty")
    (length,) = LENGTH.unpack(stream.read(LENGTH.size))
    header: dict[str, list[int]] = json.loads(stream.read(length))
    return header


def _too_large(height: int, width: int, planes: int, step: int) -> bool:
    """Whether blocks of ``step`` by ``step`` pixels still are too many."""
    size = -(-height // step) * -(-width // step)
    # Nothing is coarser than one value a plane.
    return size > 1 and (size > MOST_OF_A_PLANE or size * planes > MOST_IN_ALL)


def _coarser(plane: Map, step: int) -> Map:
    """Mean of blocks of a plane (Y, X); the last ones may be narrower."""
    if step == 1:
        return plane
    rows, columns = (np.arange(0, n, step) for n in plane.shape)
    sums = np.add.reduceat(plane.astype(np.uint32), rows, axis=0)
    sums = np.add.reduceat(sums, columns, axis=1)
    heights = np.diff(np.append(rows, plane.shape[0]))
    widths = np.diff(np.append(columns, plane.shape[1]))
    return np.asarray(np.rint(sums / (heights[:, None] * widths)), dtype=np.uint8)
