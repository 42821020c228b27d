"""Size, place and shape from the moments of the pixels.

Axes are those of the ellipse (ellipsoid) with the same second moments, as in MATLAB's and
scikit-image's region properties; the pixels count as points.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.measurements.base import Column, Family, Layout, Region, Values


def _size_columns(layout: Layout) -> Sequence[Column]:
    what = "ball of the same volume" if layout.dims == 3 else "disc of the same area"
    return [layout.size(), layout.length("equivalent_diameter", f"Diameter of the {what}.")]


def _measure_size(region: Region) -> Sequence[Values]:
    dims = region.layout.dims
    size = region.pixels.counts * float(np.prod(region.layout.steps[-dims:]))
    if dims == 3:
        return [size, np.cbrt(6 * size / np.pi)]
    return [size, np.sqrt(4 * size / np.pi)]


def _place_columns(layout: Layout) -> Sequence[Column]:
    axes = "zyx"[-layout.dims :]
    centre = "Centre of mass; pixel centres lie at whole numbers."
    columns = [Column(f"centroid_{axis}_px", "px", "float", centre) for axis in axes]
    if layout.spacing is not None:
        scaled = "Centre of mass from the centre of the first pixel."
        columns += [Column(f"centroid_{axis}_um", "um", "float", scaled) for axis in axes]
    columns += [
        Column(f"bbox_{axis}{end}_px", "px", "int", f"{which} of the box around the object.")
        for end, which in ((0, "First pixel"), (1, "Pixel after the last"))
        for axis in axes
    ]
    return columns


def _measure_place(region: Region) -> Sequence[Values]:
    dims = region.layout.dims
    origin = np.array(region.origin)
    centres = (_centres(region) + origin)[:, -dims:]
    columns = list(centres.T)
    if region.layout.spacing is not None:
        columns += list((centres * np.array(region.layout.steps[-dims:])).T)
    boxes = region.boxes + np.tile(origin, 2)
    return [*columns, *boxes[:, 3 - dims : 3].T, *boxes[:, 6 - dims :].T]


def _axes_columns(layout: Layout) -> Sequence[Column]:
    columns = [
        layout.length("major_axis", "Longest axis of the ellipse with the same moments."),
        layout.length("minor_axis", "Shortest axis of the ellipse with the same moments."),
    ]
    if layout.dims == 2:
        columns += [
            Column("eccentricity", "", "float", "Of that ellipse: 0 a circle, 1 a line."),
            Column(
                "orientation_deg",
                "deg",
                "float",
                "From the y axis to the major axis, -90 to 90, positive towards +x; none if round.",
            ),
        ]
    return columns


def _measure_axes(region: Region) -> Sequence[Values]:
    dims = region.layout.dims
    spread = _covariances(region)[:, -dims:, -dims:]
    variances = np.clip(np.linalg.eigvalsh(spread), 0, None)
    # A solid ellipse's variance along an axis is a quarter, an ellipsoid's a fifth of its square.
    factor = 16.0 if dims == 2 else 20.0
    major = np.sqrt(factor * variances[:, -1])
    minor = np.sqrt(factor * variances[:, 0])
    if dims == 3:
        return [major, minor]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(variances[:, -1] > 0, variances[:, 0] / variances[:, -1], 1.0)
    eccentricity = np.sqrt(1 - ratio)
    upright, slant = spread[:, 0, 0] - spread[:, 1, 1], spread[:, 0, 1]
    turned = 0.5 * np.arctan2(2 * slant, upright)
    turned[(upright == 0) & (slant == 0)] = np.nan
    return [major, minor, eccentricity, np.degrees(turned)]


def _centres(region: Region) -> NDArray[np.float64]:
    pixels = region.pixels
    sums = pixels.each(np.add, pixels.places.astype(np.float64))
    return np.asarray(sums / pixels.counts[:, None])


def _covariances(region: Region) -> NDArray[np.float64]:
    """Covariances (N, 3, 3) of the voxels' places in units of length."""
    pixels = region.pixels
    offsets = (pixels.places - pixels.spread(_centres(region))) * np.array(region.layout.steps)
    products = offsets[:, :, None] * offsets[:, None, :]
    return np.asarray(pixels.each(np.add, products) / pixels.counts[:, None, None])


SIZE = Family("size", _size_columns, _measure_size)
PLACE = Family("place", _place_columns, _measure_place)
AXES = Family("axes", _axes_columns, _measure_axes)
