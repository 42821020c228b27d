"""The map of uncertainty of a picture that is predicted part by part, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.decoding.doubt import coarseness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class DoubtParts:
    """Gathers how unsure a model is of the parts of a picture.

    Parameters
    ----------
    shape : sequence of int
        (T, Z, Y, X) of the picture.

    Attributes
    ----------
    values : ndarray of uint8, shape (T, Z, y, x)
        Mean of blocks of ``step`` x ``step`` pixels, as coarse as maps of such pictures are kept;
        255 = as unsure as can be.
    """

    def __init__(self, shape: Sequence[int]) -> None:
        self.step = coarseness(shape)
        self.plane = tuple(shape[-2:])
        coarse = (-(-n // self.step) for n in self.plane)
        self.values = np.zeros((*shape[:2], *coarse), dtype=np.uint8)

    def add(self, moment: int, where: Sequence[slice], shares: NDArray[Any]) -> None:
        """Take note of a part of one moment.

        Parameters
        ----------
        moment : int
            Which.
        where : sequence of slice
            Its part of the plane (Y, X); parts cover the plane once.
        shares : ndarray of float, shape (y, x) or (Z, y, x)
            From 0 to 1 = as unsure as can be.
        """
        rows, columns = (_side(part, self.step) for part in where)
        sums = np.add.reduceat(shares, rows.starts, axis=-2, dtype=np.float64)
        sums = np.add.reduceat(sums, columns.starts, axis=-1)
        height, width = (
            np.minimum(self.step, n - side.numbers * self.step)
            for n, side in zip(self.plane, (rows, columns), strict=True)
        )
        # A block at a seam is the sum of what lies on its sides.
        told = np.rint(255 * sums / (height[:, None] * width)).astype(np.uint16)
        at = (moment, slice(None), rows.span, columns.span)
        self.values[at] = np.minimum(self.values[at] + told, 255)

    def map(self) -> NDArray[np.uint8]:
        """Return what was gathered."""
        return self.values


@dataclass(frozen=True)
class _Side:
    """Blocks that a part touches along one axis, and where each begins in the part."""

    numbers: NDArray[np.intp]
    starts: NDArray[np.intp]

    @property
    def span(self) -> slice:
        return slice(int(self.numbers[0]), int(self.numbers[-1]) + 1)


def _side(part: slice, step: int) -> _Side:
    numbers = np.arange(part.start // step, -(-part.stop // step), dtype=np.intp)
    return _Side(numbers, np.maximum(numbers * step - part.start, 0))
