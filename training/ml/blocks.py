"""Pictures too large to predict whole: overlapping blocks, and objects joined without seams."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from training.ml.resizing import resize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

# Blocks see an object from different sides, and put its middle a little elsewhere.
DOUBT = 3.0
# An object of which more than this is already taken was found by the block before.
TAKEN = 0.5


@dataclass(frozen=True)
class Block:
    """Part of a plane (Y, X).

    Attributes
    ----------
    core : tuple of slice
        The block's own pixels; the cores of all blocks cover the plane once.
    seen : tuple of slice
        The core and what lies round it.
    """

    core: tuple[slice, slice]
    seen: tuple[slice, slice]

    @property
    def inner(self) -> tuple[slice, slice]:
        """Where the core lies in what is seen."""
        y, x = (
            slice(core.start - seen.start, core.stop - seen.start)
            for core, seen in zip(self.core, self.seen, strict=True)
        )
        return y, x


def blocks(shape: Sequence[int], *, core: int, margin: int) -> Iterator[Block]:
    """Divide a plane into blocks that overlap.

    Parameters
    ----------
    shape : sequence of int
        Of the plane (Y, X).
    core : int
        Largest side of a core.
    margin : int
        Pixels seen beyond each side of the core; more than the largest object's diameter.

    Yields
    ------
    Block
        Row by row.
    """
    sides = [[(start, min(start + core, n)) for start in range(0, n, core)] for n in shape]
    for (top, bottom), (left, right) in itertools.product(*sides):
        yield Block(
            core=(slice(top, bottom), slice(left, right)),
            seen=(
                slice(max(0, top - margin), min(shape[0], bottom + margin)),
                slice(max(0, left - margin), min(shape[1], right + margin)),
            ),
        )


def temporary_labels(shape: Sequence[int]) -> NDArray[np.int32]:
    """Make an empty label image that lies in a file, which is gone when nobody holds it."""
    with tempfile.TemporaryFile() as file:
        # The mapping outlives the handle, and the file the mapping does not.
        return np.memmap(file, dtype=np.int32, mode="w+", shape=tuple(shape))


def add_block(
    whole: NDArray[np.int32], block: Block, labels: NDArray[np.int32], *, last: int
) -> list[int]:
    """Take over the objects whose middle lies in the block's core.

    An object at a seam is complete in each block that sees it, and belongs to the one that holds
    its middle; one that was already taken over is left out.

    Parameters
    ----------
    whole : ndarray of int32, shape (..., Y, X)
        Objects so far; changed in place. Pixels that are taken stay as they are.
    block : Block
        Where the labels lie.
    labels : ndarray of int32, shape (..., y, x)
        Objects of the block's ``seen`` part, ids 1..n.
    last : int
        Largest id in use; new objects get the ids after it.

    Returns
    -------
    list of int
        Ids in ``labels`` that were taken over, in the order of their new ids.
    """
    view = whole[(..., *block.seen)]
    taken: list[int] = []
    for name, where in enumerate(ndimage.find_objects(labels), start=1):
        if where is None or not _may_hold(where[-2:], block):
            continue
        mask = labels[where] == name
        if not _holds_middle(mask, where[-2:], block):
            continue
        free = mask & (view[where] == 0)
        if free.sum() <= (1 - TAKEN) * mask.sum():
            continue
        taken.append(name)
        view[where][free] = last + len(taken)
    return taken


def shrink_into(
    small: NDArray[np.float32],
    part: NDArray[np.float32],
    where: Sequence[slice],
    shape: Sequence[int],
) -> None:
    """Lay a part of a large map into a small one, brightest first; changed in place.

    Parameters
    ----------
    small : ndarray of float32, shape (y, x)
        Stands for the whole plane.
    part : ndarray of float32, shape (..., Y, X)
        Of volumes the brightest plane counts.
    where : sequence of slice
        Which part of the plane it is.
    shape : sequence of int
        Of the plane (Y, X).
    """
    plane = part.max(axis=0) if part.ndim == 3 else part
    at = tuple(
        slice(own.start * side // n, max(own.start * side // n + 1, own.stop * side // n))
        for own, side, n in zip(where, small.shape, shape, strict=True)
    )
    target = small[at]
    np.maximum(target, resize(plane, target.shape), out=target)


def _may_hold(where: Sequence[slice], block: Block) -> bool:
    """Whether the box of an object touches the core; spares a look at the pixels."""
    return all(
        seen.start + box.start < core.stop + DOUBT and seen.start + box.stop > core.start - DOUBT
        for box, core, seen in zip(where, block.core, block.seen, strict=True)
    )


def _holds_middle(mask: NDArray[Any], where: Sequence[slice], block: Block) -> bool:
    """Whether the middle of an object lies in the core, within the doubt about it."""
    middle = [float(axis.mean()) for axis in np.nonzero(mask)[-2:]]
    return all(
        core.start - DOUBT <= seen.start + box.start + at < core.stop + DOUBT
        for at, box, core, seen in zip(middle, where, block.core, block.seen, strict=True)
    )
