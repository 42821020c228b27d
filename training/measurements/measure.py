"""Measure the objects of a moment piece by piece, so that memory does not grow with the picture."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.measurements import FAMILIES
from training.measurements.base import Box, Family, Layout, Region, Source, sort_pixels
from training.measurements.intensity import MARGIN
from training.measurements.tables import LABEL, Table, join_tables, make_table

# Voxels (Z, Y, X) that objects are gathered by; what is read is larger by the objects at the rim.
PIECE = (32, 1024, 1024)


@dataclass(frozen=True)
class ArraySource:
    """A moment that lies in memory.

    Attributes
    ----------
    stack : ndarray of int, shape (Z, Y, X)
        Labels.
    picture : ndarray, shape (C, Z, Y, X)
        Intensities.
    """

    stack: NDArray[Any]
    picture: NDArray[Any]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Size of the moment."""
        depth, height, width = self.stack.shape
        return depth, height, width

    def labels(self, box: Box) -> NDArray[Any]:
        """Labels (Z, Y, X) of a box."""
        return self.stack[box]

    def intensities(self, channel: int, box: Box) -> NDArray[Any]:
        """Intensities (Z, Y, X) of a box."""
        return np.asarray(self.picture[(channel, *box)])


def measure_objects(
    source: Source,
    layout: Layout,
    about: Mapping[int, Mapping[str, Any]],
    *,
    families: Sequence[str] = tuple(FAMILIES),
    piece: tuple[int, int, int] = PIECE,
) -> Table:
    """Measure every object of a moment.

    Parameters
    ----------
    source : Source
        Labels and intensities; read in pieces, each object whole.
    layout : Layout
        Channels, classes and the size of a voxel.
    about : mapping of int to mapping
        {class_index, confidence} by id.
    families : sequence of str
        Keys of ``FAMILIES``.
    piece : tuple of int
        Voxels (Z, Y, X) by which objects are gathered. Memory grows with this and with the
        largest object, not with the picture.

    Returns
    -------
    Table
        One row per object, by ascending id; without objects it has columns and no rows.
    """
    chosen = [FAMILIES[name] for name in families]
    columns = [LABEL, *(column for family in chosen for column in family.columns(layout))]
    ids, boxes = find_boxes(source, piece)
    parts = [
        make_table(columns, [region.ids, *_values(region, chosen)])
        for region in _regions(source, layout, about, ids=ids, boxes=boxes, piece=piece)
    ]
    return join_tables([make_table(columns, None), *parts]).ordered("label")


def find_boxes(
    source: Source, piece: tuple[int, int, int] = PIECE
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the objects of a moment and the boxes round them.

    Parameters
    ----------
    source : Source
        Read once, piece by piece.
    piece : tuple of int
        Voxels (Z, Y, X) that are read at once.

    Returns
    -------
    ids : ndarray of int64, shape (N,)
        Ascending.
    boxes : ndarray of int64, shape (N, 6)
        z0 y0 x0 z1 y1 x1, ends excluded.
    """
    found_ids: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    found_boxes: list[NDArray[np.int64]] = [np.zeros((0, 6), np.int64)]
    for box in _pieces(source.shape, piece):
        pixels = sort_pixels(source.labels(box))
        shift = np.array([part.start for part in box])
        low, high = pixels.each(np.minimum) + shift, pixels.each(np.maximum) + shift + 1
        found_ids.append(pixels.values)
        found_boxes.append(np.concatenate([low, high], axis=1))
    rows, everywhere = np.concatenate(found_ids), np.concatenate(found_boxes)
    ids, inverse = np.unique(rows, return_inverse=True)
    boxes = np.concatenate(
        [np.full((len(ids), 3), np.iinfo(np.int64).max), np.zeros((len(ids), 3), np.int64)], axis=1
    )
    np.minimum.at(boxes[:, :3], inverse, everywhere[:, :3])
    np.maximum.at(boxes[:, 3:], inverse, everywhere[:, 3:])
    return ids, boxes


def _regions(
    source: Source,
    layout: Layout,
    about: Mapping[int, Mapping[str, Any]],
    *,
    ids: NDArray[np.int64],
    boxes: NDArray[np.int64],
    piece: tuple[int, int, int],
) -> Iterator[Region]:
    """Read the picture so that each object is whole in exactly one region."""
    home = boxes[:, :3] // np.array(piece)
    for where in np.unique(home, axis=0):
        mine = np.flatnonzero((home == where).all(axis=1))
        box = _around(boxes[mine], source.shape)
        z, y, x = box
        yield Region(
            labels=source.labels(box),
            ids=ids[mine],
            origin=(z.start, y.start, x.start),
            intensities=[source.intensities(c, box) for c in range(len(layout.channels))],
            layout=layout,
            about=about,
        )


def _around(boxes: NDArray[np.int64], shape: tuple[int, int, int]) -> Box:
    """Box round boxes, with the margin in which neighbours and ground are looked at."""
    margin = np.array([1, MARGIN, MARGIN])
    low = np.maximum(boxes[:, :3].min(axis=0) - margin, 0)
    high = np.minimum(boxes[:, 3:].max(axis=0) + margin, shape)
    z, y, x = (slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    return z, y, x


def _pieces(shape: tuple[int, int, int], piece: tuple[int, int, int]) -> Iterator[Box]:
    counts = [-(-n // p) for n, p in zip(shape, piece, strict=True)]
    for at in np.ndindex(*counts):
        z, y, x = (
            slice(i * p, min((i + 1) * p, n)) for i, p, n in zip(at, piece, shape, strict=True)
        )
        yield z, y, x


def _values(region: Region, families: Sequence[Family]) -> list[NDArray[Any]]:
    return [np.asarray(values) for family in families for values in family.measure(region)]
