"""Sums of the distributions of pixels that agree in their class and in how sure they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELLS = 16


class PixelCells:
    """Distributions of pixels, summed up part by part.

    Parameters
    ----------
    n_classes : int
        Classes of a distribution, background among them where there is one.
    """

    def __init__(self, n_classes: int) -> None:
        self.counts = np.zeros(n_classes * CELLS)
        self.sums = np.zeros((n_classes, n_classes * CELLS))

    def add(self, chances: NDArray[Any]) -> None:
        """Add the distributions (C, P) of some pixels."""
        best, sure = chances.argmax(axis=0), chances.max(axis=0)
        cell = np.minimum((sure * CELLS).astype(np.int64), CELLS - 1)
        key = best * CELLS + cell
        size = self.counts.size
        self.counts += np.bincount(key, minlength=size)
        self.sums += [np.bincount(key, weights=one, minlength=size) for one in chances]

    def distributions(self, *, background: bool) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return mean distributions (K, C) and the pixels of each (K,).

        Clear background is left out: it would drown the doubt at the outlines, the more so the
        emptier a picture is.

        Parameters
        ----------
        background : bool
            Whether the first class is none.
        """
        filled = np.flatnonzero(self.counts)
        mean = (self.sums[:, filled] / self.counts[filled]).T
        weights = self.counts[filled].astype(np.float32)
        if background:
            weights[filled == CELLS - 1] = 0
        mean /= mean.sum(axis=1, keepdims=True)
        return mean.astype(np.float32), weights
