"""Classification of cell crops: a small network, or softmax regression at once."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional as F

from training.metrics import METRICS
from training.ml.calibration import calibrate_classes, calibration_report, card_settings
from training.ml.card import ModelCard
from training.ml.crops import MOST_FOR_SCALE, choose_scale, fit_crops, read_crop
from training.ml.device import autocast
from training.ml.errors import TrainingError
from training.ml.kinds.base import Finished, Predictor, Task
from training.ml.kinds.classification_predictor import CropPredictor, crop_features
from training.ml.networks import build_crop_network, name_network
from training.ml.pictures import read_picture
from training.ml.seeding import step_rng
from training.ml.softmax import fit_softmax
from training.ml.transforms import augment_intensity, draw_matrices, resample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from training.ml.calibration import Calibrated
    from training.ml.config import Config
    from training.ml.kinds.base import Prediction
    from training.ml.manifest import Item, Snapshot
    from training.ml.softmax import SoftmaxModel
    from training.ml.uncertainty.doubts import Doubts

LABEL_SMOOTHING = 0.05


@dataclass(frozen=True)
class CropBatch:
    """Crops (N, C, ...) and what is wanted of each class (N, K), 0 to 1."""

    pictures: torch.Tensor
    targets: torch.Tensor


class CropTask:
    """Data, network and loss of one training of a classifier.

    Parameters
    ----------
    snapshot : Snapshot
        Items with a class.
    config : Config
        Settings; ``config.model`` chooses between network and softmax regression.
    """

    kind = "classification"

    def __init__(self, snapshot: Snapshot, config: Config) -> None:
        items = [item for item in snapshot.of("train") if self.classes_of(item) is not None]
        if len({self.classes_of(item) for item in items}) < 2:
            raise TrainingError(
                "nothing_to_learn",
                "The train split has fewer than two classes. Label examples of another class.",
            )
        known = [index for item in snapshot.items for index in self.classes_of(item) or ()]
        self.names = snapshot.classes or tuple(str(n) for n in range(1 + max(known)))
        self._check_classes(snapshot.items)
        probe = read_picture(items[0].image)
        dims = config.network.dims or 2
        network = dataclasses.replace(name_network(config.network, self.kind), dims=dims)
        self.config = dataclasses.replace(config, network=network)
        self.in_channels = int(probe.shape[1])
        self.primary = METRICS[self.kind].primary
        self.scale = choose_scale(_some_crops(items, dims=dims, seed=config.seed), self.config)
        side = config.data.crop
        self.shape = (side, side) if dims == 2 else (config.data.patch_z, side, side)
        self.targets = np.zeros((len(items), len(self.names)), dtype=np.float32)
        for row, item in zip(self.targets, items, strict=True):
            row[list(self.classes_of(item) or ())] = 1
        self.crops = fit_crops(
            items, self.scale, self.shape,
            channels=self.in_channels, megabytes=config.data.memory,
        )  # fmt: skip
        self.held_out = [i for i in snapshot.of("val") if self.classes_of(i) is not None]
        self.chance = crop_chances(self.targets, balance=config.data.balance)
        self.network: torch.nn.Module = build_crop_network(
            network, self.in_channels, len(self.names)
        )
        self.solved: Mapping[str, torch.Tensor] | None = None
        if config.model == "softmax":
            self.solved = self._solve(items, dims=dims)

    def batch(self, step: int, size: int) -> CropBatch:
        """Random crops of one step, changed at random."""
        rng = step_rng(self.config.seed, step)
        chosen = rng.choice(len(self.crops), size=size, p=self.chance)
        pictures = torch.from_numpy(self.crops[chosen])
        matrices = draw_matrices(self.config.augment, len(chosen), dims=len(self.shape), rng=rng)
        # Size tells classes apart, so crops are turned and mirrored but hardly zoomed.
        wide = torch.cat([pictures, torch.ones_like(pictures[:, :1])], dim=1)
        patches, objects = resample(wide, wide[:, -1], _mostly_turns(matrices), shape=self.shape)
        changed = augment_intensity(
            patches[:, :-1], objects, dataclasses.replace(self.config.augment, dim=0.0), rng=rng
        )
        return CropBatch(changed, torch.from_numpy(self.targets[chosen]))

    def loss(self, batch: CropBatch, device: torch.device) -> torch.Tensor:
        """Loss of a batch of crops."""
        with autocast(self.config.optim.precision, device):
            scores = self.network(batch.pictures.to(device))
        return self.compare(scores.float(), batch.targets.to(device))

    def validate(self, weights: Mapping[str, torch.Tensor]) -> Mapping[str, float]:
        """Metrics of the validation split; empty without one."""
        return self.finish(weights, seconds=math.inf).metrics

    def finish(self, weights: Mapping[str, torch.Tensor], *, seconds: float) -> Finished:
        """Choose what is left to choose on the validation split, and score it.

        Where probabilities are calibrated, the scores are those of folds that the fit did not see.
        """
        settings: dict[str, Any] = {
            "scale": dataclasses.asdict(self.scale),
            "shape": list(self.shape),
        }
        if not self.held_out:
            return Finished({}, settings)
        card = ModelCard(self.kind, self.config, self.in_channels, self.names, settings=settings)
        predictor = CropPredictor(card, weights, next(self.network.parameters()).device)
        predictions = [predictor.predict(item) for item in self.held_out]
        calibrated = self.calibrate(predictions)
        if calibrated:
            predictions = [
                dataclasses.replace(one, class_probabilities=tuple(map(float, row)))
                for one, row in zip(predictions, calibrated["classes"].values, strict=True)
            ]
        settings |= self.choose(predictions) | card_settings(calibrated)
        family = METRICS[self.kind]
        scores = {
            item.id: self.score(item, prediction, settings)
            for item, prediction in zip(self.held_out, predictions, strict=True)
        }
        items = {name: {family.primary: family.item_value(s)} for name, s in scores.items()}
        metrics = dict(family.pool(list(scores.values())))
        return Finished(metrics, settings, items, calibration_report(calibrated))

    def calibrate(self, predictions: Sequence[Prediction]) -> dict[str, Calibrated]:
        """Calibrate the class probabilities of the validation split."""
        if not self.config.uncertainty.calibrate:
            return {}
        chances = np.array([one.class_probabilities for one in predictions])
        truth = np.array([item.class_index for item in self.held_out])
        groups = np.array([item.group or item.id for item in self.held_out])
        return {"classes": calibrate_classes(chances, truth, groups)}

    def classes_of(self, item: Item) -> tuple[int, ...] | None:
        """Classes of an item; None where it is not labelled."""
        return None if item.class_index is None else (item.class_index,)

    def compare(self, scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Cross-entropy with smoothed labels."""
        return F.cross_entropy(scores, targets, label_smoothing=LABEL_SMOOTHING)

    def choose(self, predictions: Sequence[Prediction]) -> dict[str, Any]:
        """Choose settings by the predictions of the validation split: there are none."""
        return {}

    def score(self, item: Item, prediction: Prediction, settings: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """Score the prediction of an item."""
        return METRICS[self.kind].score(item.class_index, prediction.class_probabilities)

    def fit_at_once(self, features: NDArray[Any]) -> SoftmaxModel:
        """Fit the model that needs no steps on features (N, D)."""
        return fit_softmax(features, self.targets.argmax(axis=1), n_classes=len(self.names))

    def _solve(self, items: Sequence[Item], *, dims: int) -> dict[str, torch.Tensor]:
        """Weights of the model that needs no steps."""
        features = [crop_features(read_crop(item, dims=dims)) for item in items]
        model = self.fit_at_once(np.stack(features))
        return {
            name: torch.from_numpy(np.ascontiguousarray(value))
            for name, value in dataclasses.asdict(model).items()
        }

    def _check_classes(self, items: Sequence[Item]) -> None:
        for item in items:
            for index in self.classes_of(item) or ():
                if not 0 <= index < len(self.names):
                    raise TrainingError(
                        "bad_snapshot",
                        f"Item {item.id}: class {index} of {len(self.names)} classes.",
                    )


class ClassificationKind:
    """Classification; entry of ``TASK_KINDS``."""

    name = "classification"

    def task(self, snapshot: Snapshot, config: Config, device: torch.device) -> Task:
        """Read the snapshot and build what a run needs."""
        return CropTask(snapshot, config)

    def predictor(
        self,
        card: ModelCard,
        weights: Mapping[str, torch.Tensor],
        device: torch.device,
        *,
        doubts: Doubts | None = None,
    ) -> Predictor:
        """Make a trained model ready; with doubts it also tells how unsure it is."""
        return CropPredictor(card, weights, device, doubts=doubts)


def _some_crops(items: Sequence[Item], *, dims: int, seed: int) -> list[NDArray[np.float32]]:
    """Crops that tell the scale of all; of very many a choice."""
    chosen = np.random.default_rng(seed).permutation(len(items))[:MOST_FOR_SCALE]
    return [read_crop(items[at], dims=dims) for at in sorted(chosen)]


def crop_chances(targets: NDArray[np.float32], *, balance: float) -> NDArray[np.float64]:
    """Chance of each crop to be shown.

    Parameters
    ----------
    targets : ndarray of float32, shape (N, K)
        1 for each class that a crop has; having none is a class of its own.
    balance : float
        0 = each crop alike, 1 = each class alike; in between, rare classes are shown more often,
        but not so often that they are learnt by heart.

    Returns
    -------
    ndarray of float64, shape (N,)
        Sums to 1. A crop of several classes goes with the rarest.
    """
    none = targets.sum(axis=1, keepdims=True) == 0
    has = np.concatenate([targets, none], axis=1) > 0
    rarest = np.where(has, has.sum(axis=0), len(targets) + 1).min(axis=1)
    chance = rarest.astype(np.float64) ** -balance
    return np.asarray(chance / chance.sum())


def _mostly_turns(matrices: torch.Tensor) -> torch.Tensor:
    """Reduce the zoom of matrices to its fourth root."""
    zoom = matrices[:, :2, :2].det().abs().sqrt()[:, None, None]
    out = matrices.clone()
    out[:, :2, :2] = matrices[:, :2, :2] / zoom * zoom**0.25
    return out
