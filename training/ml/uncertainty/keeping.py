"""Snapshot ensembles: weights kept along one training (Huang et al., ICLR 2017)."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from training.ml.checkpoint import load_weights, save_weights
from training.ml.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import torch

    from training.ml.config import UncertaintyConfig
    from training.ml.inferer import Forward
    from training.ml.uncertainty.base import Subject

FOLDER = "snapshots"


class Snapshots:
    """One network per set of weights that was kept."""

    summary = "the network as it was at several times of its training (snapshot ensemble)"
    mirrored = False

    def members(self, subject: Subject, config: UncertaintyConfig) -> list[Forward]:
        """One member per snapshot.

        Raises
        ------
        TrainingError
            Code ``no_snapshots``: the training kept fewer than two.
        """
        if len(subject.states) < 2:
            raise TrainingError(
                "no_snapshots",
                "This model kept no snapshots. Train it with uncertainty.snapshots of 2 or more, "
                "or choose another uncertainty.method.",
            )
        members = []
        for state in subject.states:
            network = copy.deepcopy(subject.network)
            network.load_state_dict(dict(state))
            members.append(subject.forward_of(network))
        return members


class SnapshotKeeper:
    """Keeps the weights each time that a training passes a point of its budget.

    Parameters
    ----------
    folder : Path
        Folder of the run.
    points : sequence of float
        Shares of the budget, ascending.
    """

    def __init__(self, folder: Path, points: list[float]) -> None:
        self.folder, self.points = folder / FOLDER, points
        self.passed = 0.0

    def see(self, progress: float, weights: Callable[[], Mapping[str, torch.Tensor]]) -> None:
        """Keep the weights if a point was passed since the last call."""
        for number, point in enumerate(self.points):
            if self.passed < point <= progress:
                self.folder.mkdir(exist_ok=True)
                save_weights(self.folder / f"{number:02d}.safetensors", weights())
        self.passed = progress


def snapshot_points(config: UncertaintyConfig) -> list[float]:
    """Shares of the budget at which weights are kept.

    Parameters
    ----------
    config : UncertaintyConfig
        With cycles: the ends of the last ones, where the learning rate is least. Without: evenly
        over the second half.

    Returns
    -------
    list of float
        In (0, 1], the last is 1.
    """
    if config.cycles > 1:
        first = config.cycles - config.snapshots
        return [(cycle + 1) / config.cycles for cycle in range(first, config.cycles)]
    return [0.5 + 0.5 * (at + 1) / config.snapshots for at in range(config.snapshots)]


def load_snapshots(folder: Path) -> tuple[dict[str, torch.Tensor], ...]:
    """Weights that a training kept beside its own, in their order; none where there is no folder.

    Raises
    ------
    TrainingError
        Code ``bad_weights``.
    """
    return tuple(load_weights(path) for path in sorted((folder / FOLDER).glob("*.safetensors")))
