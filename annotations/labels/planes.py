"""Label stacks (T, Z, Y, X) as blobs: wire planes behind a small header.

Layout, little endian: the magic `CYLABEL1`, four uint32 (T, Z, Y, X), T*Z uint32 with the length
of each plane, then the planes in order (t outer, z inner), each a gzip'ed wire plane
(`annotations.labels.wire`). A plane of zeros only has length 0. A plane can therefore be answered
to a browser as it lies there, and replaced without touching the others.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from annotations.labels import wire
from core.errors import DomainError

MAGIC = b"CYLABEL1"
HEADER = struct.Struct("<8s4I")

Shape = tuple[int, int, int, int]


@dataclass(frozen=True)
class LabelStack:
    """A label image, kept as packed planes.

    Attributes
    ----------
    shape : tuple of int
        (T, Z, Y, X).
    packed : tuple of bytes
        One gzip'ed wire plane per (t, z), t outer; b"" for a plane of zeros.
    """

    shape: Shape
    packed: tuple[bytes, ...]

    def index(self, t: int, z: int) -> int:
        """Return the place of plane (t, z) in `packed`.

        Raises
        ------
        DomainError
            Code "no_such_plane".
        """
        if not (0 <= t < self.shape[0] and 0 <= z < self.shape[1]):
            raise DomainError(
                "no_such_plane",
                f"There is no plane t={t}, z={z}: t goes to {self.shape[0] - 1} and z to "
                f"{self.shape[1] - 1}.",
                status=404,
            )
        return t * self.shape[1] + z

    def plane(self, t: int, z: int) -> wire.Plane:
        """Decode one plane (Y, X) to a fresh uint32 array."""
        packed = self.packed[self.index(t, z)]
        size = (self.shape[2], self.shape[3])
        return wire.unpack_plane(packed, size) if packed else np.zeros(size, np.uint32)

    def wire_plane(self, t: int, z: int) -> bytes:
        """Return one plane as it travels: gzip'ed."""
        packed = self.packed[self.index(t, z)]
        return packed or wire.compress(_zeros(self.shape[2] * self.shape[3]))

    def array(self) -> npt.NDArray[np.uint32]:
        """Decode everything to uint32 (T, Z, Y, X)."""
        frames, depth, _height, _width = self.shape
        out = np.zeros(self.shape, np.uint32)
        for t in range(frames):
            for z in range(depth):
                if self.packed[t * depth + z]:
                    out[t, z] = self.plane(t, z)
        return out

    def replace(self, planes: Mapping[tuple[int, int], wire.Plane]) -> "LabelStack":
        """Return a stack in which some planes (keys (t, z)) are others."""
        packed = list(self.packed)
        for (t, z), plane in planes.items():
            packed[self.index(t, z)] = _pack(plane)
        return LabelStack(self.shape, tuple(packed))

    def to_bytes(self) -> bytes:
        """Serialise; equal labels give equal bytes."""
        lengths = struct.pack(f"<{len(self.packed)}I", *map(len, self.packed))
        return HEADER.pack(MAGIC, *self.shape) + lengths + b"".join(self.packed)


def empty_stack(shape: Shape) -> LabelStack:
    """Return a stack of zeros."""
    return LabelStack(shape, (b"",) * (shape[0] * shape[1]))


def stack_of(labels: npt.NDArray[np.generic]) -> LabelStack:
    """Pack a label image of unsigned or non-negative integers, (T, Z, Y, X).

    Raises
    ------
    DomainError
        Code "bad_labels": not four axes, not integers, or negative values.
    """
    if labels.ndim != 4 or labels.size == 0:
        raise _bad_labels(f"it has the shape {labels.shape}, needed is (T, Z, Y, X)")
    if not np.issubdtype(labels.dtype, np.integer):
        raise _bad_labels(f"it holds {labels.dtype}, needed are integers")
    if int(labels.min()) < 0 or int(labels.max()) > wire.LARGEST_LABEL:
        raise _bad_labels("labels go from 0 to 2**32 - 1")
    frames, depth, height, width = labels.shape
    planes = labels.astype(np.uint32, copy=False).reshape(frames * depth, height, width)
    return LabelStack((frames, depth, height, width), tuple(_pack(plane) for plane in planes))


def read_stack(data: bytes) -> LabelStack:
    """Read what `LabelStack.to_bytes` wrote.

    Raises
    ------
    ValueError
        The blob is damaged.
    """
    if len(data) < HEADER.size:
        raise ValueError("a label blob is cut off")
    magic, *sizes = HEADER.unpack_from(data)
    frames, depth, height, width = sizes
    count = frames * depth
    start = HEADER.size + 4 * count
    if magic != MAGIC or len(data) < start:
        raise ValueError("this is no label blob")
    lengths = struct.unpack_from(f"<{count}I", data, HEADER.size)
    packed = []
    for length in lengths:
        packed.append(data[start : start + length])
        start += length
    if start != len(data):
        raise ValueError("a label blob is cut off")
    return LabelStack((frames, depth, height, width), tuple(packed))


def _pack(plane: wire.Plane) -> bytes:
    return wire.pack_plane(np.ascontiguousarray(plane)) if plane.any() else b""


def _zeros(pixels: int) -> bytes:
    return wire.encode_varints(np.array([pixels, 0], np.int64))


def _bad_labels(why: str) -> DomainError:
    return DomainError("bad_labels", f"This label image cannot be used: {why}.")
