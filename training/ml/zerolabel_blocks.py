"""The zero-label segmenter on pictures too large to be segmented whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.blocks import add_block, blocks, temporary_labels
from training.ml.channel_choice import EVERY, choose_channels, mean_of
from training.ml.classical import NEIGHBOURHOOD, examine, segment_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

# Pixels of a plane; a larger one is segmented block by block.
WHOLE = 1 << 24
CORE = 2048
# The ground is looked at in windows of this side, as many along each axis.
WINDOW = 2048
WINDOWS = 4
# What a block sees beyond its core, at least.
LEAST_MARGIN = 64


def segment_in_blocks(stack: NDArray[Any]) -> tuple[NDArray[np.int32], list[float]]:
    """Segment every plane of a picture, objects whole across the seams.

    All blocks share the channels and the threshold of the window with most contrast; where nothing
    is, a threshold of its own would find noise.

    Parameters
    ----------
    stack : ndarray, shape (T, C, Z, Y, X)
        The picture; read block by block, so that it may lie in a file.

    Returns
    -------
    labels : ndarray of int32, shape (T, Z, Y, X)
        Ids 1..n; they lie in a temporary file. Slices are segmented one by one.
    confidences : list of float
        Of each object.
    """
    shape = (stack.shape[0], *stack.shape[2:])
    labels = temporary_labels(shape)
    confidences: list[float] = []
    for t, z in np.ndindex(shape[:2]):
        _segment_plane(stack[t, :, z], labels[t, z], confidences)
    return labels, confidences


def _segment_plane(
    channels: NDArray[Any], labels: NDArray[np.int32], confidences: list[float]
) -> None:
    """Segment one plane (C, Y, X) into labels (Y, X)."""
    window = max(_windows(channels), key=_contrast)
    chosen, _ = choose_channels(window)
    ground = None if chosen is None else examine(mean_of(window, chosen))
    if chosen is None or ground is None:
        return
    margin = max(LEAST_MARGIN, round(NEIGHBOURHOOD * ground.radius))
    for block in blocks(labels.shape, core=CORE, margin=margin):
        found = segment_on(mean_of(channels[(slice(None), *block.seen)], chosen), ground)
        taken = add_block(labels, block, found.labels, last=len(confidences))
        confidences += [float(found.confidences[name - 1]) for name in taken]


def _windows(channels: NDArray[Any]) -> Iterator[NDArray[Any]]:
    starts = [
        np.linspace(0, max(0, n - WINDOW), WINDOWS).astype(int).tolist()
        for n in channels.shape[-2:]
    ]
    for y in starts[0]:
        for x in starts[1]:
            yield channels[:, y : y + WINDOW, x : x + WINDOW]


def _contrast(window: NDArray[Any]) -> float:
    thinned = mean_of(window[:, ::8, ::8], EVERY)
    values = thinned[np.isfinite(thinned)]
    return float(np.std(values, dtype=np.float64)) if values.size else 0.0
