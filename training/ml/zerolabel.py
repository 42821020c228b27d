"""Predictions before the first model: the classical segmenter and fixed features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml import zerolabel_blocks
from training.ml.channel_choice import segment_channels
from training.ml.features import picture_features
from training.ml.kinds.base import Prediction
from training.ml.pictures import read_picture
from training.tiffs import rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.ml.manifest import Item, Snapshot

CLASSICAL = "classical"


class ClassicalPredictor:
    """Predicts without a model; for a classification, all classes are alike.

    Parameters
    ----------
    task_kind : str
        Key of ``TASK_KINDS``.
    n_classes : int
        Number of classes, where pictures or pixels get one.
    """

    concurrent = True

    def __init__(self, task_kind: str = "instance", n_classes: int = 0) -> None:
        self.task_kind, self.n_classes = task_kind, n_classes

    def predict(self, item: Item) -> Prediction:
        """Segment every moment of a picture, and describe it by fixed features.

        Parameters
        ----------
        item : Item
            A picture.

        Returns
        -------
        Prediction
            Labels (T, Z, Y, X), or even chances.

        Raises
        ------
        TrainingError
            Codes ``unreadable_picture``, ``no_finite_pixels``.
        """
        stack = read_picture(item.image)
        embedding = picture_features(stack[0, :, 0] if stack.shape[2] == 1 else stack[0])
        if self.task_kind == "classification":
            chances = np.full(max(self.n_classes, 1), 1 / max(self.n_classes, 1))
            return Prediction(
                None, (), tuple(map(float, chances)), chances[None].astype(np.float32),
                np.ones(1, np.float32), embedding, 1.0,
            )  # fmt: skip
        if self.task_kind == "multilabel":
            halves = np.full((max(self.n_classes, 1), 2), 0.5, dtype=np.float32)
            return Prediction(
                None, (), tuple(map(float, halves[:, 1])), halves,
                np.ones(len(halves), np.float32), embedding, 1.0,
            )  # fmt: skip
        if self.task_kind == "semantic":
            # Which class is what, nobody has said yet: no pixel is given one.
            chances = np.full(self.n_classes + 1, 1 / (self.n_classes + 1))
            return Prediction(
                None, (), (), chances[None].astype(np.float32),
                np.ones(1, np.float32), embedding, 1.0,
            )  # fmt: skip
        large = stack.shape[3] * stack.shape[4] > zerolabel_blocks.WHOLE
        labels, confidences = (zerolabel_blocks.segment_in_blocks if large else _segment)(stack)
        sure = np.array([*confidences, 1.0], dtype=np.float32)
        pixels = np.zeros(len(sure), dtype=np.int64)
        for rows in rows_of(labels):
            pixels += np.bincount(rows.ravel(), minlength=len(sure))
        sizes = pixels[1:].astype(np.float32)
        middle = 0.5 + sure[: len(sizes)] / 2
        probabilities, weights = _histogram(middle, sizes)
        return Prediction(
            labels=labels,
            objects=[
                {"id": at, "confidence": round(c, 4)} for at, c in enumerate(confidences, start=1)
            ],
            class_probabilities=(),
            probabilities=probabilities,
            weights=weights,
            embedding=embedding,
            foreground=np.count_nonzero(labels) / labels.size,
        )


def classical_predictor(snapshot: Snapshot | None) -> ClassicalPredictor:
    """Predictor that suits a snapshot; None = instance segmentation."""
    if snapshot is None:
        return ClassicalPredictor()
    return ClassicalPredictor(snapshot.task_kind, len(snapshot.classes))


def _segment(stack: NDArray[Any]) -> tuple[NDArray[np.int32], list[float]]:
    """Segment every moment of a picture (T, C, Z, Y, X): labels (T, Z, Y, X), confidences."""
    labels = np.zeros((stack.shape[0], *stack.shape[2:]), dtype=np.int32)
    confidences: list[float] = []
    for at, moment in enumerate(stack):
        found = segment_channels(moment[:, 0] if moment.shape[1] == 1 else moment)
        shifted = np.where(found.labels > 0, found.labels + len(confidences), 0)
        labels[at] = shifted.reshape(labels.shape[1:])
        confidences += [float(c) for c in found.confidences]
    return labels, confidences


def _histogram(
    chances: NDArray[Any], sizes: NDArray[Any]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Objects by their chance to be real, as distributions (16, 2) with pixel counts."""
    counts, edges = np.histogram(chances, bins=16, range=(0, 1), weights=sizes[: len(chances)])
    middles = (edges[:-1] + edges[1:]) / 2
    return np.stack([1 - middles, middles], axis=1).astype(np.float32), counts.astype(np.float32)
