"""What every family of measurements works on, and what it gives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Box = tuple[slice, slice, slice]
Values = NDArray[Any]
Kind = Literal["int", "float", "text"]


@dataclass(frozen=True)
class Column:
    """One column of a table of cells.

    Attributes
    ----------
    name : str
        With its unit at the end where it has one, e.g. ``area_um2``.
    unit : str
        "um", "um2", "um3", "px", "px2", "voxel", "deg", "intensity", or "" for plain numbers.
    kind : {"int", "float", "text"}
        What it holds; float columns may have gaps (NaN).
    about : str
        What is measured, in a sentence.
    """

    name: str
    unit: str
    kind: Kind
    about: str


@dataclass(frozen=True)
class Layout:
    """What is known of a picture before anything is measured.

    Attributes
    ----------
    dims : {2, 3}
        Whether objects extend over planes.
    spacing : tuple of float or None
        µm of a voxel, (Z, Y, X); None where unknown, then lengths are in pixels.
    channels : tuple of str
        Names of the channels.
    classes : mapping of int to str
        Names of the classes by their index.
    """

    dims: int
    spacing: tuple[float, float, float] | None
    channels: tuple[str, ...]
    classes: Mapping[int, str] = field(default_factory=dict)

    @property
    def steps(self) -> tuple[float, float, float]:
        """Size of a voxel (Z, Y, X) in the unit of lengths."""
        return self.spacing or (1.0, 1.0, 1.0)

    @property
    def unit(self) -> str:
        """Unit of lengths."""
        return "px" if self.spacing is None else "um"

    def length(self, name: str, about: str) -> Column:
        """Column of a length."""
        return Column(f"{name}_{self.unit}", self.unit, "float", about)

    def size(self) -> Column:
        """Column of an area or, of objects over planes, a volume."""
        if self.dims == 3:
            unit = "voxel" if self.spacing is None else "um3"
            return Column(f"volume_{unit}", unit, "float", "Volume of the object.")
        unit = "px2" if self.spacing is None else "um2"
        return Column(f"area_{unit}", unit, "float", "Area of the object.")


class Source(Protocol):
    """Labels and intensities of one moment, read piece by piece.

    Attributes
    ----------
    shape : tuple of int
        (Z, Y, X).
    """

    @property
    def shape(self) -> tuple[int, int, int]:
        """Size of the moment."""
        ...

    def labels(self, box: Box) -> NDArray[Any]:
        """Labels (Z, Y, X) of a box, 0 = background."""
        ...

    def intensities(self, channel: int, box: Box) -> NDArray[Any]:
        """Intensities (Z, Y, X) of a box."""
        ...


@dataclass(frozen=True)
class Region:
    """A piece of a moment that holds some objects whole.

    Attributes
    ----------
    labels : ndarray of int, shape (Z, Y, X)
        Ids as they are, neighbours included.
    ids : ndarray of int64, shape (N,)
        The objects to be measured, ascending.
    origin : tuple of int
        Voxel (Z, Y, X) of the moment at which the piece begins.
    intensities : sequence of ndarray, each of shape (Z, Y, X)
        One per channel.
    layout : Layout
        Of the picture.
    about : mapping of int to mapping
        {class_index, confidence} by id, as far as known.
    """

    labels: NDArray[Any]
    ids: NDArray[np.int64]
    origin: tuple[int, int, int]
    intensities: Sequence[NDArray[Any]]
    layout: Layout
    about: Mapping[int, Mapping[str, Any]]

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """Places in `ids` plus 1, shape (Z, Y, X); 0 for background and for other objects."""
        at = np.searchsorted(self.ids, self.labels)
        at = np.minimum(at, len(self.ids) - 1)
        return np.where(self.ids[at] == self.labels, at + 1, 0)

    @cached_property
    def pixels(self) -> "Pixels":
        """Voxels of the objects, object after object."""
        return sort_pixels(self.numbers)

    @cached_property
    def boxes(self) -> NDArray[np.int64]:
        """First voxel and the one after the last, (N, 6): z0 y0 x0 z1 y1 x1, in this region."""
        return np.concatenate(
            [self.pixels.each(np.minimum), self.pixels.each(np.maximum) + 1], axis=1
        )

    def box(self, at: int) -> Box:
        """Return the box of one object."""
        z0, y0, x0, z1, y1, x1 = map(int, self.boxes[at])
        return slice(z0, z1), slice(y0, y1), slice(x0, x1)


@dataclass(frozen=True)
class Pixels:
    """Voxels of objects, object after object.

    Attributes
    ----------
    flat : ndarray of int64, shape (P,)
        Where each lies in the raveled array.
    places : ndarray of int64, shape (P, 3)
        Z, Y, X.
    values : ndarray of int64, shape (N,)
        Label of each object.
    starts : ndarray of int64, shape (N,)
        First voxel of each object.
    counts : ndarray of int64, shape (N,)
        Voxels of each object.
    """

    flat: NDArray[np.int64]
    places: NDArray[np.int64]
    values: NDArray[np.int64]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]

    def each(self, ufunc: np.ufunc, values: NDArray[Any] | None = None) -> NDArray[Any]:
        """Reduce values (P, ...), or the places, over each object."""
        of = self.places if values is None else values
        if not len(self.starts):
            return np.empty((0, *of.shape[1:]), of.dtype)
        return np.asarray(ufunc.reduceat(of, self.starts, axis=0))

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """Repeat a value per object (N, ...) for each of its voxels."""
        return np.repeat(values, self.counts, axis=0)


def sort_pixels(labels: NDArray[Any]) -> Pixels:
    """Gather the voxels of each label of (Z, Y, X), 0 left out."""
    flat = np.flatnonzero(labels)
    own = labels.ravel()[flat]
    order = np.argsort(own, kind="stable")
    flat, own = flat[order], own[order]
    starts = np.flatnonzero(np.diff(own, prepend=0))
    counts = np.diff(starts, append=len(own))
    places = np.stack(np.unravel_index(flat, labels.shape), axis=1)
    return Pixels(flat, places, own[starts].astype(np.int64), starts, counts)


@dataclass(frozen=True)
class Family:
    """One family of measurements, the entry type of ``FAMILIES``.

    Attributes
    ----------
    name : str
        Key of the family.
    columns : callable
        ``columns(layout)`` names what is measured in such a picture.
    measure : callable
        ``measure(region)`` gives one array of N values per column, in the same order.
    """

    name: str
    columns: Callable[[Layout], Sequence[Column]]
    measure: Callable[[Region], Sequence[Values]]
