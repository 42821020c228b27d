"""What a click to segment is about: the clicks, the neighbourhood round them, what is there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

# Pixels of the neighbourhood's sides, at most.
NEIGHBOURHOOD = 512


@dataclass(frozen=True)
class Click:
    """A pixel that belongs to the cell (`positive`), or does not."""

    x: int
    y: int
    positive: bool = True


@dataclass(frozen=True)
class Window:
    """A rectangle of a plane: x0 <= x < x1, y0 <= y < y1."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, (Y, X)."""
        return (self.y1 - self.y0, self.x1 - self.x0)

    def holds(self, x: int, y: int) -> bool:
        """Whether a pixel lies in it."""
        return self.x0 <= x < self.x1 and self.y0 <= y < self.y1

    def meet(self, other: "Window") -> "Window":
        """Return what both have in common; empty windows have no row or no column."""
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        return Window(x0, y0, max(x0, min(self.x1, other.x1)), max(y0, min(self.y1, other.y1)))

    def inside(self, outer: "Window") -> tuple[slice, slice]:
        """Where it lies in an array of the window `outer`, as slices (Y, X)."""
        return (
            slice(self.y0 - outer.y0, self.y1 - outer.y0),
            slice(self.x0 - outer.x0, self.x1 - outer.x0),
        )


@dataclass(frozen=True)
class MapsView:
    """What a model says of the neighbourhood.

    Attributes
    ----------
    maps : ndarray of float32, shape (K, h, w)
        Part of the maps that covers the window, at the maps' scale.
    origin : (int, int)
        Y, X of the part's first pixel in the plane of the maps.
    scale : (float, float)
        Pixels of the maps per pixel of the picture, along Y and X.
    head : str
        Key of `training.decoding.BASINS`.
    foreground, seed, area : float
        See `training.decoding.BasinSettings`.
    """

    maps: NDArray[np.float32]
    origin: tuple[int, int]
    scale: tuple[float, float]
    head: str
    foreground: float
    seed: float
    area: float


@dataclass(frozen=True)
class Scene:
    """All that a clicker may look at.

    Attributes
    ----------
    window : Window
        The neighbourhood, in pixels of the sample's plane.
    clicks : tuple of Click
        Inside the window, in pixels of the plane; one is positive at least.
    limits : Window
        Where the cell lies; all of the window where the person drew no box.
    taken : ndarray of bool, (Y, X) of the window
        Pixels of other cells.
    read_pixels : callable
        Intensities (C, Y, X) of the window; called where they are needed.
    read_maps : callable
        What a model says of the window; None where no model has looked.
    """

    window: Window
    clicks: tuple[Click, ...]
    limits: Window
    taken: Mask
    read_pixels: Callable[[], NDArray[Any]]
    read_maps: Callable[[], MapsView | None]

    def places(self, *, positive: bool) -> list[tuple[int, int]]:
        """Rows and columns of clicks of one kind, in the window's arrays."""
        return [
            (click.y - self.window.y0, click.x - self.window.x0)
            for click in self.clicks
            if click.positive == positive
        ]


def choose_window(
    clicks: Sequence[Click], box: Window | None, shape: tuple[int, int]
) -> Window | None:
    """Return the neighbourhood of positive clicks (of the box, where there is one).

    Parameters
    ----------
    clicks : sequence of Click
        With a positive one, where there is no box.
    box : Window or None
        Where the cell lies.
    shape : (int, int)
        Y, X of the plane.

    Returns
    -------
    Window or None
        At most 512 x 512, the clicks (the box) in its middle; None where they lie further apart.
    """
    xs = [click.x for click in clicks if click.positive]
    ys = [click.y for click in clicks if click.positive]
    if box is not None:
        xs, ys = [box.x0, box.x1 - 1], [box.y0, box.y1 - 1]
    across, down = max(xs) - min(xs), max(ys) - min(ys)
    if max(across, down) >= NEIGHBOURHOOD:
        return None
    half = NEIGHBOURHOOD // 2
    left, top = (min(xs) + max(xs) + 1) // 2 - half, (min(ys) + max(ys) + 1) // 2 - half
    whole = Window(0, 0, shape[1], shape[0])
    return Window(left, top, left + NEIGHBOURHOOD, top + NEIGHBOURHOOD).meet(whole)
