"""Losses by name: ``loss(output, target, weight)`` gives a scalar."""

from collections.abc import Callable

import torch

from training.ml.losses.masked import masked_bce, masked_dice, masked_l1

Loss = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]

LOSSES: dict[str, Loss] = {
    "bce": masked_bce,
    "dice": masked_dice,
    "l1": masked_l1,
}

__all__ = ["LOSSES", "Loss"]
