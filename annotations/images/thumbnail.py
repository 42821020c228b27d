"""A small picture of a picture."""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 256


def render_thumbnail(
    planes: Sequence[NDArray[np.generic]],
    windows: Sequence[tuple[float, float]],
    colors: Sequence[str],
    *,
    side: int = SIDE,
) -> bytes:
    """Mix channels in their colours and display windows into a small PNG.

    Parameters
    ----------
    planes : sequence of (Y, X)
        One plane per channel, all of one shape.
    windows : sequence of (low, high)
        Intensities shown as black and as the full colour.
    colors : sequence of str
        "#rrggbb" per channel.
    side : int
        Most pixels of its longer side.
    """
    height, width = planes[0].shape
    mixed = np.zeros((height, width, 3), np.float32)
    for plane, (low, high), color in zip(planes, windows, colors, strict=True):
        value = np.nan_to_num(plane.astype(np.float32), nan=low, posinf=high, neginf=low)
        shown = np.clip((value - low) / max(high - low, 1e-12), 0, 1)
        rgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], np.float32)
        mixed += shown[..., None] * rgb
    image = Image.fromarray(np.clip(mixed + 0.5, 0, 255).astype(np.uint8))
    image.thumbnail((side, side), Image.Resampling.BOX)
    if len(set(colors)) == 1 and colors[0] == "#ffffff":
        image = image.convert("L")
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()
