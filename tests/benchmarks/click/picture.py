"""A large picture of touching cells, and the maps that a good model would have of it."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from training.decoding.maps import FrameMaps, PixelMaps

SPACING = 50
FADE = 2.0
SCALE = 0.8


@dataclass(frozen=True)
class Field:
    """A picture and its truth.

    Attributes
    ----------
    picture : ndarray of uint16, shape (C, Y, X)
        Intensities.
    labels : ndarray of int32, shape (Y, X)
        Cells.
    centres : ndarray of int, shape (n, 2)
        Y, X of the middle of cell n + 1.
    """

    picture: np.ndarray
    labels: np.ndarray
    centres: np.ndarray


def make_field(side: int, rng: np.random.Generator) -> Field:
    """Draw ellipses on a shaken grid; some touch."""
    labels = np.zeros((side, side - 16), np.int32)
    height, width = labels.shape
    centres = []
    for y in range(SPACING, height - SPACING, SPACING):
        for x in range(SPACING, width - SPACING, SPACING):
            cy, cx = y + int(rng.integers(-8, 9)), x + int(rng.integers(-8, 9))
            centres.append((cy, cx))
            _draw(labels, (cy, cx), rng, number=len(centres))
    gains = np.concatenate([[0.0], rng.uniform(0.5, 1.0, len(centres))])
    clean = ndimage.gaussian_filter(gains[labels], 1.2)
    channels = [800 + 6000 * share * clean + rng.normal(0, 120, labels.shape) for share in (1, 0.4)]
    picture = np.clip(np.stack(channels), 0, 65535).astype(np.uint16)
    return Field(picture, labels, np.array(centres))


def _draw(
    labels: np.ndarray, centre: tuple[int, int], rng: np.random.Generator, *, number: int
) -> None:
    reach = 24
    top, left = centre[0] - reach, centre[1] - reach
    part = labels[top : top + 2 * reach + 1, left : left + 2 * reach + 1]
    rows, columns = np.indices(part.shape) - reach
    turn = rng.uniform(0, np.pi)
    along = rows * np.sin(turn) + columns * np.cos(turn)
    across = rows * np.cos(turn) - columns * np.sin(turn)
    inside = (along / rng.uniform(14, 22)) ** 2 + (across / rng.uniform(10, 18)) ** 2 < 1
    part[inside & (part == 0)] = number


def maps_of(field: Field, rng: np.random.Generator) -> PixelMaps:
    """Foreground and directions of the true cells, at a smaller scale and with noise."""
    height, width = (round(n * SCALE) for n in field.labels.shape)
    rows = ((np.arange(height) + 0.5) / SCALE).astype(int)
    columns = ((np.arange(width) + 0.5) / SCALE).astype(int)
    small = field.labels[np.ix_(rows, columns)]
    inside = small > 0
    middles = np.array(ndimage.center_of_mass(inside, small, np.arange(1, len(field.centres) + 1)))
    vector = np.zeros((2, height, width), np.float32)
    vector[:, inside] = middles[small[inside] - 1].T - np.nonzero(inside)
    vector /= np.maximum(np.hypot(*vector), FADE)
    vector += rng.normal(0, 0.05, vector.shape)
    foreground = ndimage.gaussian_filter(inside.astype(np.float32), 0.8)
    maps = np.stack([foreground, *vector]).astype(np.float32)[:, None]
    area = float(np.median(np.bincount(small[inside])[1:]))
    return PixelMaps("flow", 0.5, 0.1, (1, 1, *field.labels.shape), (FrameMaps(maps, area),))
