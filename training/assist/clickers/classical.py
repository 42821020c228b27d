"""The cell as its intensities tell: the region round the click that stands out, without a model."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from training.assist.choice import choose, nearest_object
from training.assist.scene import Mask, Scene, Window
from training.decoding import BASINS, BasinSettings

SMOOTHING = 1.0
# Radius of the spot whose median is the clicked intensity.
SPOT = 2
# Half the sides of the surroundings that the ground is looked for in, the smallest first.
REACHES = (24, 64, 128, 256)
# Where an object's outline lies between the ground's intensity and its own.
LEVELS = (0.5, 0.7)
# Percentiles of the surroundings that are taken for a dark and a bright ground.
GROUNDS = (10, 90)
# An outline is believed where the intensity steps by so many times the noise.
CLEAR_STEP = 4.0
SMALLEST_STEP = 1e-3
# Of its surroundings; what covers more is the ground.
LARGEST_SHARE = 0.6
# Pixels round a region beyond which smoothing does not reach.
MARGIN = 5
# What a pixel may be: of another cell, ground only (outside the box), or the cell.
OTHER, GROUND, FREE = 0, 1, 2

Room = NDArray[np.uint8]
# Rise of the distance to the outline, as a share of its largest, that makes a cell of its own.
PROMINENCE = 0.15


@dataclass(frozen=True)
class _Region:
    """A candidate: its mask (Y, X), and how much intensities step at its outline."""

    mask: Mask
    step: float


class ClassicalClicker:
    """Grows a region from the clicked intensity half-way to the ground's, as near as there is one.

    Touching cells are taken apart at necks of the region; those that were clicked are joined.
    """

    def segment(self, scene: Scene) -> Mask | None:
        """Return the region that stands out round the clicks; None where nothing does."""
        values = _smooth(scene.read_pixels())
        if values is None:
            return None
        noise = _noise(values)
        room = np.full(scene.window.shape, GROUND, np.uint8)
        room[scene.limits.inside(scene.window)] = FREE
        room[scene.taken] = OTHER
        region = np.zeros(scene.window.shape, bool)
        for at in scene.places(positive=True):
            found = _grow(values, room, at, noise=noise)
            if found is not None:
                region |= found
        basins = _apart(region)
        chosen = {nearest_object(basins, at) for at in scene.places(positive=True)} - {0}
        if not chosen:
            return None
        clicked = np.mean([values[at] for at in scene.places(positive=True)])
        landscape = np.abs(values - clicked)
        return choose(basins, chosen, landscape / max(float(landscape.max()), 1e-6), scene)


def _smooth(pixels: NDArray[Any]) -> NDArray[np.float32] | None:
    """Mean of the channels, each from 0 to 1 by its percentiles; None where all are constant."""
    planes = []
    for channel in pixels.astype(np.float32):
        good = np.isfinite(channel)
        if not good.any():
            continue
        known = np.where(good, channel, channel[good].min())
        low, high = np.percentile(known, (0.5, 99.8))
        if high > low:
            planes.append(np.clip((known - low) / (high - low), 0, 1))
    if not planes:
        return None
    smooth = ndimage.gaussian_filter(np.mean(planes, axis=0), SMOOTHING)
    return np.asarray(smooth, dtype=np.float32)


def _noise(values: NDArray[np.float32]) -> float:
    """Estimate the noise that smoothing left, from the median difference of pixels three apart."""
    pairs = [values[3:] - values[:-3], values[:, 3:] - values[:, :-3]]
    differences = np.concatenate([np.abs(pair).ravel() for pair in pairs])
    if not differences.size:
        return 0.0
    return float(np.median(differences) / (0.6745 * np.sqrt(2)))


def _grow(
    values: NDArray[np.float32], room: Room, at: tuple[int, int], *, noise: float
) -> Mask | None:
    """Return the first region that ends before its surroundings do, at a clear outline."""
    row, column = at
    spot = values[max(0, row - SPOT) : row + SPOT + 1, max(0, column - SPOT) : column + SPOT + 1]
    level = float(np.median(spot))
    whole = Window(0, 0, values.shape[1], values.shape[0])
    for share in LEVELS:
        for around in _surroundings(whole, at):
            here = around.inside(whole)
            inner = (row - around.y0, column - around.x0)
            grounds = [g for g in np.percentile(values[here], GROUNDS) if g != level]
            grown = [
                _region_at(values[here], room[here], inner, level=level, ground=ground, share=share)
                for ground in grounds
            ]
            clear = [
                region
                for region in grown
                if region.step > max(CLEAR_STEP * noise, SMALLEST_STEP)
                and not _runs_out(region.mask, around, whole)
            ]
            if clear:
                mask = np.zeros(values.shape, bool)
                mask[here] = max(clear, key=lambda region: region.step).mask
                return mask
    return None


def _surroundings(whole: Window, at: tuple[int, int]) -> list[Window]:
    """Squares round a pixel, cut to the window; the larger ones only where they hold more."""
    row, column = at
    squares = [
        Window(column - reach, row - reach, column + reach + 1, row + reach + 1).meet(whole)
        for reach in REACHES
    ]
    return list(dict.fromkeys(squares))


def _region_at(
    values: NDArray[np.float32],
    room: Room,
    at: tuple[int, int],
    *,
    level: float,
    ground: float,
    share: float,
) -> _Region:
    """Return the piece round a pixel that is nearer to the cell's level than to the ground's."""
    side = 1 if level > ground else -1
    mask = _piece(side * values, room, at, side * (ground + share * (level - ground)))
    if not mask.any():
        return _Region(mask, 0.0)
    # Clicked at its rim, a cell seems darker than it is: its own median says better.
    inner = float(np.median(values[mask]))
    better = _piece(side * values, room, at, side * (ground + share * (inner - ground)))
    mask = better if better.any() else mask
    rim = ndimage.binary_dilation(mask, iterations=3) & ~ndimage.binary_dilation(mask)
    rim &= room != OTHER
    if not rim.any():
        return _Region(mask, 0.0)
    inside = ndimage.binary_erosion(mask, iterations=2)
    within = values[inside] if inside.any() else values[mask]
    return _Region(mask, abs(float(within.mean()) - float(values[rim].mean())))


def _piece(values: NDArray[np.float32], room: Room, at: tuple[int, int], threshold: float) -> Mask:
    """Return the piece round a pixel that exceeds a threshold; empty where the pixel does not."""
    pieces, _ = ndimage.label((values > threshold) & (room == FREE))
    return np.asarray((pieces == pieces[at]) & (pieces > 0))


def _runs_out(mask: Mask, around: Window, whole: Window) -> bool:
    """Whether a region goes on beyond its surroundings, or is what cells lie in.

    Only the window's own sides may be touched, as by a cell at the picture's edge, and of those
    no two that lie opposite to each other.
    """
    touched = [bool(side.any()) for side in (mask[0], mask[-1], mask[:, 0], mask[:, -1])]
    ends = [
        around.y0 == whole.y0,
        around.y1 == whole.y1,
        around.x0 == whole.x0,
        around.x1 == whole.x1,
    ]
    beyond = any(here and not end for here, end in zip(touched, ends, strict=True))
    across = (touched[0] and touched[1]) or (touched[2] and touched[3])
    return beyond or across or bool(mask.mean() > LARGEST_SHARE)


def _apart(region: Mask) -> NDArray[np.int32]:
    """Take touching cells apart where the region is narrow."""
    basins = np.zeros(region.shape, np.int32)
    (rows,), (columns,) = np.nonzero(region.any(axis=1)), np.nonzero(region.any(axis=0))
    if not rows.size:
        return basins
    # Far from the region there is nothing to flood, and flooding takes most of the time.
    here = (
        slice(max(0, int(rows[0]) - MARGIN), int(rows[-1]) + 1 + MARGIN),
        slice(max(0, int(columns[0]) - MARGIN), int(columns[-1]) + 1 + MARGIN),
    )
    part = region[here]
    distance = ndimage.distance_transform_edt(np.pad(part, 1))[1:-1, 1:-1]
    largest = float(distance.max())
    maps = np.stack([part, distance / largest]).astype(np.float32)
    settings = BasinSettings(foreground=0.5, seed=PROMINENCE, area=np.pi * largest**2)
    basins[here] = BASINS["distance"](maps, settings)
    return basins


CLASSICAL = ClassicalClicker()
