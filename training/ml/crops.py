"""Crops of single cells at one scale and one brightness, for classification."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.errors import TrainingError, channel_mismatch
from training.ml.intensity import finite
from training.ml.pictures import read_picture
from training.ml.resizing import resize
from training.ml.scaling import zoomed_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.ml.config import Config
    from training.ml.manifest import Item

# Share of training crops that fit into the network's input without being cut.
FITTING = 95
# Crops are of one kind: as many tell their size and brightness as well as all of them.
MOST_FOR_SCALE = 500


@dataclass(frozen=True)
class CropScale:
    """How crops become the network's input, the same for all: size and colour tell classes.

    Attributes
    ----------
    zoom : float
        Of every crop.
    low, high : tuple of float
        Intensity of each channel that becomes 0 and 1.
    """

    zoom: float
    low: tuple[float, ...]
    high: tuple[float, ...]


def read_crop(item: Item, *, dims: int) -> NDArray[np.float32]:
    """Read the first moment of an item, (C, Y, X) or (C, Z, Y, X).

    In 2-D each pixel is that of its brightest plane.

    Parameters
    ----------
    item : Item
        A picture.
    dims : int
        2 or 3.

    Returns
    -------
    ndarray of float32
        Finite.
    """
    moment = read_picture(item.image)[0]
    return finite(moment.max(axis=1) if dims == 2 else moment)


def choose_scale(crops: Sequence[NDArray[Any]], config: Config) -> CropScale:
    """Choose zoom and intensity range so that nearly all training crops fit.

    Parameters
    ----------
    crops : sequence of ndarray, shapes (C, ...)
        Of the train split.
    config : Config
        Settings.

    Returns
    -------
    CropScale
        For training and prediction alike.

    Raises
    ------
    TrainingError
        Code ``channel_mismatch``.
    """
    if len({len(crop) for crop in crops}) > 1:
        raise TrainingError("channel_mismatch", "Crops differ in their number of channels.")
    sides = [max(crop.shape[-2:]) for crop in crops]
    marks = np.array(
        [
            np.percentile(c.reshape(len(c), -1), (config.data.low, config.data.high), axis=1)
            for c in crops
        ]
    )
    low, high = np.median(marks[:, 0], axis=0), np.median(marks[:, 1], axis=0)
    high = np.where(high > low, high, low + 1)
    return CropScale(
        zoom=min(4.0, config.data.crop / float(np.percentile(sides, FITTING))),
        low=tuple(map(float, low)),
        high=tuple(map(float, high)),
    )


def fit_crops(
    items: Sequence[Item],
    scale: CropScale,
    shape: Sequence[int],
    *,
    channels: int,
    megabytes: float,
) -> NDArray[np.float32]:
    """Bring crops to the network's input, one after the other.

    Parameters
    ----------
    items : sequence of Item
        Crops.
    scale : CropScale
        Of the training.
    shape : sequence of int
        Spatial shape of the network's input.
    channels : int
        Of each crop.
    megabytes : float
        What may be held in memory; what takes more lies in a temporary file.

    Returns
    -------
    ndarray of float32, shape (N, C, *shape)
        In memory, or mapped from a file that goes with it.

    Raises
    ------
    TrainingError
        Code ``channel_mismatch``.
    """
    whole = (len(items), channels, *shape)
    if 4 * np.prod(whole, dtype=np.float64) <= megabytes * 1e6:
        out = np.empty(whole, dtype=np.float32)
    else:
        with tempfile.TemporaryFile() as file:
            out = np.memmap(file, dtype=np.float32, mode="w+", shape=whole)
    for row, item in zip(out, items, strict=True):
        crop = read_crop(item, dims=len(shape))
        if len(crop) != channels:
            raise channel_mismatch(item.id, len(crop), channels)
        row[:] = fit_crop(crop, scale, shape)
    return out


def fit_crop(crop: NDArray[Any], scale: CropScale, shape: Sequence[int]) -> NDArray[np.float32]:
    """Bring one crop to the network's input.

    Parameters
    ----------
    crop : ndarray, shape (C, ...)
        Intensities.
    scale : CropScale
        Of the training.
    shape : sequence of int
        Spatial shape wanted; crops are cut or continued at their rims, about their middle.

    Returns
    -------
    ndarray of float32, shape (C, *shape)
        About 0 to 1.
    """
    lead = (-1,) + (1,) * (crop.ndim - 1)
    low, high = np.reshape(scale.low, lead), np.reshape(scale.high, lead)
    values = ((crop - low) / (high - low)).astype(np.float32)
    zooms = (1.0,) * (crop.ndim - 3) + (scale.zoom, scale.zoom)
    inside = zoomed_shape(crop.shape[1:], zooms)
    values = np.stack([resize(channel, inside) for channel in values])
    for axis, wanted in enumerate(shape, start=1):
        have = values.shape[axis]
        at = np.arange(wanted) + (have - wanted) // 2
        values = np.take(values, np.clip(at, 0, have - 1), axis=axis)
    return np.asarray(values, dtype=np.float32)
