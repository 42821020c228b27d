"""Intensities of objects per channel, and of the ground round them."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.measurements.base import Column, Family, Layout, Pixels, Region, Values

# Pixels round an object's box in which the ground is looked at.
MARGIN = 10
STATISTICS = {
    "mean": "Mean intensity of the object.",
    "median": "Median intensity of the object.",
    "std": "Standard deviation of the intensities in the object.",
    "min": "Smallest intensity in the object.",
    "max": "Largest intensity in the object.",
    "integrated": "Sum of the intensities in the object.",
}
GROUND = {
    "background": f"Median of what is no object in the box round it, grown by {MARGIN} pixels.",
    "mean_above_background": "Mean intensity of the object less that of the ground round it.",
}


def channel_slugs(names: Sequence[str]) -> tuple[str, ...]:
    """Turn names of channels into parts of column names; equal ones get their number."""
    plain = [re.sub(r"\W+", "_", name.strip().lower()).strip("_") for name in names]
    return tuple(
        slug if slug and plain.count(slug) == 1 else f"{slug or 'channel'}_{at}"
        for at, slug in enumerate(plain, start=1)
    )


def _intensity_columns(layout: Layout) -> Sequence[Column]:
    return _columns(layout, STATISTICS)


def _ground_columns(layout: Layout) -> Sequence[Column]:
    return _columns(layout, GROUND)


def _columns(layout: Layout, about: dict[str, str]) -> list[Column]:
    slugs = channel_slugs(layout.channels)
    return [
        Column(f"{name}_{slug}", "intensity", "float", f"{text} Channel {channel}.")
        for slug, channel in zip(slugs, layout.channels, strict=True)
        for name, text in about.items()
    ]


def _measure_intensity(region: Region) -> Sequence[Values]:
    columns: list[Values] = []
    for channel in region.intensities:
        columns += _statistics(region.pixels, channel.ravel()[region.pixels.flat])
    return columns


def _statistics(pixels: Pixels, values: NDArray[np.generic]) -> list[Values]:
    """Values in the order of ``STATISTICS``; NaN for objects with a pixel that is not finite."""
    numbers = values.astype(np.float64)
    total = pixels.each(np.add, numbers)
    mean = total / pixels.counts
    with np.errstate(invalid="ignore"):
        apart = numbers - pixels.spread(mean)
    std = np.sqrt(pixels.each(np.add, apart * apart) / pixels.counts)
    low, high = pixels.each(np.minimum, numbers), pixels.each(np.maximum, numbers)
    columns = [mean, _medians(pixels, values), std, low, high, total]
    return [np.where(np.isfinite(total), column, np.nan) for column in columns]


def _medians(pixels: Pixels, values: NDArray[np.generic]) -> NDArray[np.float64]:
    owner = pixels.spread(np.arange(len(pixels.counts)))
    order = np.lexsort((values, owner))
    ordered = values[order].astype(np.float64)
    middle = pixels.starts + pixels.counts // 2
    before = pixels.starts + (pixels.counts - 1) // 2
    return np.asarray((ordered[before] + ordered[middle]) / 2)


def _measure_ground(region: Region) -> Sequence[Values]:
    columns: list[Values] = []
    for channel in region.intensities:
        ground = np.array([_ground(region, channel, at) for at in range(len(region.ids))])
        inside = channel.ravel()[region.pixels.flat].astype(np.float64)
        mean = region.pixels.each(np.add, inside) / region.pixels.counts
        columns += [ground, mean - ground]
    return columns


def _ground(region: Region, channel: NDArray[np.generic], at: int) -> float:
    """Return the median of what is no object round one; NaN where there is nothing but objects."""
    z, y, x = region.box(at)
    window = (
        z,
        slice(max(0, y.start - MARGIN), y.stop + MARGIN),
        slice(max(0, x.start - MARGIN), x.stop + MARGIN),
    )
    free = channel[window][region.labels[window] == 0]
    return float(np.median(free)) if free.size else float("nan")


INTENSITY = Family("intensity", _intensity_columns, _measure_intensity)
GROUND_FAMILY = Family("background", _ground_columns, _measure_ground)
