"""Pictures of what the network sees, and of where labels and a good model disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.doctor.pictures import (
    GUESS,
    TRUTH,
    draw_outlines,
    grey,
    mosaic,
    picture_address,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.doctor.evidence import Doubt

MOST_PATCHES = 8
COLUMNS = 4
SIDE = 128
HALF = 32


def batch_sight(batch: Any) -> str:  # noqa: ANN401
    """Draw the first patches of a batch, with the outlines of their targets where it has any.

    Parameters
    ----------
    batch : object
        With ``pictures`` (N, C, [Z,] Y, X) and perhaps ``targets`` (N, K, [Z,] Y, X), of which
        the first says what is foreground.

    Returns
    -------
    str
        Address of a PNG; volumes show their middle plane, several channels their mean.
    """
    pictures = np.asarray(batch.pictures[:MOST_PATCHES], dtype=np.float32)
    targets = getattr(batch, "targets", None)
    marks = None if targets is None else np.asarray(targets[:MOST_PATCHES, 0], dtype=np.float32)
    tiles = []
    for at, picture in enumerate(pictures):
        plane = _middle(picture.mean(axis=0))
        step = max(1, -(-max(plane.shape) // SIDE))
        tile = grey(plane[::step, ::step], low=-0.1, high=1.1)
        if marks is not None and marks.ndim >= 3:
            inside = _middle(marks[at])[::step, ::step] > 0.5
            tile = draw_outlines(tile, inside, TRUTH)
        tiles.append(tile)
    return picture_address(mosaic(tiles, columns=COLUMNS))


def doubt_sight(
    places: Sequence[tuple[Doubt, NDArray[Any], NDArray[Any], NDArray[Any]]],
) -> str:
    """Draw the surest doubts: truth yellow, the model's answer blue.

    Parameters
    ----------
    places : sequence of (Doubt, plane (Y, X), truth (Y, X), guess (Y, X))
        The surest first; at most eight are drawn.

    Returns
    -------
    str
        Address of a PNG; "" without places.
    """
    tiles = []
    for doubt, plane, truth, guess in places[:MOST_PATCHES]:
        rows = [
            np.clip(np.arange(2 * HALF) + round(middle) - HALF, 0, n - 1)
            for middle, n in zip((doubt.y, doubt.x), plane.shape, strict=True)
        ]
        window = np.ix_(*rows)
        tile = draw_outlines(grey(plane[window]), guess[window], GUESS)
        tile = draw_outlines(tile, truth[window], TRUTH)
        tiles.append(tile.repeat(2, axis=0).repeat(2, axis=1))
    return picture_address(mosaic(tiles, columns=COLUMNS)) if tiles else ""


def _middle(values: NDArray[Any]) -> NDArray[Any]:
    """Middle plane of a volume (Z, Y, X); a plane stays as it is."""
    return values[len(values) // 2] if values.ndim == 3 else values
