"""Large labelled planes are given to training in parts, so that none is unpacked as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.labels.bands import Band, LabelImage, is_large
from training.snapshots.pixels import SamplePixels

# Largest side of a part: many patches of training wide, so that few objects are cut.
PART = 2048
# Between the id of a sample and the box of its part.
SEPARATOR = "."

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Part:
    """A part of a labelled sample.

    Attributes
    ----------
    item : str
        Its id in the folder.
    pixels : ndarray, (T, C, Z, y, x)
        Raw intensities.
    labels : ndarray of uint32, (T, Z, y, x)
        Labels.
    """

    item: str
    pixels: NDArray[np.generic]
    labels: NDArray[np.uint32]


def needs_parts(labels: LabelImage) -> bool:
    """Whether the planes of a label image are too large for training to read them whole."""
    return is_large(labels.shape[2], labels.shape[3])


def cut_into_parts(sample: int, pixels: SamplePixels, labels: LabelImage) -> Iterator[Part]:
    """Yield the parts of a sample in which something is labelled; the first where nothing is.

    Parameters
    ----------
    sample : int
        Its id.
    pixels : SamplePixels
        Its picture, read a row of parts at a time.
    labels : LabelImage
        What the picture was labelled with.
    """
    _, _, height, width = labels.shape
    spare: Part | None = None
    found = False
    for top, bottom in _divide(height):
        drawn = _rows(labels, top, bottom)
        if spare is not None and not drawn.any():
            continue
        seen = pixels.rows(top, bottom)
        for left, right in _divide(width):
            across = (..., slice(left, right))
            name = SEPARATOR.join(map(str, (sample, top, left, bottom, right)))
            part = Part(name, seen[across], drawn[across])
            spare = spare or part
            if part.labels.any():
                found = True
                yield part
    if not found and spare is not None:
        yield spare


def place_of(item: str) -> tuple[str, Box | None]:
    """Return the id of the sample that an item is; of a part also its box (y0, x0, y1, x1)."""
    sample, *box = item.split(SEPARATOR)
    if not box:
        return sample, None
    y0, x0, y1, x1 = map(int, box)
    return sample, (y0, x0, y1, x1)


def _divide(length: int) -> Iterator[tuple[int, int]]:
    """Yield the ends of parts that are about equally long, so that none is a sliver."""
    parts = -(-length // PART)
    for at in range(parts):
        yield at * length // parts, (at + 1) * length // parts


def _rows(labels: LabelImage, top: int, bottom: int) -> NDArray[np.uint32]:
    frames, depth, _, width = labels.shape
    out = np.empty((frames, depth, bottom - top, width), np.uint32)
    for t, z in np.ndindex(frames, depth):
        out[t, z] = labels.rows(Band(t, z, top, bottom))
    return out
