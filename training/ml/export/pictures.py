"""Pictures that are shipped with a package: generated, so that nobody's data leaves with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from scipy import ndimage

from training.ml.export.served import Percentiles, Ranges
from training.ml.intensity import normalise

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from training.ml.export.served import Served

SEED = 7
RADIUS = 8.0
COVER = (200, 400)


def draw_example(served: Served) -> NDArray[np.float32]:
    """Draw blurred discs (balls) on a noisy ground, at intensities that the model knows.

    Parameters
    ----------
    served : Served
        What for.

    Returns
    -------
    ndarray of float32, shape (1, C, (Z,) Y, X)
        Raw, before any normalisation.
    """
    rng = np.random.default_rng(SEED)
    grid = np.indices(served.shape)
    plane = np.zeros(served.shape, np.float32)
    for _ in range(max(4, int(np.prod(served.shape[-2:])) // 1000)):
        centre = [rng.uniform(0, side) for side in served.shape]
        far = np.sqrt(sum((g - c) ** 2 for g, c in zip(grid, centre, strict=True)))
        plane = np.maximum(plane, rng.uniform(0.5, 1.0) * (far < RADIUS * rng.uniform(0.7, 1.3)))
    channels = []
    for at in range(served.channels):
        blurred = ndimage.gaussian_filter(plane, 1.0 + at)
        noisy = blurred + rng.normal(0, 0.03, served.shape) + 0.1
        low, high = _intensities(served.intensity, at)
        channels.append(low + np.clip(noisy, 0, None) * (high - low))
    return np.stack(channels)[None].astype(np.float32)


def prepare_example(served: Served, raw: NDArray[Any]) -> NDArray[np.float32]:
    """Normalise (1, C, ...) as the model's own prediction does."""
    if isinstance(served.intensity, Percentiles):
        return normalise(raw[0], low=served.intensity.low, high=served.intensity.high)[None]
    lead = (1, -1) + (1,) * served.dims
    low = np.reshape(served.intensity.low, lead)
    high = np.reshape(served.intensity.high, lead)
    return np.asarray((raw - low) / (high - low), dtype=np.float32)


def write_cover(path: Path, served: Served, raw: NDArray[Any], output: NDArray[Any]) -> None:
    """Write a small PNG: the picture on the left, the first map (or the chances) on the right."""
    left = _to_plane(raw[0, 0])
    if served.per_pixel:
        right = _to_plane(output[0, 0])
    else:
        columns = np.repeat(output[0], -(-64 // output.shape[1]))
        right = np.where(np.arange(64)[::-1, None] < columns * 64, 0.8, 0.0)
    halves = [
        Image.fromarray((half * 255).astype(np.uint8)).resize((COVER[1] // 2, COVER[0]))
        for half in (left, right)
    ]
    Image.fromarray(np.hstack([np.asarray(half) for half in halves])).save(path)


def _intensities(intensity: Percentiles | Ranges, channel: int) -> tuple[float, float]:
    if isinstance(intensity, Ranges):
        return intensity.low[channel], intensity.high[channel]
    return 100.0, 2000.0


def _to_plane(values: NDArray[Any]) -> NDArray[np.float64]:
    plane = values[values.shape[0] // 2] if values.ndim == 3 else values
    low, high = float(plane.min()), float(plane.max())
    return np.asarray((plane - low) / (high - low if high > low else 1.0), dtype=np.float64)
