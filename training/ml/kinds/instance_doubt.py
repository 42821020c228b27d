"""How unsure a model is of instances: pixels, cells, the image."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.resizing import resize
from training.ml.scaling import resize_labels
from training.ml.uncertainty.measures import (
    CLEAR,
    Doubt,
    binary_entropy,
    binary_information,
    cell_means,
    consistency,
    image_inconsistency,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from training.ml.calibration import CardCalibration
    from training.ml.heads import Decoded
    from training.ml.kinds.instance_outputs import Mapped


@dataclass(frozen=True)
class MomentDoubt:
    """Doubt of one moment.

    Attributes
    ----------
    entropy, information : ndarray of float32
        Per pixel, at the network's scale, in bits.
    open : ndarray of bool, same shape
        Pixels that are not clear background.
    entropies, consistency : ndarray of float32, shape (n,)
        Mean entropy of each cell, and its overlap with the members' cells.
    members : tuple of ndarray of int32
        Cells of each member, at the picture's own resolution.
    """

    entropy: NDArray[np.float32]
    information: NDArray[np.float32]
    open: NDArray[np.bool_]
    entropies: NDArray[np.float32]
    consistency: NDArray[np.float32]
    members: tuple[NDArray[np.int32], ...]


def doubt_moment(
    mapped: Mapped,
    found: Decoded,
    *,
    decode: Callable[[Mapped], Decoded],
    calibration: CardCalibration,
) -> MomentDoubt:
    """Compare the answers for one moment.

    Parameters
    ----------
    mapped : Mapped
        With its members.
    found : Decoded
        The prediction's objects.
    decode : callable
        Decodes the maps of a member as the prediction's were.
    calibration : CardCalibration
        Of the model.

    Returns
    -------
    MomentDoubt
        Of the moment.
    """
    assert mapped.members is not None, "no members were predicted"
    foreground = calibration.foreground(mapped.maps[0])
    spread = calibration.foreground(mapped.members[:, 0])
    entropy = binary_entropy(foreground)
    n = len(found.scores)
    labels = resize_labels(found.labels, mapped.maps.shape[1:])
    # A single answer is the prediction itself.
    members: tuple[NDArray[np.int32], ...] = (found.labels,)
    if len(mapped.members) > 1:
        apart = (
            dataclasses.replace(mapped, maps=maps, members=None, found=None)
            for maps in mapped.members
        )
        members = tuple(decode(one).labels for one in apart)
    return MomentDoubt(
        entropy=entropy,
        information=binary_information(spread),
        open=np.asarray(foreground > CLEAR),
        entropies=cell_means(entropy, labels, n),
        consistency=consistency(found.labels, members, n),
        members=members,
    )


def doubt_image(method: str, moments: Sequence[MomentDoubt]) -> Doubt:
    """Numbers of a whole picture."""
    open_ = np.concatenate([one.open.ravel() for one in moments])
    pixels = {
        name: np.concatenate([getattr(one, name).ravel() for one in moments])[open_]
        for name in ("entropy", "information")
    }
    cells = np.concatenate([one.consistency for one in moments])
    members = [labels for one in moments for labels in one.members]
    return Doubt(
        method=method,
        members=len(moments[0].members),
        entropy=float(pixels["entropy"].mean()) if open_.any() else 0.0,
        information=float(pixels["information"].mean()) if open_.any() else 0.0,
        inconsistency=image_inconsistency(cells, members),
    )


def doubt_objects(objects: Sequence[Any], moments: Sequence[MomentDoubt]) -> list[dict[str, Any]]:
    """Add mean entropy and consistency to objects, which stand in the order of the moments."""
    entropies = np.concatenate([one.entropies for one in moments])
    agreed = np.concatenate([one.consistency for one in moments])
    return [
        {
            **one,
            "uncertainty": round(float(entropy), 4),
            "consistency": round(float(overlap), 4),
        }
        for one, entropy, overlap in zip(objects, entropies, agreed, strict=True)
    ]


def doubt_map(
    foregrounds: Sequence[NDArray[Any]], calibration: CardCalibration, shape: tuple[int, ...]
) -> NDArray[np.uint8]:
    """Entropy of each pixel of a picture.

    Parameters
    ----------
    foregrounds : sequence of ndarray of float
        Foreground probabilities of each moment, at the network's scale.
    calibration : CardCalibration
        Of the model.
    shape : tuple of int
        (T, C, Z, Y, X) of the picture.

    Returns
    -------
    ndarray of uint8, shape (T, Z, Y, X)
        255 = one bit.
    """
    planes = (shape[0], *shape[2:])
    inside = planes[1:] if foregrounds[0].ndim == 3 else planes[2:]
    maps = [resize(binary_entropy(calibration.foreground(one)), inside) for one in foregrounds]
    return np.asarray(np.rint(np.stack(maps).clip(0, 1) * 255), dtype=np.uint8).reshape(planes)
