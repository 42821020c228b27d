"""Small pictures that findings carry with them."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

TRUTH = (255, 196, 0)
GUESS = (0, 200, 255)


def picture_address(rgb: NDArray[np.uint8]) -> str:
    """Pack a picture into an address that holds its own data.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (Y, X, 3)
        Colours.

    Returns
    -------
    str
        ``data:image/png;base64,...``
    """
    target = io.BytesIO()
    Image.fromarray(rgb).quantize(64).save(target, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(target.getvalue()).decode()


def grey(plane: NDArray[Any], *, low: float | None = None, high: float | None = None) -> Any:  # noqa: ANN401
    """Show a plane in grey between its 1 and 99.8 percentile, or the ends given.

    Parameters
    ----------
    plane : ndarray, shape (Y, X)
        Intensities.
    low, high : float, optional
        What becomes black and white.

    Returns
    -------
    ndarray of uint8, shape (Y, X, 3)
        Grey.
    """
    values = np.nan_to_num(np.asarray(plane, dtype=np.float32))
    marks = np.percentile(values, (1, 99.8))
    black = float(marks[0]) if low is None else low
    white = float(marks[1]) if high is None else high
    shown = np.clip((values - black) / max(white - black, 1e-9), 0, 1)
    return np.repeat((shown * 255).astype(np.uint8)[..., None], 3, axis=2)


def draw_outlines(
    rgb: NDArray[np.uint8], labels: NDArray[Any], color: tuple[int, int, int]
) -> NDArray[np.uint8]:
    """Draw the boundaries of labels (Y, X) onto a picture (Y, X, 3); a copy comes back."""
    line = np.zeros(labels.shape, dtype=bool)
    line[1:] |= labels[1:] != labels[:-1]
    line[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    out = rgb.copy()
    out[line] = color
    return out


def mosaic(tiles: Sequence[NDArray[np.uint8]], *, columns: int, gap: int = 2) -> NDArray[np.uint8]:
    """Lay pictures of one shape (Y, X, 3) in rows, on white."""
    height, width = tiles[0].shape[:2]
    rows = -(-len(tiles) // columns)
    across = min(columns, len(tiles))
    shape = (rows * (height + gap) - gap, across * (width + gap) - gap, 3)
    out = np.full(shape, 255, dtype=np.uint8)
    for at, tile in enumerate(tiles):
        y, x = at // columns * (height + gap), at % columns * (width + gap)
        out[y : y + height, x : x + width] = tile
    return out
