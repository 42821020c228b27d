"""Label stacks (T, Z, Y, X) as blobs: wire planes behind a small header.

Layout, little endian: the magic `CYLABEL1`, four uint32 (T, Z, Y, X), T*Z uint32 with the length
of each plane, then the planes in order (t outer, z inner), each a gzip'ed wire plane
(`annotations.labels.wire`), or blocks (`annotations.labels.blocks`) where it is large. A plane of
zeros only has length 0. A plane can therefore be answered to a browser as it lies there, and
replaced without touching the others.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from annotations.labels import blocks, wire
from annotations.labels.bands import ArrayImage, Band, LabelImage, Shape, bands_of, is_large
from annotations.labels.blocks import BlockAt, PackedBlocks
from annotations.labels.pieces import Pieces, join, patch_pieces, plane_pieces
from core.errors import DomainError

MAGIC = b"CYLABEL1"
HEADER = struct.Struct("<8s4I")

Packed = bytes | PackedBlocks


@dataclass(frozen=True)
class LabelStack:
    """A label image, kept as packed planes.

    Attributes
    ----------
    shape : tuple of int
        (T, Z, Y, X).
    packed : tuple of bytes or PackedBlocks
        One gzip'ed wire plane, or its blocks, per (t, z), t outer; b"" for a plane of zeros.
    """

    shape: Shape
    packed: tuple[Packed, ...]

    def index(self, t: int, z: int) -> int:
        """Return the place of plane (t, z) in `packed`.

        Raises
        ------
        DomainError
            Code "no_such_plane".
        """
        if not (0 <= t < self.shape[0] and 0 <= z < self.shape[1]):
            raise no_such_plane(t, z, self.shape)
        return t * self.shape[1] + z

    @property
    def _size(self) -> tuple[int, int]:
        return (self.shape[2], self.shape[3])

    def plane(self, t: int, z: int) -> wire.Plane:
        """Decode one plane (Y, X) to a fresh uint32 array."""
        return _unpack(self.packed[self.index(t, z)], self._size)

    def rows(self, band: Band) -> wire.Plane:
        """Decode the rows (rows, X) of a band; of a plane in blocks no others are unpacked."""
        packed = self.packed[self.index(band.t, band.z)]
        if not packed:
            return np.zeros((band.y1 - band.y0, self.shape[3]), np.uint32)
        if isinstance(packed, PackedBlocks):
            return packed.rows(band.y0, band.y1)
        return wire.unpack_plane(packed, self._size)[band.y0 : band.y1]

    def wire_plane(self, t: int, z: int) -> bytes:
        """Return one plane as it travels: gzip'ed."""
        packed = self.packed[self.index(t, z)]
        if isinstance(packed, PackedBlocks):
            return packed.wire_plane()
        return packed or wire.compress(_zeros(self.shape[2] * self.shape[3]))

    def wire_blocks(self, t: int, z: int, wanted: Sequence[BlockAt]) -> list[bytes]:
        """Return blocks of one plane as they travel; b"" for a block of zeros.

        Raises
        ------
        DomainError
            Code "no_such_plane" or "no_such_block".
        """
        packed = self.packed[self.index(t, z)]
        for at in wanted:
            blocks.check_block(at, self._size)
        if isinstance(packed, PackedBlocks):
            return [packed.packed_block(at) for at in wanted]
        if not packed:
            return [b""] * len(wanted)
        plane = wire.unpack_plane(packed, self._size)
        return [blocks.pack_block(blocks.thinned(plane, at)) for at in wanted]

    def pieces(self, t: int, z: int) -> Pieces:
        """Return the row pieces of the objects of one plane, without unpacking pixels."""
        return _pieces(self.packed[self.index(t, z)], self.shape[3])

    def object_ids(self, *, without: tuple[int, int] | None = None) -> npt.NDArray[np.int64]:
        """Return the ids in all planes, or in all but one (t, z), without unpacking pixels."""
        left_out = None if without is None else self.index(*without)
        found = [
            packed.object_ids() if isinstance(packed, PackedBlocks) else _ids(packed, self.shape[3])
            for at, packed in enumerate(self.packed)
            if at != left_out
        ]
        return np.unique(np.concatenate([np.zeros(0, np.int64), *found]))

    def edited(self, edits: Mapping[tuple[int, int], Sequence[bytes]]) -> "LabelStack":
        """Return a stack with patches (see `annotations.labels.wire`) on some planes (t, z)."""
        packed = list(self.packed)
        for (t, z), patches in edits.items():
            at = self.index(t, z)
            packed[at] = _edit(packed[at], patches, self._size)
        return LabelStack(self.shape, tuple(packed))

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
        planes = [_to_bytes(packed) for packed in self.packed]
        lengths = struct.pack(f"<{len(planes)}I", *map(len, planes))
        return HEADER.pack(MAGIC, *self.shape) + lengths + b"".join(planes)


def no_such_plane(t: int, z: int, shape: Shape) -> DomainError:
    """Say which planes labels of a shape (T, Z, Y, X) have."""
    return DomainError(
        "no_such_plane",
        f"There is no plane t={t}, z={z}: t goes to {shape[0] - 1} and z to {shape[1] - 1}.",
        status=404,
    )


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
    image = ArrayImage(labels)
    for band in bands_of(image.shape):
        rows = labels[band.t, band.z, band.y0 : band.y1]
        if int(rows.min()) < 0 or int(rows.max()) > wire.LARGEST_LABEL:
            raise _bad_labels("labels go from 0 to 2**32 - 1")
    return pack_image(image)


def pack_image(image: LabelImage) -> LabelStack:
    """Pack a label image; of large planes no more than a few bands are in memory at once."""
    frames, depth, height, width = image.shape
    packed: list[Packed] = []
    for t in range(frames):
        for z in range(depth):
            if is_large(height, width):
                read = partial(_read_rows, image, t, z)
                found = blocks.pack_rows((height, width), read)
                packed.append(found if any(found.packed) else b"")
            else:
                packed.append(_pack(image.rows(Band(t, z, 0, height))))
    return LabelStack(image.shape, tuple(packed))


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
    packed: list[Packed] = []
    for length in lengths:
        plane = data[start : start + length]
        is_blocks = plane.startswith(blocks.MAGIC)
        packed.append(blocks.read_blocks(plane, (height, width)) if is_blocks else plane)
        start += length
    if start != len(data):
        raise ValueError("a label blob is cut off")
    return LabelStack((frames, depth, height, width), tuple(packed))


def _read_rows(image: LabelImage, t: int, z: int, y0: int, y1: int) -> wire.Plane:
    return image.rows(Band(t, z, y0, y1))


def _pack(plane: wire.Plane) -> Packed:
    if not plane.any():
        return b""
    if is_large(plane.shape[0], plane.shape[1]):
        return blocks.pack_blocks(plane)
    return wire.pack_plane(np.ascontiguousarray(plane))


def _unpack(packed: Packed, size: tuple[int, int]) -> wire.Plane:
    if isinstance(packed, PackedBlocks):
        return packed.plane()
    return wire.unpack_plane(packed, size) if packed else np.zeros(size, np.uint32)


def _pieces(packed: Packed, width: int) -> Pieces:
    if isinstance(packed, PackedBlocks):
        return packed.pieces()
    return plane_pieces(packed, width) if packed else join([])


def _ids(packed: bytes, width: int) -> npt.NDArray[np.int64]:
    return np.unique(_pieces(packed, width).label)


def _edit(packed: Packed, patches: Sequence[bytes], size: tuple[int, int]) -> Packed:
    if isinstance(packed, bytes) and not is_large(*size):
        plane = _unpack(packed, size)
        for patch in patches:
            wire.apply_patch(plane, patch)
        return _pack(plane)
    if isinstance(packed, bytes):
        packed = blocks.pack_blocks(_unpack(packed, size)) if packed else blocks.empty_blocks(size)
    return packed.edited([patch_pieces(patch, size) for patch in patches])


def _to_bytes(packed: Packed) -> bytes:
    return packed.to_bytes() if isinstance(packed, PackedBlocks) else packed


def _zeros(pixels: int) -> bytes:
    return wire.encode_varints(np.array([pixels, 0], np.int64))


def _bad_labels(why: str) -> DomainError:
    return DomainError("bad_labels", f"This label image cannot be used: {why}.")
