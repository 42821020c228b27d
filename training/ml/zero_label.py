"""Prediction before there is any label: classical outlines, and a description of each picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from training.ml.classical import Segmented, segment
from training.ml.kinds.base import Prediction
from training.ml.pictures import read_picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.ml.manifest import Item, Snapshot

MARKS = (1, 10, 25, 50, 75, 90, 97, 99.8)
HISTOGRAM_CELLS = 16


class ZeroLabelPredictor:
    """Predicts a snapshot's items without a model.

    Parameters
    ----------
    snapshot : Snapshot
        Says which task and which classes.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.outlines = snapshot.task_kind != "classification"
        self.classes = len(snapshot.classes)

    def predict(self, item: Item) -> Prediction:
        """Segment bright objects, and describe the picture by intensities, texture and sizes.

        Parameters
        ----------
        item : Item
            A picture.

        Returns
        -------
        Prediction
            Labels (T, Z, Y, X) for a segmentation; equal probabilities for a classification.

        Raises
        ------
        TrainingError
            Code ``unreadable_picture``.
        """
        stack = read_picture(item.image)
        # Channels are averaged: which of them holds the objects is not known yet.
        frames = [frame.mean(axis=0) for frame in stack.astype(np.float32)]
        found = [segment(frame if frame.shape[0] > 1 else frame[0]) for frame in frames]
        embedding = np.mean(
            [describe(f, s) for f, s in zip(frames, found, strict=True)], axis=0
        ).astype(np.float32)
        if not self.outlines:
            return self._class_prediction(embedding)
        labels, objects = _join(found, (stack.shape[0], *stack.shape[2:]))
        confidences = np.array([o["confidence"] for o in objects], dtype=np.float32)
        counts, edges = np.histogram(confidences, bins=HISTOGRAM_CELLS, range=(0, 1))
        middles = (edges[:-1] + edges[1:]) / 2
        return Prediction(
            labels=labels,
            objects=objects,
            class_probabilities=(),
            probabilities=np.stack([1 - middles, middles], axis=1).astype(np.float32),
            weights=counts.astype(np.float32),
            embedding=embedding,
            foreground=float((labels > 0).mean()),
        )

    def _class_prediction(self, embedding: NDArray[np.float32]) -> Prediction:
        even = np.full((1, max(self.classes, 1)), 1 / max(self.classes, 1), dtype=np.float32)
        return Prediction(
            labels=None,
            objects=(),
            class_probabilities=tuple(map(float, even[0])),
            probabilities=even,
            weights=np.ones(1, dtype=np.float32),
            embedding=embedding,
            foreground=1.0,
        )


def describe(frame: NDArray[np.float32], found: Segmented) -> NDArray[np.float64]:
    """Describe a picture by a few numbers: intensities, texture, how many objects, how large.

    Parameters
    ----------
    frame : ndarray of float32, shape (Z, Y, X)
        One moment; NaN counts as 0.
    found : Segmented
        Its objects.

    Returns
    -------
    ndarray of float64, shape (14,)
        On logarithmic scales, so that pictures of any bit depth compare.
    """
    values = np.nan_to_num(frame.astype(np.float64))
    marks = np.log1p(np.clip(np.percentile(values, MARKS), 0, None))
    plane = values.max(axis=0)
    spread = plane.std()
    edges = np.mean([ndimage.sobel(plane, axis=axis).std() for axis in (0, 1)])
    covered = float((found.labels > 0).mean())
    count = float(found.labels.max(initial=0))
    return np.array(
        [
            *marks,
            np.log1p(spread),
            np.log1p(edges),
            covered,
            np.log1p(count),
            np.log1p(found.diameter),
            float(found.confidences.mean()) if found.confidences.size else 0.0,
        ]
    )


def _join(
    found: list[Segmented], shape: tuple[int, ...]
) -> tuple[NDArray[np.int32], list[dict[str, Any]]]:
    """Labels of all moments with ids of their own, and the objects."""
    labels, objects, last = [], [], 0
    for frame in found:
        labels.append(np.where(frame.labels > 0, frame.labels + last, 0))
        objects += [
            {"id": last + at, "confidence": round(float(confidence), 4)}
            for at, confidence in enumerate(frame.confidences, start=1)
        ]
        last += len(frame.confidences)
    return np.stack(labels).reshape(shape).astype(np.int32), objects
