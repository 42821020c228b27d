"""Maps of a whole picture: tiles with blended overlaps, mirrored copies averaged."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Forward = Callable[[torch.Tensor], torch.Tensor]
    Unflip = Callable[[torch.Tensor, Sequence[int]], torch.Tensor]


def predict_tiled(
    forward: Forward,
    picture: NDArray[Any],
    *,
    tile: Sequence[int],
    overlap: float,
    multiple: Sequence[int],
    device: torch.device,
) -> NDArray[np.float32]:
    """Apply a network to a picture of any size.

    Parameters
    ----------
    forward : callable
        Maps (N, K, ...) of pictures (N, C, ...), one to one in space.
    picture : ndarray of float32, shape (C, ...)
        Normalised and rescaled.
    tile : sequence of int
        Largest spatial shape that is predicted at once.
    overlap : float
        Share of a tile that it has in common with the next.
    multiple : sequence of int
        What each side must be a multiple of; the rim is mirrored to get there.
    device : torch.device
        Where the network is.

    Returns
    -------
    ndarray of float32, shape (K, ...)
        Maps of the picture's size.
    """
    shape = picture.shape[1:]
    padded = _pad(picture, [-n % m for n, m in zip(shape, multiple, strict=True)])
    own = (slice(None), *(slice(n) for n in shape))
    if all(n <= t for n, t in zip(padded.shape[1:], tile, strict=True)):
        return _apply(forward, padded, device)[own]
    sides = [min(t, n) for t, n in zip(tile, padded.shape[1:], strict=True)]
    total: NDArray[np.float32] | None = None
    weights = np.zeros(padded.shape[1:], dtype=np.float32)
    window = _window(sides, overlap)
    for corner in _corners(padded.shape[1:], sides, overlap, multiple):
        where = tuple(slice(c, c + s) for c, s in zip(corner, sides, strict=True))
        maps = _apply(forward, padded[(slice(None), *where)], device)
        if total is None:
            total = np.zeros((len(maps), *padded.shape[1:]), dtype=np.float32)
        total[(slice(None), *where)] += maps * window
        weights[where] += window
    if total is None:
        raise ValueError("a picture without pixels")
    return np.asarray((total / weights)[own])


def _apply(forward: Forward, picture: NDArray[Any], device: torch.device) -> NDArray[np.float32]:
    """Return maps (K, ...) of a picture (C, ...)."""
    pictures = torch.from_numpy(np.ascontiguousarray(picture))[None]
    return np.asarray(forward(pictures.to(device))[0].float().cpu().numpy())


def mirrored(forward: Forward, unflip: Unflip, *, dims: int) -> list[Forward]:
    """Return functions that see the picture itself and its three mirrored copies.

    Parameters
    ----------
    forward : callable
        Maps (N, K, ...) of pictures (N, C, ...).
    unflip : callable
        Undoes the mirroring of axes on maps (the head knows which maps have a direction).
    dims : int
        Y and X are mirrored, whatever the number of dimensions.

    Returns
    -------
    list of callable
        As ``forward``.
    """

    def mirror(axes: Sequence[int]) -> Forward:
        return lambda pictures: unflip(forward(pictures.flip([a + 2 for a in axes])), axes)

    y, x = dims - 2, dims - 1
    return [forward, mirror((y,)), mirror((x,)), mirror((y, x))]


def average(forwards: Sequence[Forward]) -> Forward:
    """Mean of what several functions say of a picture."""

    def averaged(pictures: torch.Tensor) -> torch.Tensor:
        total = forwards[0](pictures)
        for forward in forwards[1:]:
            total = total + forward(pictures)
        return total / len(forwards)

    return averaged


def with_members(own: Sequence[Forward], others: Sequence[Forward], *, shared: bool) -> Forward:
    """Lay the maps of a prediction and those of its members on each other, along the channels.

    Parameters
    ----------
    own : sequence of callable
        Functions whose mean is the prediction.
    others : sequence of callable
        Further members.
    shared : bool
        Whether the functions of the prediction are members too; they are called once.

    Returns
    -------
    callable
        Pictures (N, C, ...) to maps (N, (1 + M) K, ...): the prediction, then each member.
    """

    def forward(pictures: torch.Tensor) -> torch.Tensor:
        mine = [one(pictures) for one in own]
        members = (mine if shared else []) + [other(pictures) for other in others]
        return torch.cat([sum(mine[1:], mine[0]) / len(mine), *members], dim=1)

    return forward


def _pad(picture: NDArray[Any], amounts: Sequence[int]) -> NDArray[Any]:
    """Mirror the far rims outwards."""
    if not any(amounts):
        return picture
    return np.pad(picture, [(0, 0), *((0, a) for a in amounts)], mode="symmetric")


def _corners(
    shape: Sequence[int], sides: Sequence[int], overlap: float, multiple: Sequence[int]
) -> Iterator[tuple[int, ...]]:
    """First pixels of tiles that cover the shape, on the network's grid."""
    starts = []
    for n, side, m in zip(shape, sides, multiple, strict=True):
        step = max(m, int(side * (1 - overlap)) // m * m)
        starts.append([*range(0, n - side, step), n - side])
    return itertools.product(*starts)


def _window(sides: Sequence[int], overlap: float) -> NDArray[np.float32]:
    """Weight of a tile's pixels: smooth slopes over the overlap, tiny at the very rim.

    The outer quarter of each overlap, whose context is cut off, counts next to nothing.
    """
    window = np.ones((), dtype=np.float32)
    for side in sides:
        ramp = max(1.0, side * overlap)
        inward = np.minimum(np.arange(side), np.arange(side)[::-1]) + 0.5
        slope = np.clip((inward / ramp - 0.25) / 0.5, 0, 1)
        profile = (3 * slope**2 - 2 * slope**3).astype(np.float32) + 1e-6
        window = window[..., None] * profile
    return window
