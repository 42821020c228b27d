"""Classification of cell crops: a small residual network, or softmax regression at once."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional as F

from training.metrics import METRICS
from training.ml.card import ModelCard
from training.ml.crops import choose_scale, fit_crop, read_crop
from training.ml.device import autocast
from training.ml.errors import TrainingError
from training.ml.kinds.base import Finished, Predictor, Task
from training.ml.kinds.classification_predictor import CropPredictor, crop_features
from training.ml.networks import NETWORKS
from training.ml.pictures import read_picture
from training.ml.seeding import step_rng
from training.ml.softmax import fit_softmax
from training.ml.transforms import augment_intensity, draw_matrices, resample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from training.ml.config import Config
    from training.ml.manifest import Item, Snapshot

# The U-Net's default widths are made for maps; a classifier is called by its own name.
NETWORK = "resnet"
LABEL_SMOOTHING = 0.05


@dataclass(frozen=True)
class CropBatch:
    """Crops (N, C, ...) and their classes (N,)."""

    pictures: torch.Tensor
    classes: torch.Tensor


class CropTask:
    """Data, network and loss of one training of a classifier.

    Parameters
    ----------
    snapshot : Snapshot
        Items with a class.
    config : Config
        Settings; ``config.model`` chooses between network and softmax regression.
    """

    def __init__(self, snapshot: Snapshot, config: Config) -> None:
        items = _labelled(snapshot, "train")
        if len({item.class_index for item in items}) < 2:
            raise TrainingError(
                "nothing_to_learn",
                "The train split has fewer than two classes. Label examples of another class.",
            )
        self.names = snapshot.classes or tuple(
            str(n) for n in range(1 + max(_class(item) for item in snapshot.items))
        )
        _check_classes(snapshot.items, len(self.names))
        probe = read_picture(items[0].image)
        dims = config.network.dims or 2
        network = dataclasses.replace(config.network, name=NETWORK, dims=dims)
        self.config = dataclasses.replace(config, network=network)
        self.in_channels = int(probe.shape[1])
        self.primary = METRICS["classification"].primary
        crops = [read_crop(item, dims=dims) for item in items]
        self.scale = choose_scale(crops, self.config)
        side = config.data.crop
        self.shape = (side, side) if dims == 2 else (config.data.patch_z, side, side)
        self.classes = np.array([_class(item) for item in items])
        self.crops = np.stack([fit_crop(crop, self.scale, self.shape) for crop in crops])
        self.held_out = _labelled(snapshot, "val")
        counts = np.bincount(self.classes, minlength=len(self.names))
        # Rare classes are shown more often, but not so often that they are learnt by heart.
        self.chance = counts[self.classes].astype(np.float64) ** -config.data.balance
        self.chance /= self.chance.sum()
        self.network: torch.nn.Module = NETWORKS[NETWORK](
            network, self.in_channels, len(self.names)
        )
        self.solved: Mapping[str, torch.Tensor] | None = None
        if config.model == "softmax":
            self.solved = self._solve(crops)

    def batch(self, step: int) -> CropBatch:
        """Random crops of one step, changed at random."""
        rng = step_rng(self.config.seed, step)
        chosen = rng.choice(len(self.crops), size=self.config.optim.batch, p=self.chance)
        pictures = torch.from_numpy(self.crops[chosen])
        matrices = draw_matrices(self.config.augment, len(chosen), dims=len(self.shape), rng=rng)
        # Size tells classes apart, so crops are turned and mirrored but hardly zoomed.
        wide = torch.cat([pictures, torch.ones_like(pictures[:, :1])], dim=1)
        patches, objects = resample(wide, wide[:, -1], _mostly_turns(matrices), shape=self.shape)
        changed = augment_intensity(
            patches[:, :-1], objects, dataclasses.replace(self.config.augment, dim=0.0), rng=rng
        )
        return CropBatch(changed, torch.from_numpy(self.classes[chosen]))

    def loss(self, batch: CropBatch, device: torch.device) -> torch.Tensor:
        """Cross-entropy with smoothed labels."""
        with autocast(self.config.optim.precision, device):
            scores = self.network(batch.pictures.to(device))
        return F.cross_entropy(
            scores.float(), batch.classes.to(device), label_smoothing=LABEL_SMOOTHING
        )

    def validate(self, weights: Mapping[str, torch.Tensor]) -> Mapping[str, float]:
        """Metrics of the validation split; empty without one."""
        return self.finish(weights, seconds=math.inf).metrics

    def finish(self, weights: Mapping[str, torch.Tensor], *, seconds: float) -> Finished:
        """Score the validation split; there is nothing left to choose."""
        settings = {"scale": dataclasses.asdict(self.scale), "shape": list(self.shape)}
        if not self.held_out:
            return Finished({}, settings)
        card = ModelCard(
            "classification", self.config, self.in_channels, self.names, settings=settings
        )
        predictor = CropPredictor(card, weights, next(self.network.parameters()).device)
        family = METRICS["classification"]
        scores = {
            item.id: family.score(_class(item), predictor.predict(item).class_probabilities)
            for item in self.held_out
        }
        items = {name: {family.primary: family.item_value(s)} for name, s in scores.items()}
        return Finished(dict(family.pool(list(scores.values()))), settings, items)

    def _solve(self, crops: Sequence[Any]) -> dict[str, torch.Tensor]:
        """Weights of the softmax regression, which needs no steps."""
        model = fit_softmax(
            np.stack([crop_features(crop) for crop in crops]),
            self.classes,
            n_classes=len(self.names),
        )
        return {
            name: torch.from_numpy(np.ascontiguousarray(value))
            for name, value in dataclasses.asdict(model).items()
        }


class ClassificationKind:
    """Classification; entry of ``TASK_KINDS``."""

    name = "classification"

    def task(self, snapshot: Snapshot, config: Config, device: torch.device) -> Task:
        """Read the snapshot and build what a run needs."""
        return CropTask(snapshot, config)

    def predictor(
        self, card: ModelCard, weights: Mapping[str, torch.Tensor], device: torch.device
    ) -> Predictor:
        """Make a trained model ready."""
        return CropPredictor(card, weights, device)


def _labelled(snapshot: Snapshot, split: str) -> list[Item]:
    return [item for item in snapshot.of(split) if item.class_index is not None]


def _class(item: Item) -> int:
    return -1 if item.class_index is None else item.class_index


def _check_classes(items: Sequence[Item], known: int) -> None:
    for item in items:
        if item.class_index is not None and not 0 <= item.class_index < known:
            raise TrainingError(
                "bad_snapshot", f"Item {item.id}: class {item.class_index} of {known} classes."
            )


def _mostly_turns(matrices: torch.Tensor) -> torch.Tensor:
    """Reduce the zoom of matrices to its fourth root."""
    zoom = matrices[:, :2, :2].det().abs().sqrt()[:, None, None]
    out = matrices.clone()
    out[:, :2, :2] = matrices[:, :2, :2] / zoom * zoom**0.25
    return out
