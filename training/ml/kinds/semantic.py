"""Semantic segmentation: the class of each pixel."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from training.metrics import METRICS
from training.metrics.semantic import UNLABELLED
from training.ml.calibration import calibration_report, card_settings
from training.ml.card import ModelCard
from training.ml.data import PatchSampler
from training.ml.device import autocast
from training.ml.errors import TrainingError
from training.ml.frames import load_frames
from training.ml.kinds.base import Finished, Task
from training.ml.kinds.pixelwise import check_depth, same_channels
from training.ml.kinds.semantic_calibration import PixelSample
from training.ml.kinds.semantic_data import class_frames, one_hot, prepare_classes
from training.ml.kinds.semantic_predictor import SemanticPredictor
from training.ml.losses import LOSSES
from training.ml.networks import build_pixel_network, name_network
from training.ml.pictures import read_labels, read_picture
from training.ml.shelf import Shelf, glanced, load_held_out, parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from training.ml.config import Config
    from training.ml.data import Batch, Prepared
    from training.ml.frames import Frame
    from training.ml.kinds.base import Predictor
    from training.ml.manifest import Item, Snapshot
    from training.ml.uncertainty.doubts import Doubts

# Validation runs several times in a training; this many pictures bound its cost.
MOST_VALIDATED = 40
MOST_GLANCED = 12
# With less time than this left, the last validation does without mirrored copies.
SECONDS_FOR_CARE = 12.0


class SemanticTask:
    """Data, network and loss of one semantic training.

    Label images hold 0 for the background and k for the k-th class. Pixels outside the labelled
    regions, and those of the snapshot's ``ignore_value``, enter neither loss nor metrics; where
    that value is 0 there is no background, and every pixel gets one of the classes.

    Parameters
    ----------
    snapshot : Snapshot
        Labelled pictures.
    config : Config
        Settings.
    device : torch.device
        Where the network lives.
    """

    def __init__(self, snapshot: Snapshot, config: Config, device: torch.device) -> None:
        first = [item for item in snapshot.of("train") if item.label is not None]
        if not first:
            raise TrainingError(
                "nothing_to_learn", "No item of the train split has labels. Label some first."
            )
        probe = read_picture(first[0].image)
        dims = config.network.dims or (3 if probe.shape[2] > 1 else 2)
        network = dataclasses.replace(name_network(config.network, "semantic"), dims=dims)
        self.config = check_depth(dataclasses.replace(config, network=network))
        self.in_channels = int(probe.shape[1])
        self.primary = METRICS["semantic"].primary
        self.solved: Mapping[str, torch.Tensor] | None = None
        self.device = device
        self.background = snapshot.ignore_value != 0
        self.ignored = snapshot.ignore_value
        self.names = snapshot.classes or _numbered(first, self.ignored)
        _check_learnable(first, dims=dims, ignore_value=self.ignored)
        held_out = load_held_out(
            snapshot.of("val"), dims=dims, most=MOST_VALIDATED,
            megabytes=config.data.memory, seed=config.seed,
        )  # fmt: skip
        same_channels(held_out, self.in_channels)
        self.held_out = class_frames(held_out, ignore_value=self.ignored, n_classes=len(self.names))
        outputs = len(self.names) + self.background
        shelf = Shelf(
            len(first),
            lambda at, rng: self._prepare(first[at], dims, rng),
            seed=config.seed,
            megabytes=config.data.memory,
        )
        self.sampler = PatchSampler(
            shelf.at,
            self._sampled(),
            dims=dims,
            channels=self.in_channels,
            finish=one_hot(outputs),
        )
        self.network: torch.nn.Module = build_pixel_network(network, self.in_channels, outputs)

    def _prepare(self, item: Item, dims: int, rng: np.random.Generator) -> list[Prepared]:
        """Prepare the moments of an item, or as many and as much of them as memory allows."""
        frames = load_frames([item], dims=dims)
        same_channels(frames, self.in_channels)
        frames = class_frames(frames, ignore_value=self.ignored, n_classes=len(self.names))
        memory, channels = self.config.data.memory, self.in_channels + 1
        return [
            prepare_classes(part, self.config, dims=dims, first=1 - self.background)
            for part in parts_of(frames, channels=channels, megabytes=memory, rng=rng)
        ]

    def batch(self, step: int, size: int) -> Batch:
        """Random patches of one step, as many round rare classes as round common ones."""
        return self.sampler.batch(step, size)

    def loss(self, batch: Batch, device: torch.device) -> torch.Tensor:
        """Cross-entropy and Dice over labelled pixels."""
        pictures = batch.pictures.to(device)
        if pictures.ndim == 4:
            pictures = pictures.contiguous(memory_format=torch.channels_last)
        with autocast(self.config.optim.precision, device):
            output = self.network(pictures).float()
        targets = batch.targets.to(device)
        weight = batch.valid.to(device) * targets.sum(dim=1, keepdim=True)
        return LOSSES["softmax_cross_entropy"](output, targets, weight) + LOSSES["softmax_dice"](
            output, targets, weight
        )

    def validate(self, weights: Mapping[str, torch.Tensor]) -> Mapping[str, float]:
        """Metrics of some pictures of the validation split, without mirroring."""
        if not self.held_out:
            return {}
        return self._score(weights, self._quick(), glanced(self.held_out, MOST_GLANCED))[0]

    def finish(self, weights: Mapping[str, torch.Tensor], *, seconds: float) -> Finished:
        """Score the validation split, and calibrate class probabilities on it."""
        settings: dict[str, Any] = {"background": self.background}
        if not self.held_out:
            return Finished({}, settings)
        config = self.config if seconds >= SECONDS_FOR_CARE else self._quick()
        sample = PixelSample(len(self.held_out), first=1 - self.background)
        metrics, items = self._score(weights, config, self.held_out, sample=sample)
        calibrated = sample.calibrate() if config.uncertainty.calibrate else {}
        settings |= card_settings(calibrated)
        return Finished(metrics, settings, items, calibration_report(calibrated))

    def _sampled(self) -> Config:
        """Return settings of the sampler: darkening objects would darken whole classes here."""
        return dataclasses.replace(
            self.config, augment=dataclasses.replace(self.config.augment, dim=0.0)
        )

    def _quick(self) -> Config:
        infer = dataclasses.replace(self.config.infer, flips=False)
        return dataclasses.replace(self.config, infer=infer)

    def _score(
        self,
        weights: Mapping[str, torch.Tensor],
        config: Config,
        frames: Sequence[Frame],
        *,
        sample: PixelSample | None = None,
    ) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
        """Pooled metrics and those of each item, over labelled pixels; may take a sample."""
        card = ModelCard(
            "semantic", config, self.in_channels, self.names,
            settings={"background": self.background},
        )  # fmt: skip
        predictor = SemanticPredictor(card, weights, self.device)
        family = METRICS["semantic"]
        scores: list[Any] = []
        items: dict[str, list[float]] = {}
        for frame in frames:
            mapped = predictor.map_frame(frame.picture, anisotropy=frame.anisotropy)
            if sample is not None:
                sample.add(frame, mapped.maps)
            truth = np.where(frame.valid, frame.labels, UNLABELLED)
            scores.append(family.score(truth, predictor.decode(mapped)))
            items.setdefault(frame.item.id, []).append(family.item_value(scores[-1]))
        means = {name: {family.primary: math.fsum(v) / len(v)} for name, v in items.items()}
        return dict(family.pool(scores)), means


class SemanticKind:
    """Semantic segmentation; entry of ``TASK_KINDS``."""

    name = "semantic"

    def task(self, snapshot: Snapshot, config: Config, device: torch.device) -> Task:
        """Read the snapshot and build what a run needs."""
        return SemanticTask(snapshot, config, device)

    def predictor(
        self,
        card: ModelCard,
        weights: Mapping[str, torch.Tensor],
        device: torch.device,
        *,
        doubts: Doubts | None = None,
    ) -> Predictor:
        """Make a trained model ready; with doubts it also tells how unsure it is."""
        return SemanticPredictor(card, weights, device, doubts=doubts)


def _numbered(items: Sequence[Item], ignore_value: int | None) -> tuple[str, ...]:
    """Names of the classes of label images that come without any: their numbers."""
    ignored = -1 if ignore_value is None else ignore_value
    most = 0
    for item in items:
        assert item.label is not None, "only labelled items are learnt from"
        labels = read_labels(item.label)
        most = max(most, int(labels[labels != ignored].max(initial=0)))
    return tuple(str(number) for number in range(1, most + 1))


def _check_learnable(items: Sequence[Item], *, dims: int, ignore_value: int | None) -> None:
    """Refuse a training set that shows fewer than two classes, background included."""
    seen: set[int] = set()
    ignored = -1 if ignore_value is None else ignore_value
    for item in items:
        for frame in load_frames([item], dims=dims):
            seen |= set(np.unique(frame.labels[frame.valid]).tolist()) - {ignored}
        if len(seen) >= 2:
            return
    raise TrainingError(
        "nothing_to_learn",
        "The labelled pixels of the train split are all of one class. Label pixels of another one.",
    )
