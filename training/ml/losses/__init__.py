"""Losses by name: ``loss(output, target, weight)`` gives a scalar."""

from collections.abc import Callable

import torch

from training.ml.losses.masked import masked_bce, masked_dice, masked_l1
from training.ml.losses.softmax import softmax_cross_entropy, softmax_dice

Loss = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]

LOSSES: dict[str, Loss] = {
    "bce": masked_bce,
    "dice": masked_dice,
    "l1": masked_l1,
    "softmax_cross_entropy": softmax_cross_entropy,
    "softmax_dice": softmax_dice,
}

__all__ = ["LOSSES", "Loss"]
