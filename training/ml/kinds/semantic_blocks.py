"""Classes of the pixels of pictures too large to be predicted whole, in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.ml.blocks import Block, blocks, shrink_into, temporary_labels
from training.ml.intensity import find_marks, scale_by
from training.ml.kinds.base import Prediction
from training.ml.kinds.doubt_parts import DoubtParts
from training.ml.kinds.instance_outputs import SMALL_SIDE
from training.ml.kinds.pixel_cells import PixelCells
from training.ml.kinds.semantic_doubt import ClassDoubts
from training.ml.uncertainty.measures import entropy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.ml.kinds.semantic_predictor import ClassMaps, SemanticPredictor

# Pixels that a block sees beyond its core: about what a network sees round a pixel.
MARGIN = 96


def predict_in_blocks(
    predictor: SemanticPredictor, moments: NDArray[Any], *, anisotropy: float
) -> Prediction:
    """Predict block by block; each pixel is told by the block whose core holds it.

    Parameters
    ----------
    predictor : SemanticPredictor
        A model.
    moments : ndarray, shape (T, C, Y, X) or (T, C, Z, Y, X)
        The picture; read piece by piece, so that it may lie in a file.
    anisotropy : float
        Distance of planes in pixels of a plane.

    Returns
    -------
    Prediction
        Labels lie in a temporary file; the map of uncertainty is coarser than the picture.
    """
    shape = (moments.shape[0], *((1,) if moments.ndim == 4 else ()), *moments.shape[2:])
    labels = temporary_labels(shape)
    told = _Told(predictor, shape)
    data = predictor.config.data
    for t, (picture, moment) in enumerate(zip(moments, labels, strict=True)):
        marks = find_marks(picture, low=data.low, high=data.high)
        for block in blocks(shape[-2:], core=predictor.config.infer.block, margin=MARGIN):
            values = scale_by(picture[(..., *block.seen)], marks)
            mapped = predictor.map_values(values, anisotropy=anisotropy)
            decoded = predictor.decode(mapped)[(..., *block.inner)]
            moment[(..., *block.core)] = decoded
            told.look(t, block, mapped, decoded)
    return told.prediction(labels)


class _Told:
    """What the blocks say together, beside the labels."""

    def __init__(self, predictor: SemanticPredictor, shape: tuple[int, ...]) -> None:
        self.predictor, self.shape = predictor, shape[-2:]
        self.map = DoubtParts(shape)
        # The label of the first class.
        self.first = 0 if predictor.background else 1
        classes = len(predictor.card.classes) + predictor.background
        self.cells = PixelCells(classes)
        self.doubts = ClassDoubts(len(predictor.card.classes) + 1, background=predictor.background)
        self.all_doubted = predictor.doubts is not None
        self.pixels = np.zeros(classes)
        self.sure = np.zeros(classes)
        self.features: list[NDArray[np.float32]] = []
        self.small = np.zeros([min(n, SMALL_SIDE) for n in self.shape], dtype=np.float32)

    def look(self, t: int, block: Block, mapped: ClassMaps, labels: NDArray[np.int32]) -> None:
        """Take note of a block of moment ``t`` and the labels (..., y, x) of its core."""
        core = (..., *block.inner)
        maps = mapped.maps[core]
        chances: NDArray[Any] = maps.reshape(len(maps), -1)
        calibration = self.predictor.calibration
        if calibration.labels != 1:
            chances = calibration.classes(chances.T).T
        self.cells.add(chances)
        place = labels.reshape(-1) - self.first
        size = self.pixels.size
        self.pixels += np.bincount(place, minlength=size)
        self.sure += np.bincount(
            place, weights=np.take_along_axis(chances, place[None], axis=0)[0], minlength=size
        )
        shrink_into(self.small, 1 - maps[0], block.core, self.shape)
        self.features.append(mapped.features)
        if mapped.spread is None:
            self.all_doubted = False
        else:
            self.doubts.add(chances, labels, mapped.spread.cut(core))
        shares = entropy(chances) / np.log2(max(len(chances), 2))
        self.map.add(t, block.core, shares.clip(0, 1).reshape(labels.shape))

    def prediction(self, labels: NDArray[np.int32]) -> Prediction:
        """Return everything as a prediction of labels (T, Z, Y, X)."""
        background = self.predictor.background
        probabilities, weights = self.cells.distributions(background=background)
        found = [place + self.first for place in np.flatnonzero(self.pixels).tolist()]
        prediction = Prediction(
            labels=labels,
            objects=[
                {
                    "id": label,
                    "class_index": label - 1,
                    "confidence": round(
                        float(self.sure[label - self.first] / self.pixels[label - self.first]), 4
                    ),
                }
                for label in found
                if label > 0
            ],
            class_probabilities=(),
            probabilities=probabilities,
            weights=weights,
            embedding=np.mean(self.features, axis=0).astype(np.float32),
            foreground=np.count_nonzero(labels) / labels.size,
            foreground_map=np.asarray(self.small.clip(0, 1) * 255, dtype=np.uint8)
            if background
            else None,
            uncertainty_map=self.map.map,
        )
        doubts = self.predictor.doubts
        if doubts is None or not self.all_doubted:
            return prediction
        return self.doubts.told(prediction, method=doubts.config.method)
