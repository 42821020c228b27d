"""Monte Carlo dropout: units are left out at random while predicting (Gal and Ghahramani, 2016)."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import nn

from training.ml.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from training.ml.config import UncertaintyConfig
    from training.ml.inferer import Forward
    from training.ml.uncertainty.base import Subject

LAYERS = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d)
SEED = 20160619


class Dropout:
    """The network's dropout layers stay on, with masks that follow from the member's number.

    A network that was trained without dropout has its layers switched on for this alone
    (dropout injection: Ledda et al., Information Sciences 2023), so that training and ordinary
    prediction need not pay for it.
    """

    summary = "parts of the network left out at random (Monte Carlo dropout)"
    mirrored = False

    def members(self, subject: Subject, config: UncertaintyConfig) -> list[Forward]:
        """One member per set of masks.

        Raises
        ------
        TrainingError
            Code ``no_dropout``: the network has no dropout layer.
        """
        layers = [one for one in subject.network.modules() if isinstance(one, LAYERS)]
        if not layers:
            raise TrainingError(
                "no_dropout",
                "This network has no dropout layer. Choose another uncertainty.method.",
            )
        forward = subject.forward_of(subject.network)
        return [
            partial(_drop, forward=forward, layers=layers, rate=config.rate, seed=SEED + member)
            for member in range(config.members)
        ]


def _drop(
    pictures: torch.Tensor,
    *,
    forward: Forward,
    layers: Sequence[nn.Module],
    rate: float,
    seed: int,
) -> torch.Tensor:
    devices = [pictures.device] if pictures.device.type == "cuda" else []
    with switched_on(layers, rate), torch.random.fork_rng(devices=devices):
        # Every tile of a picture is seen by the same masks, and every prediction repeats.
        torch.manual_seed(seed)
        return forward(pictures)


@contextlib.contextmanager
def switched_on(layers: Sequence[nn.Module], rate: float) -> Iterator[None]:
    """Switch dropout layers on, at least at a rate, and back to what they were.

    Parameters
    ----------
    layers : sequence of nn.Module
        Dropout layers.
    rate : float
        Least chance of a unit to be left out.
    """
    before = [(layer, float(layer.p), layer.training) for layer in layers]  # type: ignore[arg-type]
    try:
        for layer, own, _ in before:
            layer.p = max(own, rate)  # type: ignore[assignment]
            layer.train()
        yield
    finally:
        for layer, own, training in before:
            layer.p = own  # type: ignore[assignment]
            layer.train(training)
