"""The cell as the model sees it: what its cached maps make of the clicked pixels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage.segmentation import watershed

from training.assist.choice import choose, nearest_object
from training.assist.scene import MapsView, Mask, Scene
from training.decoding import BASINS, BasinSettings
from training.decoding.interior import cores

# Pixels of the maps around an object that its outline may still move by.
MARGIN = 2
# Share of a clicked pixel's foreground probability that its cell's other pixels need.
HESITATION = 0.9


class FeaturesClicker:
    """Decodes the champion's maps round the click; no network is run."""

    def segment(self, scene: Scene) -> Mask | None:
        """Return the object that the clicked pixels belong to; None where the model sees none."""
        view = scene.read_maps()
        if view is None:
            return None
        clicked = [_in_maps(view, scene, at) for at in scene.places(positive=True)]
        faintest = min(float(view.maps[0][at]) for at in clicked)
        if faintest <= 0:
            return None
        # Where somebody points, a model that hesitates is believed.
        threshold = min(view.foreground, HESITATION * faintest)
        settings = BasinSettings(threshold, view.seed, view.area)
        basins = BASINS[view.head](view.maps, settings)
        chosen = {nearest_object(basins, at) for at in clicked}
        if 0 in chosen:
            return None
        if view.scale == (1.0, 1.0):
            return choose(basins, chosen, 1 - view.maps[0], scene)
        basins, foreground = _enlarge(basins, chosen, view, scene, threshold=threshold)
        return choose(basins, chosen, 1 - foreground, scene)


def _in_maps(view: MapsView, scene: Scene, at: tuple[int, int]) -> tuple[int, int]:
    """Pixel of the view that a pixel (row, column) of the window lies in."""
    corner = (scene.window.y0, scene.window.x0)
    found = [
        int((n + first + 0.5) * scale) - start
        for n, first, scale, start in zip(at, corner, view.scale, view.origin, strict=True)
    ]
    height, width = view.maps.shape[1:]
    return min(max(found[0], 0), height - 1), min(max(found[1], 0), width - 1)


def _enlarge(
    basins: NDArray[np.int32],
    chosen: set[int],
    view: MapsView,
    scene: Scene,
    *,
    threshold: float,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Bring the chosen objects, and what lies beside them, to the picture's resolution.

    The maps are smooth: flooding them at full resolution gives smooth outlines.
    """
    out = np.zeros(scene.window.shape, np.int32)
    foreground = np.zeros(scene.window.shape, np.float32)
    rows, columns = _span(np.isin(basins, list(chosen)), view, scene)
    down = _places(rows, scene.window.y0, view.scale[0], view.origin[0])
    across = _places(columns, scene.window.x0, view.scale[1], view.origin[1])
    fine = _interpolate(_interpolate(view.maps[0], down, axis=0), across, axis=1)
    coarse = basins[np.ix_(_nearest(down, basins.shape[0]), _nearest(across, basins.shape[1]))]
    mask = fine > threshold
    here = (slice(rows.start, rows.stop), slice(columns.start, columns.stop))
    out[here] = watershed(-fine, cores(coarse, mask), mask=mask)  # type: ignore[no-untyped-call]
    foreground[here] = fine
    return out, foreground


def _span(mask: Mask, view: MapsView, scene: Scene) -> tuple[range, range]:
    """Rows and columns of the window that the mask of the view reaches, with a margin."""
    spans = []
    for axis, first in enumerate((scene.window.y0, scene.window.x0)):
        (reached,) = np.nonzero(mask.any(axis=1 - axis))
        low, high = reached.min() - MARGIN, reached.max() + 1 + MARGIN
        start, scale = view.origin[axis], view.scale[axis]
        begin = int((low + start) / scale) - first
        end = int(np.ceil((high + start) / scale)) - first
        spans.append(range(max(begin, 0), min(end, scene.window.shape[axis])))
    return spans[0], spans[1]


def _places(pixels: range, first: int, scale: float, start: int) -> NDArray[np.float64]:
    """Where the middles of the window's pixels lie in the view; middles are whole numbers there."""
    middles = np.arange(pixels.start, pixels.stop, dtype=np.float64) + (first + 0.5)
    return np.asarray(middles * scale - (0.5 + start), dtype=np.float64)


def _nearest(places: NDArray[np.float64], length: int) -> NDArray[np.intp]:
    return np.clip(np.rint(places).astype(np.intp), 0, length - 1)


def _interpolate(
    values: NDArray[Any], places: NDArray[np.float64], *, axis: int
) -> NDArray[np.float32]:
    """Values between pixels along an axis; beyond the ends, the ends'."""
    last = values.shape[axis] - 1
    at = np.clip(places, 0, last)
    low = np.minimum(np.floor(at).astype(np.intp), max(last - 1, 0))
    weight = (at - low).astype(np.float32)
    weight = weight[:, None] if axis == 0 else weight[None, :]
    before, after = (np.take(values, n, axis=axis) for n in (low, np.minimum(low + 1, last)))
    return np.asarray(before * (1 - weight) + after * weight, dtype=np.float32)


FEATURES = FeaturesClicker()
