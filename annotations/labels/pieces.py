"""Labels as row pieces: what runs of the wire formats are, row by row. Pure NumPy.

Edits and object tables of large planes are worked out on pieces, so that their cost follows the
number of runs and not that of pixels.
"""

import gzip
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from annotations.labels import wire

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pieces:
    """Row pieces: columns `x0` <= x < `x1` of row `y` have `label`; sorted by row.

    Attributes
    ----------
    y, x0, x1, label : ndarray of int64, (N,)
        One entry per piece.
    """

    y: Ints
    x0: Ints
    x1: Ints
    label: Ints

    @cached_property
    def box(self) -> tuple[int, int, int, int]:
        """x0, y0, x1, y1 round all pieces; the last two exclusive."""
        if self.y.size == 0:
            return (0, 0, 0, 0)
        return (int(self.x0.min()), int(self.y[0]), int(self.x1.max()), int(self.y[-1]) + 1)

    def take(self, which: npt.NDArray[np.bool_] | Ints | slice) -> "Pieces":
        """Return some of the pieces."""
        return Pieces(self.y[which], self.x0[which], self.x1[which], self.label[which])

    def moved(self, *, y: int, x: int) -> "Pieces":
        """Return the pieces further down and right."""
        return Pieces(self.y + y, self.x0 + x, self.x1 + x, self.label)


def pieces_of(starts: Ints, lengths: Ints, labels: Ints, *, width: int) -> Pieces:
    """Cut flat runs of a plane of `width` columns at the ends of rows."""
    first = starts // width
    rows = np.where(lengths > 0, (starts + lengths - 1) // width - first + 1, 0)
    run = np.repeat(np.arange(starts.size), rows)
    y = first[run] + np.arange(run.size) - np.repeat(np.cumsum(rows) - rows, rows)
    x0 = np.maximum(starts[run] - y * width, 0)
    x1 = np.minimum(starts[run] + lengths[run] - y * width, width)
    return Pieces(y, x0, x1, labels[run])


def patch_pieces(patch: bytes, shape: tuple[int, int]) -> Pieces:
    """Read a patch to a plane of `shape` (Y, X); see `wire.decode_patch`."""
    runs = wire.decode_patch(patch, shape)
    return pieces_of(runs[:, 0], runs[:, 1], runs[:, 2], width=shape[1])


def plane_pieces(packed: bytes, width: int) -> Pieces:
    """Read the objects of a gzip'ed wire plane of `width` columns; background is left out."""
    values = wire.decode_varints(gzip.decompress(packed))
    lengths, labels = values[0::2], values[1::2]
    starts = np.cumsum(lengths) - lengths
    there = labels > 0
    return pieces_of(starts[there], lengths[there], labels[there], width=width)


def thin_out(pieces: Pieces, level: int) -> Pieces:
    """Return what is left of the pieces when every 2**level-th row and column is kept.

    The pixel kept is the one in the middle, as `thinned` in `annotations.labels.blocks`.
    """
    if level == 0:
        return pieces
    step = 1 << level
    middle = step >> 1
    x0 = (pieces.x0 - middle + step - 1) // step
    x1 = (pieces.x1 - middle + step - 1) // step
    kept = (pieces.y % step == middle) & (x0 < x1)
    return Pieces(pieces.y // step, x0, x1, pieces.label).take(kept)


def clip(pieces: Pieces, *, y0: int, x0: int, size: int) -> Pieces:
    """Return the part of the pieces in a square, counted from its corner."""
    rows = slice(*np.searchsorted(pieces.y, [y0, y0 + size]))
    near = pieces.take(rows)
    near = near.take((near.x0 < x0 + size) & (near.x1 > x0)).moved(y=-y0, x=-x0)
    return Pieces(near.y, np.maximum(near.x0, 0), np.minimum(near.x1, size), near.label)


def draw(plane: wire.Plane, pieces: Pieces) -> None:
    """Give the pieces' pixels of `plane` (Y, X), C-contiguous, their labels."""
    lengths = pieces.x1 - pieces.x0
    before = np.cumsum(lengths) - lengths
    starts = pieces.y * plane.shape[1] + pieces.x0
    where = np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
    plane.reshape(-1)[where] = np.repeat(pieces.label.astype(np.uint32), lengths)


def join(parts: list[Pieces]) -> Pieces:
    """Put pieces of different places together, in the order given."""
    if not parts:
        nothing = np.zeros(0, np.int64)
        return Pieces(nothing, nothing, nothing, nothing)
    columns = zip(*((part.y, part.x0, part.x1, part.label) for part in parts), strict=True)
    return Pieces(*map(np.concatenate, columns))


@dataclass(frozen=True)
class ObjectTable:
    """Objects of one plane, by ascending id.

    Attributes
    ----------
    id, area : ndarray of int64, (N,)
        Object ids; pixels.
    x, y : ndarray of float64, (N,)
        Middle in pixels; pixel centres are integers.
    box : ndarray of int64, (N, 4)
        x0, y0, x1, y1; the last two exclusive.
    """

    id: Ints
    area: Ints
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    box: Ints


def tabulate(pieces: Pieces) -> ObjectTable:
    """Measure the objects that pieces (in any order, none of background) add up to."""
    ordered = pieces.take(np.argsort(pieces.label, kind="stable"))
    ids, starts = np.unique(ordered.label, return_index=True)
    if ids.size == 0:
        nothing = np.zeros(0, np.float64)
        return ObjectTable(ids, ids, nothing, nothing, np.zeros((0, 4), np.int64))
    lengths = ordered.x1 - ordered.x0
    area = np.add.reduceat(lengths, starts)
    x = np.add.reduceat(lengths * (ordered.x0 + ordered.x1 - 1), starts) / (2 * area)
    y = np.add.reduceat(lengths * ordered.y, starts) / area
    box = (
        np.minimum.reduceat(ordered.x0, starts),
        np.minimum.reduceat(ordered.y, starts),
        np.maximum.reduceat(ordered.x1, starts),
        np.maximum.reduceat(ordered.y, starts) + 1,
    )
    return ObjectTable(ids, area, x, y, np.stack(box, axis=1))
