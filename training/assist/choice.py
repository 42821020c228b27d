"""From candidate objects and clicks to the one mask that is meant: the same for all clickers."""

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.segmentation import watershed

from training.assist.scene import Mask, Scene

# A click this near to an object means it: people aim at small cells, and outlines are thresholds.
AIM = 3
# Levels of the landscape on which clicks for and against a cell compete: less is only noise.
LEVELS = 8


def choose(
    basins: NDArray[np.int32], chosen: Collection[int], landscape: NDArray[Any], scene: Scene
) -> Mask:
    """Join the objects that were clicked, and take away what was clicked away.

    Parameters
    ----------
    basins : ndarray of int, (Y, X) of the window
        Candidate objects.
    chosen : collection of int
        Those that positive clicks mean.
    landscape : ndarray of float, (Y, X)
        From 0 to 1, high along borders: decides where a cut inside one object runs.
    scene : Scene
        Clicks, box and other cells.

    Returns
    -------
    ndarray of bool, (Y, X)
        Pieces that were clicked, without holes.
    """
    mask = np.isin(basins, list(chosen))
    against = [at for at in scene.places(positive=False) if mask[at]]
    if against:
        mask = _cut(mask, against, landscape, scene)
    blocked = scene.taken | _outside(scene)
    mask &= ~blocked
    mask = _pieces_at(mask, scene.places(positive=True))
    return _without_holes(mask, blocked, scene.places(positive=False))


def nearest_object(basins: NDArray[np.int32], at: tuple[int, int]) -> int:
    """Return the object at a pixel (row, column), or the nearest within `AIM`; 0 for none."""
    row, column = at
    top, left = max(0, row - AIM), max(0, column - AIM)
    part = basins[top : row + AIM + 1, left : column + AIM + 1]
    rows, columns = np.nonzero(part)
    if not rows.size:
        return 0
    far = (rows + top - row) ** 2 + (columns + left - column) ** 2
    best = int(far.argmin())
    return int(part[rows[best], columns[best]]) if far[best] <= AIM**2 else 0


def _cut(mask: Mask, against: list[tuple[int, int]], landscape: NDArray[Any], scene: Scene) -> Mask:
    """Let clicks for and against share a mask: each takes what it reaches first."""
    markers = np.zeros(mask.shape, np.int32)
    for at in against:
        markers[at] = 2
    for at in scene.places(positive=True):
        markers[at] = 1
    levels = np.rint(np.clip(landscape, 0, 1) * LEVELS)
    shared = watershed(levels, markers, mask=mask)  # type: ignore[no-untyped-call]
    return np.asarray(shared == 1)


def _outside(scene: Scene) -> Mask:
    outside = np.ones(scene.window.shape, bool)
    outside[scene.limits.inside(scene.window)] = False
    return outside


def _pieces_at(mask: Mask, places: list[tuple[int, int]]) -> Mask:
    """Pieces (4-connected) that clicks lie on, or next to."""
    pieces, _ = ndimage.label(mask)
    kept = {nearest_object(pieces, at) for at in places} - {0}
    return np.isin(pieces, list(kept))


def _without_holes(mask: Mask, blocked: Mask, against: list[tuple[int, int]]) -> Mask:
    """Fill holes, but those that another cell or a negative click lies in."""
    holes, count = ndimage.label(ndimage.binary_fill_holes(mask) & ~mask)
    if not count:
        return mask
    kept = set(np.unique(holes[blocked]).tolist()) | {int(holes[at]) for at in against}
    return np.asarray(mask | ((holes > 0) & ~np.isin(holes, list(kept))))
