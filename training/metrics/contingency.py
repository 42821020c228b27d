"""Which objects of two label images overlap, and by how many pixels."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.metrics.base import require_finite

# Pixels that are compared at once.
PIECE = 1 << 22
# Up to this id a table finds an object's place faster than a search.
LARGEST_LOOKUP = 1 << 22


@dataclass(frozen=True)
class Contingency:
    """Overlaps of two label images, kept sparse: only pairs that touch are stored.

    Attributes
    ----------
    truth_ids, prediction_ids : ndarray of int64
        Labels present, ascending, background left out.
    truth_sizes, prediction_sizes : ndarray of int64
        Pixels of each label, in the order of the ids.
    rows, columns : ndarray of int64, shape (K,)
        Indices into the ids of the K overlapping pairs.
    overlaps : ndarray of int64, shape (K,)
        Common pixels of each pair.
    """

    truth_ids: NDArray[np.int64]
    prediction_ids: NDArray[np.int64]
    truth_sizes: NDArray[np.int64]
    prediction_sizes: NDArray[np.int64]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    overlaps: NDArray[np.int64]

    @property
    def ious(self) -> NDArray[np.float64]:
        """Intersection over union of each stored pair, shape (K,)."""
        union = self.truth_sizes[self.rows] + self.prediction_sizes[self.columns] - self.overlaps
        return np.asarray(self.overlaps / np.maximum(union, 1))

    def only(self, rows: NDArray[np.bool_], columns: NDArray[np.bool_]) -> "Contingency":
        """Return the overlaps between some of the objects; ids and sizes stay."""
        kept = rows[self.rows] & columns[self.columns]
        return replace(
            self, rows=self.rows[kept], columns=self.columns[kept], overlaps=self.overlaps[kept]
        )


def contingency(truth: NDArray[Any], prediction: NDArray[Any]) -> Contingency:
    """Count the common pixels of every pair of labels.

    Parameters
    ----------
    truth, prediction : ndarray of int
        Label images of one shape, any number of axes, 0 = background.

    Returns
    -------
    Contingency
        Sparse table of overlaps.

    Raises
    ------
    ValueError
        If the shapes differ, or values are negative, not whole or not finite.
    """
    if truth.shape != prediction.shape:
        raise ValueError(f"label images differ in shape: {truth.shape} and {prediction.shape}")
    true, seen = truth.reshape(-1), prediction.reshape(-1)
    truth_ids, truth_sizes = _count(true, what="truth")
    prediction_ids, prediction_sizes = _count(seen, what="prediction")
    width = max(prediction_ids.size, 1)
    codes, counts = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for piece in _pieces(true.size):
        row, column = _places(true[piece], truth_ids), _places(seen[piece], prediction_ids)
        both = (row >= 0) & (column >= 0)
        found, pixels = np.unique(row[both] * width + column[both], return_counts=True)
        codes.append(found)
        counts.append(pixels)
    pairs, inverse = np.unique(np.concatenate(codes), return_inverse=True)
    overlaps = np.zeros(pairs.size, np.int64)
    np.add.at(overlaps, inverse, np.concatenate(counts))
    return Contingency(
        truth_ids=truth_ids,
        prediction_ids=prediction_ids,
        truth_sizes=truth_sizes,
        prediction_sizes=prediction_sizes,
        rows=pairs // width,
        columns=pairs % width,
        overlaps=overlaps,
    )


def _pieces(pixels: int) -> Iterator[slice]:
    """Divide flat pixels, so that what is worked out of them stays small."""
    for start in range(0, pixels, PIECE):
        yield slice(start, start + PIECE)


def _count(flat: NDArray[Any], *, what: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ascending ids without background, and the pixels of each."""
    ids, sizes = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for piece in _pieces(flat.size):
        values = flat[piece]
        require_finite(values, what=what)
        if values.dtype.kind == "f" and (values != np.floor(values)).any():
            raise ValueError(f"{what} holds fractions; labels are whole numbers")
        if values.min() < 0:
            raise ValueError(f"{what} holds negative labels")
        if values.max() < LARGEST_LOOKUP:
            # Counting beats the sort inside np.unique several times over.
            counts = np.bincount(values.astype(np.int64))
            found = np.flatnonzero(counts)
            pixels = counts[found]
        else:
            found, pixels = np.unique(values, return_counts=True)
        ids.append(found[found > 0].astype(np.int64))
        sizes.append(pixels[found > 0])
    every, inverse = np.unique(np.concatenate(ids), return_inverse=True)
    total = np.zeros(every.size, np.int64)
    np.add.at(total, inverse, np.concatenate(sizes))
    return every, total


def _places(values: NDArray[Any], ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Index into the ids (all that there are) of each pixel; -1 = background."""
    if ids.size == 0:
        return np.full(values.shape, -1, np.int64)
    whole = values.astype(np.int64)
    if ids[-1] >= LARGEST_LOOKUP:
        return np.where(whole > 0, np.searchsorted(ids, whole), -1)
    lookup = np.full(int(ids[-1]) + 1, -1, np.int64)
    lookup[ids] = np.arange(ids.size)
    return lookup[whole]
