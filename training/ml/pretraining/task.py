"""The training without labels, as the trainer sees it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import torch

from training.ml.data import Batch
from training.ml.device import autocast
from training.ml.errors import TrainingError
from training.ml.folders import choose_groups
from training.ml.kinds.base import Finished
from training.ml.losses import LOSSES
from training.ml.networks import CROP_KINDS, NETWORKS, name_network
from training.ml.pictures import read_picture
from training.ml.pretraining import PRETEXTS
from training.ml.pretraining.reconstructor import Reconstructor
from training.ml.pretraining.unlabelled import CropPatches, PicturePatches
from training.ml.seeding import step_rng

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from training.ml.config import Config
    from training.ml.manifest import Item, Snapshot
    from training.ml.pretraining.unlabelled import Patches

# Share of the pictures on which the progress is measured; of few pictures all are learnt from.
HELD_OUT_SHARE = 0.1
FEWEST_TO_HOLD_OUT = 10
MOST_VALIDATED = 8
VALIDATION_BATCHES = 2
SPOILING = 7


class PretrainTask:
    """Pictures, network and loss of one training without labels.

    Only items of the train split are looked at: neither those that validate nor those that test,
    so that what is measured on them later is measured on pictures that no network has seen.

    Parameters
    ----------
    snapshot : Snapshot
        Pictures; labels are not needed.
    config : Config
        Settings.
    device : torch.device
        Where the network lives.
    """

    primary = "explained"
    names: tuple[str, ...] = ()
    solved: Mapping[str, torch.Tensor] | None = None

    def __init__(self, snapshot: Snapshot, config: Config, device: torch.device) -> None:
        items = snapshot.of("train")
        if not items:
            raise TrainingError("no_pictures", "No picture of the train split to learn from.")
        crops = snapshot.task_kind in CROP_KINDS
        probe = read_picture(items[0].image)
        deep = 3 if probe.shape[2] > 1 and not crops else 2
        named = name_network(config.network, snapshot.task_kind)
        network = dataclasses.replace(named, dims=config.network.dims or deep)
        self.config = dataclasses.replace(config, network=network)
        self.in_channels = int(probe.shape[1])
        self.device = device
        self.pretext = PRETEXTS[config.pretrain.pretext]
        rescale = snapshot.task_kind == "instance"
        # What is to be rebuilt must be the picture, without noise that nobody could foresee.
        clean = dataclasses.replace(self.config.augment, noise=0.0, blur=0.0, dim=0.0)
        cut = dataclasses.replace(self.config, augment=clean)

        def patches(part: Sequence[Item]) -> Patches:
            if crops:
                return CropPatches(part, cut, channels=self.in_channels)
            return PicturePatches(part, cut, channels=self.in_channels, rescale=rescale)

        kept, held_out = _hold_out(items)
        self.counts = {"train": len(kept), "val": len(held_out)}
        self.patches = patches(kept)
        self.held_out = patches(held_out) if held_out else None
        inner = NETWORKS[network.name].build(network, self.in_channels, 1)
        self.network: torch.nn.Module = Reconstructor(
            inner, channels=self.in_channels, dims=network.dims
        )

    def batch(self, step: int, size: int) -> Batch:
        """Spoiled patches of one step; the targets are the patches as they were."""
        return self._spoil(*self.patches.at(step, size), step=step)

    def loss(self, batch: Batch, device: torch.device) -> torch.Tensor:
        """Smooth absolute error where something was taken away."""
        return LOSSES["l1"](
            self._rebuild(batch, device), batch.targets.to(device), batch.valid.to(device)
        )

    def validate(self, weights: Mapping[str, torch.Tensor]) -> Mapping[str, float]:
        """Share of the variance of what was taken away that is rebuilt, on unseen pictures.

        1 is a perfect picture; the mean of the pixels alone would be 0.
        """
        if self.held_out is None:
            return {}
        now = {name: value.clone() for name, value in self.network.state_dict().items()}
        self.network.load_state_dict(dict(weights))
        self.network.eval()
        wrong = total = 0.0
        with torch.inference_mode():
            for step in range(VALIDATION_BATCHES):
                batch = self._spoil(*self.held_out.at(step, self.config.optim.batch), step=step)
                weight = batch.valid.expand_as(batch.targets)
                rebuilt = self._rebuild(batch, self.device).cpu()
                mean = (batch.targets * weight).sum() / weight.sum().clamp_min(1)
                wrong += float(((rebuilt - batch.targets) ** 2 * weight).sum())
                total += float(((batch.targets - mean) ** 2 * weight).sum())
        self.network.load_state_dict(now)
        return {self.primary: 1 - wrong / max(total, 1e-9)}

    def finish(self, weights: Mapping[str, torch.Tensor], *, seconds: float) -> Finished:
        """Measure once more; there is nothing to choose."""
        return Finished(self.validate(weights))

    def _spoil(self, pictures: torch.Tensor, valid: torch.Tensor, *, step: int) -> Batch:
        rng = step_rng(self.config.seed, step, stream=SPOILING)
        spoiled = self.pretext.spoil(pictures, self.config.pretrain, rng=rng)
        return Batch(spoiled.pictures, pictures, spoiled.weight * valid)

    def _rebuild(self, batch: Batch, device: torch.device) -> torch.Tensor:
        pictures = batch.pictures.to(device)
        if pictures.ndim == 4:
            pictures = pictures.contiguous(memory_format=torch.channels_last)
        with autocast(self.config.optim.precision, device):
            rebuilt: torch.Tensor = self.network(pictures)
        return rebuilt.float()


def _hold_out(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Take whole groups aside to measure the progress on."""
    if len(items) < FEWEST_TO_HOLD_OUT:
        return list(items), []
    share = min(HELD_OUT_SHARE, MOST_VALIDATED / len(items))
    groups = [item.group or item.id for item in items]
    chosen = choose_groups(groups, share=share)
    flags = np.array([group in chosen for group in groups])
    return (
        [item for item, held in zip(items, flags, strict=True) if not held],
        [item for item, held in zip(items, flags, strict=True) if held],
    )
