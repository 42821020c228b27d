"""Pictures for people: the part that is shown, its colours, outlines and errors as layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from training.decoding.interior import interior
from training.ml.intensity import finite, normalise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

# Colours that the colour-blind tell apart (Okabe & Ito, 2008).
ERROR_COLORS = {
    "found": "#009e73",
    "missed": "#d55e00",
    "false": "#f0e442",
    "split": "#cc79a7",
    "merged": "#56b4e9",
    "wrong": "#0072b2",
}
CLASS_COLORS = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#0072b2")
WRONG_COLOR = "#d55e00"
OUTLINE_COLORS = {"truth": "#ffd60a", "prediction": "#00c8ff"}
FILL_ALPHA = 90
WRONG_ALPHA = 190
# Pixels of the longest side of a picture on the page, and how far a larger one is shrunk.
SIDE = 640
MOST_SHRUNK = 2
DISPLAY_PERCENTILES = (0.5, 99.8)


@dataclass(frozen=True)
class Part:
    """What is shown of a plane.

    Attributes
    ----------
    box : tuple of int
        (y0, x0, y1, x1) in pixels of the plane, ends excluded.
    shrink : int
        Pixels of the plane along one pixel of the picture.
    """

    box: tuple[int, int, int, int]
    shrink: int

    def cut(self, plane: NDArray[Any]) -> NDArray[Any]:
        """Cut the part out of (..., Y, X)."""
        y0, x0, y1, x1 = self.box
        return plane[..., y0:y1, x0:x1]


def part_of(shape: tuple[int, int], centre: tuple[float, float]) -> Part:
    """Choose the part of a plane that is shown.

    Parameters
    ----------
    shape : tuple of int
        (Y, X) of the plane.
    centre : tuple of float
        (y, x) that shall be in sight where the plane is too large to be shown whole.

    Returns
    -------
    Part
        The whole plane where twice ``SIDE`` is enough, else a window about the centre.
    """
    shrink = 1 if max(shape) <= SIDE else MOST_SHRUNK
    (y0, y1), (x0, x1) = (
        _window(round(at), SIDE * shrink, n) for at, n in zip(centre, shape, strict=True)
    )
    return Part((y0, x0, y1, x1), shrink)


def whole_part(shape: tuple[int, int], *, side: int) -> Part:
    """Return the whole plane, shrunk until its longest side is at most ``side``."""
    return Part((0, 0, *shape), max(1, -(-max(shape) // side)))


def part_around(shape: tuple[int, int], box: tuple[int, int, int, int], *, least: int) -> Part:
    """Part about an object's box (y0, x0, y1, x1), with as much again around it."""
    y0, x0, y1, x1 = box
    side = max(least, 2 * (y1 - y0), 2 * (x1 - x0))
    top, bottom = _window((y0 + y1) // 2, side, shape[0])
    left, right = _window((x0 + x1) // 2, side, shape[1])
    return Part((top, left, bottom, right), -(-side // (4 * least)))


def render_picture(plane: NDArray[Any], part: Part) -> NDArray[np.uint8]:
    """Colour a part of a plane for the screen.

    Parameters
    ----------
    plane : ndarray, shape (C, Y, X)
        As stored; contrast is chosen by percentiles of the whole plane, per channel.
    part : Part
        What is shown of it.

    Returns
    -------
    ndarray of uint8, shape (y, x) or (y, x, 3)
        One channel in grey; three of 8 bits as they are, taken for red, green and blue; others
        red, green and blue in their order (two: magenta and green).
    """
    if plane.dtype == np.uint8 and len(plane) == 3:
        return _shrunk(np.moveaxis(part.cut(plane), 0, -1).astype(np.float32), part.shrink)
    low, high = DISPLAY_PERCENTILES
    shown = part.cut(normalise(finite(plane[:3]), low=low, high=high)).clip(0, 1) * 255
    if len(shown) == 1:
        return _shrunk(shown[0], part.shrink)
    if len(shown) == 2:
        shown = np.stack([shown[0], shown[1], shown[0]])
    return _shrunk(np.moveaxis(shown, 0, -1), part.shrink)


def outline(labels: NDArray[Any], part: Part) -> NDArray[np.bool_]:
    """Rims of the objects of a plane (Y, X), one pixel of the picture wide."""
    small = part.cut(labels)[:: part.shrink, :: part.shrink]
    return np.asarray((small > 0) & ~interior(small))


def draw_errors(
    truth: NDArray[Any],
    prediction: NDArray[Any],
    part: Part,
    *,
    of_truth: Mapping[int, str],
    of_prediction: Mapping[int, str],
) -> NDArray[np.uint8]:
    """Mark each object by what became of it.

    Parameters
    ----------
    truth, prediction : ndarray of int, shape (Y, X)
        Labels of the plane.
    part : Part
        What is shown.
    of_truth, of_prediction : mapping of int to str
        Kind of each object, see `training.metrics.object_errors`.

    Returns
    -------
    ndarray of uint8, shape (y, x)
        0 = nothing; position of the kind in ``ERROR_COLORS`` from 1 on; as much again for rims.
        Fills of the truth lie over those of the prediction, rims of the prediction on top.
    """
    codes = {kind: at for at, kind in enumerate(ERROR_COLORS, start=1)}
    theirs = _coded(prediction, part, of_prediction, codes)
    mine = _coded(truth, part, of_truth, codes)
    # A found object is drawn once, as it was predicted; its truth lies nearly there.
    mine[np.isin(mine, (codes["found"], codes["wrong"]))] = 0
    out = np.where(mine > 0, mine, theirs)
    for labels, fill in ((truth, mine), (prediction, theirs)):
        rim = outline(labels, part) & (fill > 0)
        out[rim] = fill[rim] + len(codes)
    return out


def save_picture(path: Path, values: NDArray[np.uint8]) -> None:
    """Write grey or RGB values as PNG."""
    Image.fromarray(values).save(path)


def save_outline(path: Path, rim: NDArray[np.bool_], color: str) -> None:
    """Write a rim in one colour on nothing."""
    _save_indexed(path, rim.astype(np.uint8), [(color, 255)])


def save_errors(path: Path, codes: NDArray[np.uint8]) -> None:
    """Write what `draw_errors` gave."""
    colors = list(ERROR_COLORS.values())
    _save_indexed(path, codes, [(c, FILL_ALPHA) for c in colors] + [(c, 255) for c in colors])


def save_classes(path: Path, codes: NDArray[np.uint8], colors: Sequence[str]) -> None:
    """Write classes as fills; 0 is see-through, k has the k-th colour."""
    _save_indexed(path, codes, [(color, FILL_ALPHA) for color in colors])


def save_wrong(path: Path, wrong: NDArray[np.bool_]) -> None:
    """Write wrongly classified pixels."""
    _save_indexed(path, wrong.astype(np.uint8), [(WRONG_COLOR, WRONG_ALPHA)])


def paint_outline(
    picture: NDArray[np.uint8], rim: NDArray[np.bool_], color: str
) -> NDArray[np.uint8]:
    """Return a picture (y, x) or (y, x, 3) in colour with a rim on it."""
    out = picture.copy() if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
    out[rim] = _rgb(color)
    return out


def _save_indexed(path: Path, codes: NDArray[np.uint8], colors: list[tuple[str, int]]) -> None:
    """Write codes as a PNG with a palette; code 0 is see-through."""
    image = Image.fromarray(codes, mode="P")
    image.putpalette([0, 0, 0, *(value for color, _ in colors for value in _rgb(color))])
    image.save(path, transparency=bytes([0, *(alpha for _, alpha in colors)]))


def _coded(
    labels: NDArray[Any], part: Part, kinds: Mapping[int, str], codes: Mapping[str, int]
) -> NDArray[np.uint8]:
    """Code of the object of each pixel of a part."""
    small = part.cut(labels)[:: part.shrink, :: part.shrink]
    names, at = np.unique(small, return_inverse=True)
    known = [codes[kinds[name]] if name in kinds else 0 for name in names.tolist()]
    return np.array(known, dtype=np.uint8)[at].reshape(small.shape)


def _window(centre: int, side: int, n: int) -> tuple[int, int]:
    """Return the ends of a window about a centre, moved into 0..n and no longer than that."""
    side = min(side, n)
    start = min(max(centre - side // 2, 0), n - side)
    return start, start + side


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _shrunk(values: NDArray[Any], factor: int) -> NDArray[np.uint8]:
    """Mean of blocks of (Y, X, ...); the last ones may be narrower."""
    for axis in (0, 1):
        if factor > 1:
            at = np.arange(0, values.shape[axis], factor)
            sums = np.add.reduceat(values, at, axis=axis)
            widths = np.diff(np.append(at, values.shape[axis]))
            values = sums / widths.reshape([-1 if a == axis else 1 for a in range(values.ndim)])
    return np.asarray(values.round(), dtype=np.uint8)
