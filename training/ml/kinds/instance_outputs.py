"""From the maps and objects of moments to the prediction of a picture."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F

from training.decoding.maps import FrameMaps, PixelMaps, count_pixels
from training.ml.calibration import CardCalibration
from training.ml.heads import Decoded
from training.ml.kinds.base import Prediction
from training.ml.kinds.instance_doubt import doubt_map
from training.ml.resizing import resize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.ml.config import DecodeConfig

HISTOGRAM_CELLS = 16
SMALL_SIDE = 64
# For models that calibrate nothing, or elsewhere.
PLAIN = CardCalibration()
# Pixels; what is larger is not kept, since it would take hundreds of megabytes.
MOST_KEPT = 1 << 27


@dataclass(frozen=True)
class Mapped:
    """Maps of one picture at the network's scale.

    Attributes
    ----------
    maps : ndarray of float32, shape (K, ...)
        Activated.
    features : ndarray of float32, shape (D,)
        Embedding.
    shape : tuple of int
        Spatial shape of the picture itself.
    area : float
        Typical object's pixels (voxels) in the maps.
    disc : float
        Typical object's pixels in one plane of the maps.
    members : ndarray of float32, shape (M, K, ...), or None
        Maps of further answers, where they were asked for.
    found : tuple of (DecodeConfig, Decoded), or None
        Objects of the maps at those settings, where they were looked for already.
    """

    maps: NDArray[np.float32]
    features: NDArray[np.float32]
    shape: tuple[int, ...]
    area: float
    disc: float
    members: NDArray[np.float32] | None = None
    found: tuple[DecodeConfig, Decoded] | None = None

    @property
    def n_found(self) -> int:
        """Count the objects that were found with some settings."""
        return 0 if self.found is None else len(self.found[1].scores)


def pool_features(features: torch.Tensor, foreground: torch.Tensor) -> NDArray[np.float64]:
    """Pool features (N, F, ...) over objects and over the ground: mean and spread, (4 F,).

    Every second row and column says as much as all, in a quarter of the time.
    """
    features, foreground = features[..., ::2, ::2], foreground[..., ::2, ::2]
    parts = []
    flat = features.float().flatten(2).transpose(0, 1).flatten(1)
    squares = flat.square()
    for weight in (foreground, 1 - foreground):
        share = weight.flatten()
        total = share.sum().clamp_min(1.0)
        mean = flat @ share / total
        # The weights may sum to less than the total where there is nearly no foreground.
        spread = squares @ share / total - mean.square() * (2 - share.sum() / total)
        parts += [mean, spread.clamp_min(0).sqrt()]
    return torch.cat(parts).cpu().numpy().astype(np.float64)


def renumber(labels: NDArray[np.int32], found: Decoded) -> Decoded:
    """Renumber the objects that survived resizing 1..n, keeping what is said of each."""
    present = np.bincount(labels.ravel(), minlength=len(found.scores) + 1) > 0
    present[0] = False
    lookup = np.where(present, np.cumsum(present), 0).astype(np.int32)
    classes = None if found.classes is None else found.classes[present[1:]]
    return Decoded(lookup[labels], found.scores[present[1:]], classes)


def gather(
    mapped: Sequence[Mapped],
    decoded: Sequence[Decoded],
    shape: tuple[int, ...],
    calibration: CardCalibration = PLAIN,
) -> Prediction:
    """Gather the moments of a picture of shape (T, C, Z, Y, X), with calibrated confidences."""
    labels, objects, last = [], [], 0
    for found in decoded:
        # Ids are unique over the whole picture, moments included.
        labels.append(np.where(found.labels > 0, found.labels + last, 0))
        told = dataclasses.replace(found, scores=calibration.objects(found.scores))
        objects += [
            {"id": last + name} | describe_object(told, name)
            for name in range(1, len(found.scores) + 1)
        ]
        last += len(found.scores)
    foreground = np.concatenate([m.maps[0].ravel() for m in mapped])
    probabilities, weights = histogram(foreground, calibration)
    stacked = np.stack(labels).reshape(shape[0], *shape[2:])
    return Prediction(
        labels=stacked,
        objects=objects,
        class_probabilities=(),
        probabilities=probabilities,
        weights=weights,
        embedding=np.mean([m.features for m in mapped], axis=0).astype(np.float32),
        foreground=float((stacked > 0).mean()),
        foreground_map=small_map(mapped[0].maps[0], calibration),
        uncertainty_map=partial(doubt_map, [m.maps[0] for m in mapped], calibration, shape),
    )


def describe_object(found: Decoded, name: int) -> dict[str, Any]:
    """Confidence of an object (from 1); its class and the chance of each, where there are any."""
    about: dict[str, Any] = {"confidence": round(float(found.scores[name - 1]), 4)}
    if found.classes is None:
        return about
    chances = found.classes[name - 1]
    return about | {
        "class_index": int(chances.argmax()),
        "class_probabilities": [round(float(chance), 4) for chance in chances],
    }


def keep_maps(
    mapped: Sequence[Mapped], head: str, decoding: DecodeConfig, shape: tuple[int, ...]
) -> PixelMaps | None:
    """Keep the maps of a picture of shape (T, C, Z, Y, X), to be decoded again later.

    Directions across planes are left out: within a plane the others lead to the same place.

    Parameters
    ----------
    mapped : sequence of Mapped
        One per moment.
    head : str
        Key of ``HEADS``.
    decoding : DecodeConfig
        Thresholds of the model.
    shape : tuple of int
        Of the picture.

    Returns
    -------
    PixelMaps or None
        No finer than the picture; None where they would be too large to keep.
    """
    frames = tuple(
        FrameMaps(*_no_finer(_planes(one, head), one.disc, shape[-2:])) for one in mapped
    )
    if count_pixels(frames) > MOST_KEPT:
        return None
    whole = (shape[0], shape[2], shape[3], shape[4])
    return PixelMaps(head, decoding.foreground, decoding.seed, whole, frames)


def _planes(mapped: Mapped, head: str) -> NDArray[np.float32]:
    """Return maps (K, Z, Y, X) without directions across planes."""
    if mapped.maps.ndim == 3:
        return mapped.maps[:, None]
    return np.delete(mapped.maps, 1, axis=0) if head == "flow" else mapped.maps


def _no_finer(
    maps: NDArray[np.float32], disc: float, shape: tuple[int, ...]
) -> tuple[NDArray[np.float32], float]:
    """Shrink maps that were made at a larger scale than the picture's (Y, X)."""
    height, width = maps.shape[-2:]
    if height <= shape[0] and width <= shape[1]:
        return maps, disc
    shrunk = np.stack([[resize(plane, shape) for plane in one] for one in maps])
    return shrunk, disc * shape[0] * shape[1] / (height * width)


def histogram(
    foreground: NDArray[Any], calibration: CardCalibration
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Distributions (K, 2) of foreground probabilities, and pixels in each cell.

    Clear background is left out: it would drown the doubt at the outlines, the more so the
    emptier a picture is.

    Parameters
    ----------
    foreground : ndarray of float
        Probabilities of pixels, as the network gives them.
    calibration : CardCalibration
        Of the model.

    Returns
    -------
    tuple of ndarray of float32, shapes (K, 2) and (K,)
        Background and foreground probability at each cell's middle, calibrated; counts.
    """
    counts, edges = np.histogram(foreground, bins=HISTOGRAM_CELLS, range=(0, 1))
    middles = calibration.foreground((edges[:-1] + edges[1:]) / 2)
    weights = counts.astype(np.float32)
    weights[0] = 0
    return np.stack([1 - middles, middles], axis=1).astype(np.float32), weights


def small_map(foreground: NDArray[Any], calibration: CardCalibration = PLAIN) -> NDArray[np.uint8]:
    """Foreground map with sides of at most 64 pixels, brightest plane first, as uint8."""
    plane = foreground.max(axis=0) if foreground.ndim == 3 else foreground
    shape = (min(plane.shape[0], SMALL_SIDE), min(plane.shape[1], SMALL_SIDE))
    planes = torch.from_numpy(np.ascontiguousarray(plane))[None]
    pooled = F.adaptive_avg_pool2d(planes, shape)[0].numpy()
    shrunk = calibration.foreground(pooled.clip(0, 1))
    return np.asarray(shrunk * 255, dtype=np.uint8)
