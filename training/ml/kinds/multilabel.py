"""Classification in which a crop may have several classes, or none: each is yes or no."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from torch.nn import functional as F

from training.metrics import METRICS
from training.metrics.multilabel import best_thresholds
from training.ml.calibration import calibrate_labels, soften
from training.ml.kinds.classification import CropTask
from training.ml.kinds.classification_predictor import CropPredictor, above_thresholds
from training.ml.softmax import fit_each

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch
    from numpy.typing import NDArray

    from training.ml.calibration import Calibrated
    from training.ml.card import ModelCard
    from training.ml.config import Config
    from training.ml.kinds.base import Prediction, Predictor, Task
    from training.ml.manifest import Item, Snapshot
    from training.ml.softmax import SoftmaxModel
    from training.ml.uncertainty.doubts import Doubts


class MultiLabelTask(CropTask):
    """Data, network and loss of one training of a classifier of several classes at once."""

    kind = "multilabel"

    def classes_of(self, item: Item) -> tuple[int, ...] | None:
        """Classes of an item; None where it is not labelled."""
        return item.class_indices

    def compare(self, scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Binary cross-entropy of each class, summed so that each counts as if it were alone."""
        each = F.binary_cross_entropy_with_logits(scores, targets, reduction="none")
        return each.sum(dim=1).mean()

    def calibrate(self, predictions: Sequence[Prediction]) -> dict[str, Calibrated]:
        """Calibrate the probabilities of the validation split; one temperature for all classes."""
        if not self.config.uncertainty.calibrate:
            return {}
        chances = np.array([one.class_probabilities for one in predictions])
        groups = np.array([item.group or item.id for item in self.held_out])
        found = calibrate_labels(chances, self._truth(), groups)
        if found.settings is not None:
            # Thresholds are chosen on the scale that predictions will have.
            chances = soften(chances, found.settings["temperature"])
        return {"classes": dataclasses.replace(found, values=chances.astype(np.float64))}

    def choose(self, predictions: Sequence[Prediction]) -> dict[str, Any]:
        """Choose the threshold of each class by its F1 on the validation split."""
        chances = np.array([prediction.class_probabilities for prediction in predictions])
        return {"thresholds": best_thresholds(self._truth(), chances)}

    def _truth(self) -> NDArray[np.bool_]:
        """Which validation items have which class, (N, C)."""
        truth = np.zeros((len(self.held_out), len(self.names)), dtype=bool)
        for row, item in zip(truth, self.held_out, strict=True):
            row[list(self.classes_of(item) or ())] = True
        return truth

    def score(self, item: Item, prediction: Prediction, settings: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """Score the classes above their thresholds."""
        chances = prediction.class_probabilities
        chosen = above_thresholds(chances, settings["thresholds"])
        return METRICS[self.kind].score(item.class_indices, (chances, chosen))

    def fit_at_once(self, features: NDArray[Any]) -> SoftmaxModel:
        """Fit one regression per class on features (N, D)."""
        return fit_each(features, self.targets > 0)


class MultiLabelKind:
    """Classification with several classes; entry of ``TASK_KINDS``."""

    name = "multilabel"

    def task(self, snapshot: Snapshot, config: Config, device: torch.device) -> Task:
        """Read the snapshot and build what a run needs."""
        return MultiLabelTask(snapshot, config)

    def predictor(
        self,
        card: ModelCard,
        weights: Mapping[str, torch.Tensor],
        device: torch.device,
        *,
        doubts: Doubts | None = None,
    ) -> Predictor:
        """Make a trained model ready; with doubts it also tells how unsure it is."""
        settings = {"thresholds": [0.5] * len(card.classes), **card.settings}
        told = dataclasses.replace(card, settings=settings)
        return CropPredictor(told, weights, device, doubts=doubts)
