"""Instances of pictures too large to be predicted whole, in bounded memory."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.blocks import Block, add_block, blocks, shrink_into, temporary_labels
from training.ml.intensity import find_marks, scale_by
from training.ml.kinds.base import Prediction
from training.ml.kinds.doubt_parts import DoubtParts
from training.ml.kinds.instance_outputs import (
    HISTOGRAM_CELLS,
    SMALL_SIDE,
    describe_object,
    histogram,
)
from training.ml.kinds.instance_scale import busiest
from training.ml.resizing import resize
from training.ml.uncertainty.measures import binary_entropy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.ml.calibration import CardCalibration
    from training.ml.kinds.instance_outputs import Mapped
    from training.ml.kinds.instance_predictor import InstancePredictor

# The scale is looked for in a window of this side.
WINDOW = 1024
# What a block sees beyond its core, in diameters of the objects.
MARGIN_DIAMETERS = 3.0
LEAST_MARGIN = 64


def predict_in_blocks(
    predictor: InstancePredictor, stack: NDArray[Any], *, anisotropy: float
) -> Prediction:
    """Predict block by block at one scale, objects whole across the seams.

    Parameters
    ----------
    predictor : InstancePredictor
        A model.
    stack : ndarray, shape (T, C, Z, Y, X)
        The picture; read piece by piece, so that it may lie in a file.
    anisotropy : float
        Distance of planes in pixels of a plane.

    Returns
    -------
    Prediction
        Labels lie in a temporary file. Without maps, which would be too large to keep; that of
        uncertainty is coarser than the picture.
    """
    shape = (stack.shape[0], *stack.shape[2:])
    labels = temporary_labels(shape)
    found = _Found(shape, predictor.calibration)
    for t, (picture, moment) in enumerate(zip(stack, labels, strict=True)):
        found.moment = t
        planes = picture[:, 0] if predictor.dims == 2 else picture
        _predict_moment(
            predictor, planes, moment[0] if predictor.dims == 2 else moment, found, anisotropy
        )
    return found.prediction(labels)


def _predict_moment(
    predictor: InstancePredictor,
    picture: NDArray[Any],
    labels: NDArray[np.int32],
    found: _Found,
    anisotropy: float,
) -> None:
    """Predict one moment (C, ..., Y, X) into labels (..., Y, X)."""
    data = predictor.config.data
    marks = find_marks(picture, low=data.low, high=data.high)
    window = scale_by(picture[(..., *busiest(picture, WINDOW))], marks)
    size = predictor.settle(window, anisotropy)
    margin = max(LEAST_MARGIN, round(MARGIN_DIAMETERS * size))
    for block in blocks(labels.shape[-2:], core=predictor.config.infer.block, margin=margin):
        values = scale_by(picture[(..., *block.seen)], marks)
        mapped = predictor.map_at(values, size, anisotropy)
        decoded = predictor.decode(mapped, predictor.decoding)
        taken = add_block(labels, block, decoded.labels, last=len(found.objects))
        scores = predictor.calibration.objects(decoded.scores)
        told = dataclasses.replace(decoded, scores=scores)
        for name in taken:
            found.objects.append({"id": len(found.objects) + 1} | describe_object(told, name))
        found.look(block, mapped.maps[0], mapped.features)
        found.doubt(block, mapped)


class _Found:
    """What the blocks say together, beside the labels."""

    def __init__(self, shape: tuple[int, ...], calibration: CardCalibration) -> None:
        self.shape, self.calibration = shape[-2:], calibration
        self.doubts, self.moment = DoubtParts(shape), 0
        self.objects: list[dict[str, Any]] = []
        self.counts = np.zeros(HISTOGRAM_CELLS, dtype=np.float64)
        self.features: list[NDArray[np.float32]] = []
        self.small = np.zeros([min(n, SMALL_SIDE) for n in self.shape], dtype=np.float32)

    def look(
        self, block: Block, foreground: NDArray[np.float32], features: NDArray[np.float32]
    ) -> None:
        """Take note of one block's foreground (..., y, x) and features."""
        self.probabilities, counts = histogram(foreground, self.calibration)
        self.counts += counts
        self.features.append(features)
        shrink_into(self.small, foreground, block.seen, self.shape)

    def doubt(self, block: Block, mapped: Mapped) -> None:
        """Take note of how unsure the model is of a block's own pixels."""
        bits = resize(binary_entropy(self.calibration.foreground(mapped.maps[0])), mapped.shape)
        self.doubts.add(self.moment, block.core, bits[(..., *block.inner)])

    def prediction(self, labels: NDArray[np.int32]) -> Prediction:
        """Return everything as a prediction of labels (T, Z, Y, X)."""
        small = self.calibration.foreground(self.small.clip(0, 1))
        return Prediction(
            labels=labels,
            objects=self.objects,
            class_probabilities=(),
            probabilities=self.probabilities,
            weights=self.counts.astype(np.float32),
            embedding=np.mean(self.features, axis=0).astype(np.float32),
            foreground=np.count_nonzero(labels) / labels.size,
            foreground_map=np.asarray(small * 255, dtype=np.uint8),
            uncertainty_map=self.doubts.map,
        )
