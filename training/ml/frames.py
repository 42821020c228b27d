"""Labelled pictures at full resolution, moment by moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from training.doctor.measure import LARGEST_ID
from training.ml.errors import TrainingError
from training.ml.pictures import read_labels, read_picture

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from training.ml.manifest import Item


@dataclass(frozen=True)
class Frame:
    """One labelled picture at full resolution, one moment.

    Attributes
    ----------
    item : Item
        Where it comes from.
    picture : ndarray, shape (C, Y, X) or (C, Z, Y, X)
        Intensities as stored.
    labels : ndarray of int32, shape (Y, X) or (Z, Y, X)
        Truth.
    valid : ndarray of bool, same shape
        Where somebody has labelled.
    """

    item: Item
    picture: NDArray[Any]
    labels: NDArray[np.int32]
    valid: NDArray[np.bool_]

    @property
    def anisotropy(self) -> float:
        """Distance of planes in pixels of a plane; 1 where it is unknown."""
        size = self.item.pixel_size
        return 1.0 if size is None else size[0] / size[2]


def load_frames(items: Sequence[Item], *, dims: int) -> list[Frame]:
    """Read labelled items.

    Parameters
    ----------
    items : sequence of Item
        Items without a label are left out.
    dims : int
        2 or 3; 2 takes one plane, 3 a volume.

    Returns
    -------
    list of Frame
        One per item and moment.

    Raises
    ------
    TrainingError
        Codes ``label_mismatch``, ``needs_3d``, ``unreadable_picture``, ``bad_labels``.
    """
    frames = []
    for item in items:
        if item.label is None:
            continue
        stack, labels = read_picture(item.image), read_labels(item.label)
        if labels.shape != (stack.shape[0], *stack.shape[2:]):
            raise TrainingError(
                "label_mismatch",
                f"Item {item.id}: the picture is {stack.shape} (T C Z Y X), its labels are "
                f"{labels.shape} (T Z Y X). They must cover the same pixels.",
            )
        frames += [
            make_frame(item, moment, truth, dims=dims)
            for moment, truth in zip(stack, labels, strict=True)
        ]
    return frames


def from_one(labels: NDArray[Any]) -> tuple[NDArray[np.int32], NDArray[Any]]:
    """Renumber objects from 1, what is not above 0 stays; return their former ids, sorted, too."""
    ids = np.unique(labels[labels > 0])
    numbered = np.where(labels > 0, np.searchsorted(ids, labels) + 1, labels)
    return numbered.astype(np.int32), ids


def compact(frames: Sequence[Frame]) -> list[Frame]:
    """Renumber objects from 1 where ids are so large that arrays by id would fill the memory.

    Parameters
    ----------
    frames : sequence of Frame
        Of instances.

    Returns
    -------
    list of Frame
        The same frames where ids are small; classes of objects go along with their ids.
    """
    out = []
    for frame in frames:
        if frame.labels.max(initial=0) >= LARGEST_ID:
            labels, ids = from_one(frame.labels)
            classes = {
                at: frame.item.object_classes[int(name)]
                for at, name in enumerate(ids, start=1)
                if int(name) in frame.item.object_classes
            }
            item = replace(frame.item, object_classes=classes)
            frame = replace(frame, item=item, labels=labels)
        out.append(frame)
    return out


def make_frame(item: Item, picture: NDArray[Any], labels: NDArray[Any], *, dims: int) -> Frame:
    """Bring one moment (C, Z, Y, X) and its labels (Z, Y, X) to ``dims`` dimensions."""
    valid = np.ones(labels.shape, dtype=bool)
    if item.regions is not None:
        valid[:] = False
        for y0, x0, y1, x1 in item.regions:
            valid[:, y0:y1, x0:x1] = True
    labels = np.asarray(labels, dtype=np.int32)
    if dims == 3:
        return Frame(item, picture, labels, valid)
    if labels.shape[0] != 1:
        raise TrainingError(
            "needs_3d",
            f"Item {item.id} has {labels.shape[0]} planes; set network.dims to 3 (or 0).",
        )
    return Frame(item, picture[:, 0], labels[0], valid[0])


def cut_down(frame: Frame, *, most: float, rng: np.random.Generator) -> Frame:
    """Take a random part round labelled objects, where a picture is larger than ``most`` pixels.

    Parameters
    ----------
    frame : Frame
        A labelled picture.
    most : float
        Pixels (voxels) of the part. Planes are never left out.
    rng : numpy.random.Generator
        Chooses the part.

    Returns
    -------
    Frame
        The same frame where it is small enough.
    """
    height, width = frame.labels.shape[-2:]
    planes = frame.labels.size // (height * width)
    side = max(1, int(np.sqrt(most / planes)))
    if (side >= height and side >= width) or frame.labels.size <= most:
        return frame
    known = ((frame.labels > 0) & frame.valid).reshape(planes, height, width).any(axis=0)
    places = np.flatnonzero(known)
    at = places[rng.integers(places.size)] if places.size else rng.integers(known.size)
    middle = divmod(int(at), width)
    top, left = (
        int(np.clip(at - side // 2, 0, max(0, n - side)))
        for at, n in zip(middle, (height, width), strict=True)
    )
    where = (..., slice(top, top + side), slice(left, left + side))
    return replace(
        frame, picture=frame.picture[where], labels=frame.labels[where], valid=frame.valid[where]
    )
