"""Labels of some pixels or blocks of a plane; a large one is never unpacked as a whole."""

from collections.abc import Callable

import numpy as np

from annotations.labels import wire
from annotations.labels.blocks import BLOCK, BlockAt, PackedBlocks, check_block, grid_of, thinned
from annotations.labels.planes import LabelStack
from annotations.labels.wire import Ints, Plane

BlockReader = Callable[[BlockAt], Plane]


def block_reader(stack: LabelStack, t: int, z: int) -> BlockReader:
    """Return what reads blocks (512, 512) of level 0 of a plane; zeros lie beyond its edge.

    Reading raises `DomainError` with the code "no_such_block".
    """
    packed = stack.packed[stack.index(t, z)]
    shape = (stack.shape[2], stack.shape[3])
    whole = stack.plane(t, z) if isinstance(packed, bytes) and packed else None

    def read(at: BlockAt) -> Plane:
        check_block(at, shape)
        if whole is not None:
            return thinned(whole, at)
        data = packed.packed_block(at) if isinstance(packed, PackedBlocks) else b""
        if not data:
            return np.zeros((BLOCK, BLOCK), np.uint32)
        return wire.unpack_plane(data, (BLOCK, BLOCK))

    return read


def labels_at(stack: LabelStack, t: int, z: int, places: Ints) -> Plane:
    """Return the labels (N,) of the pixels of a plane at flat `places` (N,)."""
    if not isinstance(stack.packed[stack.index(t, z)], PackedBlocks):
        return stack.plane(t, z).reshape(-1)[places]
    read = block_reader(stack, t, z)
    y, x = np.divmod(places, stack.shape[3])
    columns = grid_of((stack.shape[2], stack.shape[3]))[0][1]
    block = y // BLOCK * columns + x // BLOCK
    found = np.zeros(places.size, np.uint32)
    for number in np.unique(block).tolist():
        here = block == number
        labels = read(BlockAt(0, *divmod(number, columns)))
        found[here] = labels[y[here] % BLOCK, x[here] % BLOCK]
    return found


def patch_between(ours: LabelStack, theirs: LabelStack, t: int, z: int) -> bytes:
    """Encode what turns a plane of `ours` into that of `theirs`; b"" where nothing differs."""
    at = ours.index(t, z)
    if ours.packed[at] == theirs.packed[at]:
        return b""
    packed = (ours.packed[at], theirs.packed[at])
    if not any(isinstance(plane, PackedBlocks) for plane in packed):
        return wire.encode_patch(ours.plane(t, z), theirs.plane(t, z))
    return _patch_of_blocks(ours, theirs, t, z)


def _patch_of_blocks(ours: LabelStack, theirs: LabelStack, t: int, z: int) -> bytes:
    height, width = ours.shape[2:]
    rows, columns = grid_of((height, width))[0]
    now, then = block_reader(ours, t, z), block_reader(theirs, t, z)
    places, labels = [], []
    for row in range(rows):
        for column in range(columns):
            at = BlockAt(0, row, column)
            wanted = then(at)
            y, x = np.nonzero(now(at) != wanted)
            places.append((y + at.y) * width + x + at.x)
            labels.append(wanted[y, x])
    where = np.concatenate(places)
    order = np.argsort(where, kind="stable")
    if where.size == 0:
        return b""
    return wire.encode_pixels(where[order], np.concatenate(labels)[order], width)
