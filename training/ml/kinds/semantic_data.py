"""Class images of a training set, as the sampler cuts them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import torch

from training.ml.data import Prepared
from training.ml.errors import TrainingError
from training.ml.intensity import normalise
from training.ml.resizing import resize
from training.ml.scaling import resize_labels, zoom_factors, zoomed_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.ml.config import Config
    from training.ml.data import Finish
    from training.ml.frames import Frame

# Places of each class in a picture round which patches are cut.
ANCHORS = 64


def class_frames(
    frames: Sequence[Frame], *, ignore_value: int | None, n_classes: int
) -> list[Frame]:
    """Leave out pixels that nobody has labelled, and check the classes of the others.

    Parameters
    ----------
    frames : sequence of Frame
        Labels hold 0 for the background and k for the k-th class.
    ignore_value : int or None
        Label of pixels that nobody has labelled.
    n_classes : int
        Known classes, without background.

    Returns
    -------
    list of Frame
        With 0 as the label of pixels that are not valid.

    Raises
    ------
    TrainingError
        Code ``bad_snapshot``: a label is no class.
    """
    out = []
    for frame in frames:
        valid = frame.valid & (frame.labels != (-1 if ignore_value is None else ignore_value))
        labels = np.where(valid, frame.labels, 0).astype(np.int32)
        if labels.max(initial=0) > n_classes:
            raise TrainingError(
                "bad_snapshot",
                f"Item {frame.item.id}: its label image holds {labels.max()}, but there are "
                f"{n_classes} classes.",
            )
        out.append(dataclasses.replace(frame, labels=labels, valid=valid))
    return out


def prepare_classes(frame: Frame, config: Config, *, dims: int, first: int) -> Prepared:
    """Normalise a picture, and note the class of each labelled pixel.

    Parameters
    ----------
    frame : Frame
        From `class_frames`.
    config : Config
        Settings.
    dims : int
        2 or 3.
    first : int
        Label of the network's first class: 0 with a background, else 1.

    Returns
    -------
    Prepared
        Labels count from 1 in the order of the network's classes, 0 where nobody has labelled:
        they are sampled by the nearest pixel, so that thin strokes keep their width.
    """
    zooms = zoom_factors(0.0, wanted=0.0, dims=dims, anisotropy=frame.anisotropy)
    shape = zoomed_shape(frame.labels.shape, zooms)
    picture = normalise(frame.picture, low=config.data.low, high=config.data.high)
    classes = resize_labels(np.where(frame.valid, frame.labels - first + 1, 0), shape)
    inside = np.ones((1, *shape), dtype=np.float32)
    stack = np.concatenate([np.stack([resize(channel, shape) for channel in picture]), inside])
    return Prepared(stack.astype(np.float16), classes, _anchors(classes))


def one_hot(n_classes: int) -> Finish:
    """Make targets (N, K, ...) of resampled classes; all 0 where nobody has labelled."""
    names = torch.arange(1, n_classes + 1)

    def finish(
        targets: torch.Tensor, objects: torch.Tensor, matrices: torch.Tensor
    ) -> torch.Tensor:
        return (objects.round() == names.view(1, -1, *(1,) * (objects.ndim - 2))).float()

    return finish


def _anchors(classes: NDArray[np.int32]) -> NDArray[np.float64]:
    """Evenly spread pixels of each class (n, dims), as many of rare ones as of common ones."""
    found = []
    flat = classes.ravel()
    for name in np.unique(flat[flat > 0]):
        where = np.flatnonzero(flat == name)
        chosen = where[np.linspace(0, where.size - 1, ANCHORS).round().astype(np.intp)]
        found.append(np.stack(np.unravel_index(chosen, classes.shape), axis=1))
    if not found:
        return np.zeros((0, classes.ndim))
    return np.concatenate(found).astype(np.float64)
