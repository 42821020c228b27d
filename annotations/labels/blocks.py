"""Large label planes: gzip'ed blocks of 512 x 512 labels at full and at halved resolutions.

A browser asks for the blocks that are on its screen, and an edit touches the blocks under it, so
that nobody has to unpack 400 million pixels for one stroke.

Layout, little endian: the magic `CYBLOCK1`, one uint32 per block with its length, then the blocks
(levels from fine to coarse, rows, columns), each a gzip'ed wire plane of 512 x 512, zeros beyond
the edge of the plane. A block of zeros has length 0. Level n keeps every 2**n-th pixel: means of
ids mean nothing.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from annotations.labels import wire
from annotations.labels.pieces import (
    Ints,
    Pieces,
    clip,
    draw,
    join,
    plane_pieces,
    thin_out,
)
from core.errors import DomainError

MAGIC = b"CYBLOCK1"
BLOCK = 512
_SIZE = (BLOCK, BLOCK)


@dataclass(frozen=True)
class BlockAt:
    """One block of a plane: its level, and its row and column among the level's blocks."""

    level: int
    row: int
    column: int

    @property
    def y(self) -> int:
        """First row of pixels, of its level."""
        return self.row * BLOCK

    @property
    def x(self) -> int:
        """First column of pixels, of its level."""
        return self.column * BLOCK


def grid_of(shape: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """Return (rows, columns) of blocks of each level of a plane (Y, X); the last has one block."""
    grid = []
    height, width = shape
    while True:
        grid.append((-(-height // BLOCK), -(-width // BLOCK)))
        if max(height, width) <= BLOCK:
            return tuple(grid)
        height, width = (height + 1) // 2, (width + 1) // 2


def places(shape: tuple[int, int]) -> Iterator[BlockAt]:
    """Name the blocks of a plane (Y, X) in the order in which they are stored."""
    for level, (rows, columns) in enumerate(grid_of(shape)):
        for row in range(rows):
            for column in range(columns):
                yield BlockAt(level, row, column)


def thinned(plane: wire.Plane, at: BlockAt) -> wire.Plane:
    """Cut a block out of a plane (Y, X), as a fresh array (512, 512)."""
    step = 1 << at.level
    kept = plane[step >> 1 :: step, step >> 1 :: step]
    part = kept[at.y : at.y + BLOCK, at.x : at.x + BLOCK]
    block = np.zeros(_SIZE, np.uint32)
    block[: part.shape[0], : part.shape[1]] = part
    return block


@dataclass(frozen=True)
class PackedBlocks:
    """A large plane, packed; edits are kept beside and done on the blocks that are asked for.

    Attributes
    ----------
    shape : tuple of int
        (Y, X).
    packed : tuple of bytes
        As `places` names them; b"" for a block of zeros.
    edits : tuple of Pieces
        Edits to the plane, in their order, that `packed` does not hold yet.
    """

    shape: tuple[int, int]
    packed: tuple[bytes, ...]
    edits: tuple[Pieces, ...] = ()

    def edited(self, edits: Sequence[Pieces]) -> "PackedBlocks":
        """Return the plane with further edits on it."""
        return PackedBlocks(self.shape, self.packed, (*self.edits, *edits))

    def packed_block(self, at: BlockAt) -> bytes:
        """Return one block as it travels; b"" where it is all zeros.

        Raises
        ------
        DomainError
            Code "no_such_block".
        """
        touching = self._touching(at)
        return pack_block(self._drawn(at, touching)) if touching else self._stored(at)

    def plane(self) -> wire.Plane:
        """Decode everything to a fresh uint32 array (Y, X)."""
        height, width = self.shape
        out = np.zeros(self.shape, np.uint32)
        for at in self._finest():
            block = self._block(at)
            if block is not None:
                part = out[at.y : at.y + BLOCK, at.x : at.x + BLOCK]
                part[:] = block[: height - at.y, : width - at.x]
        return out

    def rows(self, y0: int, y1: int) -> wire.Plane:
        """Decode rows `y0` <= y < `y1` (rows, X); only the blocks that hold them are unpacked."""
        width = self.shape[1]
        out = np.zeros((y1 - y0, width), np.uint32)
        for row in range(y0 // BLOCK, -(-y1 // BLOCK)):
            top, bottom = max(y0, row * BLOCK), min(y1, (row + 1) * BLOCK)
            for column in range(-(-width // BLOCK)):
                at = BlockAt(0, row, column)
                block = self._block(at)
                if block is not None:
                    part = out[top - y0 : bottom - y0, at.x : at.x + BLOCK]
                    part[:] = block[top - at.y : bottom - at.y, : part.shape[1]]
        return out

    def wire_plane(self) -> bytes:
        """Return the whole plane in the wire format, gzip'ed, made one row of blocks at a time."""
        height = self.shape[0]
        tops = range(0, height, BLOCK)
        raw = [wire.encode_plane(self.rows(top, min(top + BLOCK, height))) for top in tops]
        return wire.compress(b"".join(raw))

    def pieces(self) -> Pieces:
        """Return the row pieces of all objects, block by block."""
        found = []
        for at in self._finest():
            packed = self.packed_block(at)
            if packed:
                found.append(plane_pieces(packed, BLOCK).moved(y=at.y, x=at.x))
        return join(found)

    def object_ids(self) -> Ints:
        """Return the ids of the objects, ascending."""
        found = [np.zeros(0, np.int64)]
        for at in self._finest():
            packed = self.packed_block(at)
            if packed:
                found.append(np.unique(plane_pieces(packed, BLOCK).label))
        return np.unique(np.concatenate(found))

    def settled(self) -> "PackedBlocks":
        """Return the same plane with its edits done."""
        if not self.edits:
            return self
        return PackedBlocks(self.shape, tuple(self.packed_block(at) for at in places(self.shape)))

    def to_bytes(self) -> bytes:
        """Serialise; equal labels give equal bytes, and zeros only none."""
        packed = self.settled().packed
        if not any(packed):
            return b""
        return MAGIC + struct.pack(f"<{len(packed)}I", *map(len, packed)) + b"".join(packed)

    def _finest(self) -> Iterator[BlockAt]:
        return (at for at in places(self.shape) if at.level == 0)

    def _index(self, at: BlockAt) -> int:
        grid = grid_of(self.shape)
        check_block(at, self.shape)
        before = sum(rows * columns for rows, columns in grid[: at.level])
        return before + at.row * grid[at.level][1] + at.column

    def _stored(self, at: BlockAt) -> bytes:
        return self.packed[self._index(at)]

    def _touching(self, at: BlockAt) -> list[Pieces]:
        """Return the edits that lie in a block, in its pixels."""
        step = 1 << at.level
        left, top, size = at.x * step, at.y * step, BLOCK * step
        found = []
        for edit in self.edits:
            x0, y0, x1, y1 = edit.box
            if x1 <= left or y1 <= top or x0 >= left + size or y0 >= top + size:
                continue
            rows = slice(*np.searchsorted(edit.y, [top, top + size]))
            part = clip(thin_out(edit.take(rows), at.level), y0=at.y, x0=at.x, size=BLOCK)
            if part.y.size:
                found.append(part)
        return found

    def _drawn(self, at: BlockAt, edits: Sequence[Pieces]) -> wire.Plane:
        stored = self._stored(at)
        block = wire.unpack_plane(stored, _SIZE) if stored else np.zeros(_SIZE, np.uint32)
        for edit in edits:
            draw(block, edit)
        return block

    def _block(self, at: BlockAt) -> wire.Plane | None:
        """Decode a block; None where it is all zeros."""
        touching = self._touching(at)
        return self._drawn(at, touching) if touching or self._stored(at) else None


def check_block(at: BlockAt, shape: tuple[int, int]) -> None:
    """Refuse a block that a plane (Y, X) does not have.

    Raises
    ------
    DomainError
        Code "no_such_block".
    """
    grid = grid_of(shape)
    if 0 <= at.level < len(grid):
        rows, columns = grid[at.level]
        if 0 <= at.row < rows and 0 <= at.column < columns:
            return
    raise DomainError(
        "no_such_block",
        f"There is no block {at.level}-{at.row}-{at.column}: levels go from 0 to {len(grid) - 1}, "
        f"and level 0 has {grid[0][0]} rows and {grid[0][1]} columns of blocks of {BLOCK} pixels.",
        status=404,
    )


def pack_block(block: wire.Plane) -> bytes:
    """Pack a block (512, 512); b"" where it is all zeros."""
    return wire.pack_plane(block) if block.any() else b""


def pack_blocks(plane: wire.Plane) -> PackedBlocks:
    """Pack a label plane (Y, X)."""
    shape = (plane.shape[0], plane.shape[1])
    return pack_rows(shape, lambda y0, y1: plane[y0:y1])


def pack_rows(shape: tuple[int, int], read: Callable[[int, int], wire.Plane]) -> PackedBlocks:
    """Pack a label plane (Y, X), reading a row of blocks at a time.

    Parameters
    ----------
    shape : tuple of int
        (Y, X).
    read : callable
        `(y0, y1) -> (y1 - y0, X)` of uint32; called once for each row of blocks, from the top.
    """
    grid = grid_of(shape)
    strips = [np.zeros((BLOCK, columns * BLOCK), np.uint32) for _, columns in grid]
    packed: list[list[bytes]] = [[] for _ in grid]
    for top in range(0, shape[0], BLOCK):
        bottom = min(top + BLOCK, shape[0])
        rows = read(top, bottom)
        for level, strip in enumerate(strips):
            step = 1 << level
            first = -(-(top - (step >> 1)) // step)
            kept = rows[first * step + (step >> 1) - top :: step, step >> 1 :: step]
            within = first % BLOCK
            strip[within : within + kept.shape[0], : kept.shape[1]] = kept
            if bottom == shape[0] or bottom % (BLOCK * step) == 0:
                packed[level] += [
                    pack_block(np.ascontiguousarray(strip[:, x : x + BLOCK]))
                    for x in range(0, strip.shape[1], BLOCK)
                ]
                strip[:] = 0
    return PackedBlocks(shape, tuple(block for level in packed for block in level))


def empty_blocks(shape: tuple[int, int]) -> PackedBlocks:
    """Return a plane (Y, X) of zeros."""
    return PackedBlocks(shape, tuple(b"" for _ in places(shape)))


def read_blocks(data: bytes, shape: tuple[int, int]) -> PackedBlocks:
    """Read what `PackedBlocks.to_bytes` wrote.

    Raises
    ------
    ValueError
        The data are damaged.
    """
    count = sum(rows * columns for rows, columns in grid_of(shape))
    start = len(MAGIC) + 4 * count
    if not data.startswith(MAGIC) or len(data) < start:
        raise ValueError("these are no blocks of labels")
    packed = []
    for length in struct.unpack_from(f"<{count}I", data, len(MAGIC)):
        packed.append(data[start : start + length])
        start += length
    if start != len(data):
        raise ValueError("the blocks of a label blob are cut off")
    return PackedBlocks(shape, tuple(packed))
