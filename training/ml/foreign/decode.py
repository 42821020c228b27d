"""From what a stranger's network says of pixels to objects and classes, by our own decoding."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from training.ml.config import DecodeConfig
from training.ml.heads import HEADS, Decoded
from training.ml.heads.geometry import boundary_distance
from training.ml.kinds.base import Prediction
from training.ml.kinds.instance_outputs import Mapped, gather, keep_maps, small_map
from training.ml.kinds.semantic_doubt import doubt_map
from training.ml.kinds.semantic_predictor import distributions
from training.ml.scaling import typical_diameter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from training.ml.foreign.spec import ForeignSpec

    Decoder = Callable[
        [Sequence[NDArray[Any]], NDArray[np.float32], tuple[int, ...], ForeignSpec], Prediction
    ]

HEAD = "distance"


def decode_instances(
    maps: Sequence[NDArray[Any]],
    features: NDArray[np.float32],
    shape: tuple[int, ...],
    spec: ForeignSpec,
) -> Prediction:
    """Objects of a picture.

    Parameters
    ----------
    maps : sequence of ndarray, shapes (K, (Z,) Y, X)
        One per moment, channels as ``spec.outputs`` says.
    features : ndarray of float32, shape (D,)
        Embedding.
    shape : tuple of int
        (T, C, Z, Y, X) of the picture.
    spec : ForeignSpec
        The network.

    Returns
    -------
    Prediction
        With maps that can be decoded again, where the network gives any.
    """
    settings = DecodeConfig(foreground=spec.threshold)
    if "labels" in spec.outputs:
        found = [number_objects(one[0]) for one in maps]
        seen = [
            Mapped((one.labels > 0).astype(np.float32)[None], features, one.labels.shape, 1.0, 1.0)
            for one in found
        ]
        # A label image says nothing of how sure the network is.
        return dataclasses.replace(gather(seen, found, shape), uncertainty_map=None)
    mapped = [_mapped(one, features, spec) for one in maps]
    found = [HEADS[HEAD].decode(one.maps, settings, area=one.area) for one in mapped]
    kept = keep_maps(mapped, HEAD, settings, shape)
    return dataclasses.replace(gather(mapped, found, shape), maps=kept)


def decode_classes(
    maps: Sequence[NDArray[Any]],
    features: NDArray[np.float32],
    shape: tuple[int, ...],
    spec: ForeignSpec,
) -> Prediction:
    """Class of each pixel: 0 = background, k = the k-th class; see `decode_instances`."""
    planes = (shape[0], *shape[2:])
    uncertainty_map = None
    if "labels" in spec.outputs:
        labels = np.stack([np.rint(one[0]).clip(0).astype(np.int32) for one in maps])
        n_classes = max(len(spec.classes), int(labels.max(initial=0)))
        chances = np.stack([labels.ravel() == name for name in range(n_classes + 1)]) * 1.0
    else:
        flat = [_class_chances(one, spec).reshape(1 + len(spec.classes), -1) for one in maps]
        chances = np.concatenate(flat, axis=1)
        labels = chances.argmax(axis=0).astype(np.int32)
        uncertainty_map = partial(doubt_map, chances / chances.sum(axis=0), planes)
    probabilities, weights = distributions(chances, background=True)
    labels = labels.reshape(planes)
    names = [int(name) for name in np.unique(labels) if name > 0]
    sure = [float(chances[name][labels.ravel() == name].mean()) for name in names]
    return Prediction(
        labels=labels,
        objects=[
            {"id": name, "class_index": name - 1, "confidence": round(chance, 4)}
            for name, chance in zip(names, sure, strict=True)
        ],
        class_probabilities=(),
        probabilities=probabilities,
        weights=weights,
        embedding=features,
        foreground=float((labels > 0).mean()),
        foreground_map=small_map((labels[0, 0] > 0).astype(np.float32)),
        uncertainty_map=uncertainty_map,
    )


def decode_scores(
    maps: Sequence[NDArray[Any]],
    features: NDArray[np.float32],
    shape: tuple[int, ...],
    spec: ForeignSpec,
) -> Prediction:
    """Distribution over the classes of a crop, from its scores (K,); see `decode_instances`."""
    meant = [at for at, meaning in enumerate(spec.outputs) if meaning == "class"]
    chances = maps[0][meant].astype(np.float64).clip(0)
    total = chances.sum()
    chances = chances / total if total > 0 else np.full(len(meant), 1 / len(meant))
    return Prediction(
        labels=None,
        objects=(),
        class_probabilities=tuple(map(float, chances)),
        probabilities=chances[None].astype(np.float32),
        weights=np.ones(1, dtype=np.float32),
        embedding=features,
        foreground=1.0,
    )


def split_maps(maps: NDArray[Any], spec: ForeignSpec) -> NDArray[np.float32]:
    """Foreground, and a distance to the boundary in [0, 1], as our own network gives them.

    Parameters
    ----------
    maps : ndarray, shape (K, ...)
        Channels as ``spec.outputs`` says.
    spec : ForeignSpec
        The network.

    Returns
    -------
    ndarray of float32, shape (2, ...)
        Where the network says nothing of distances, they are measured inside what is foreground
        and not boundary.
    """
    named = {name: maps[at] for at, name in enumerate(spec.outputs)}
    foreground = np.clip(named["foreground"], 0, 1).astype(np.float32)
    if "distance" in named:
        distance = named["distance"].clip(0)
        top = float(distance.max(initial=0))
        distance = distance / top if top > 1 else distance
    else:
        inside = foreground > spec.threshold
        if "boundary" in named:
            inside &= named["boundary"] <= spec.threshold
        parts, _ = ndimage.label(inside)
        distance = boundary_distance(np.asarray(parts))
    return np.stack([foreground, distance.astype(np.float32)])


def number_objects(labels: NDArray[Any]) -> Decoded:
    """Whole numbers as objects 1..n, all equally sure; 0 and below are background."""
    names, numbers = np.unique(np.rint(labels).clip(0).astype(np.int64), return_inverse=True)
    out = numbers.reshape(labels.shape).astype(np.int32) + int(names[0] > 0)
    return Decoded(out, np.ones(int(out.max(initial=0)), dtype=np.float32))


def _mapped(maps: NDArray[Any], features: NDArray[np.float32], spec: ForeignSpec) -> Mapped:
    split = split_maps(maps, spec)
    parts, _ = ndimage.label((split[0] > spec.threshold) & (split[1] > 0))
    diameter = typical_diameter(np.asarray(parts)) or 1.0
    disc = float(np.pi / 4 * diameter**2)
    area = disc if spec.dims == 2 else disc * diameter * 2 / 3
    return Mapped(split, features, split.shape[1:], area=area, disc=disc)


def _class_chances(maps: NDArray[Any], spec: ForeignSpec) -> NDArray[Any]:
    """Background and classes (1 + n, ...) of channels (K, ...)."""
    classes = np.stack([maps[at] for at, name in enumerate(spec.outputs) if name == "class"])
    named = [maps[at] for at, name in enumerate(spec.outputs) if name == "background"]
    ground = named[0] if named else 1 - classes.sum(axis=0).clip(0, 1)
    return np.concatenate([ground[None], classes]).clip(1e-6, 1)


# One entry per task kind.
FOREIGN_DECODERS: dict[str, Decoder] = {
    "classification": decode_scores,
    "instance": decode_instances,
    "semantic": decode_classes,
}
