"""Losses that look at valid pixels only."""

from __future__ import annotations

import torch
from torch.nn import functional as F


def masked_bce(logits: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Binary cross-entropy, averaged by weight.

    Parameters
    ----------
    logits, target : Tensor, shape (N, K, ...)
        Targets in [0, 1].
    weight : Tensor, shape (N, 1, ...)
        0 where nobody has labelled.

    Returns
    -------
    Tensor
        Scalar; 0 where no weight is left.
    """
    each = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    return masked_mean(each, weight)


def masked_dice(logits: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """One minus soft Dice of the whole batch (Milletari et al., 3DV 2016).

    Parameters
    ----------
    logits, target : Tensor, shape (N, K, ...)
        Targets in [0, 1].
    weight : Tensor, shape (N, 1, ...)
        0 where nobody has labelled.

    Returns
    -------
    Tensor
        Scalar in [0, 1].
    """
    probability = logits.sigmoid() * weight
    common = (probability * target).sum()
    total = probability.sum() + (target * weight).sum()
    return 1 - (2 * common + 1) / (total + 1)


def masked_l1(output: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Smooth absolute error, averaged by weight.

    Parameters
    ----------
    output, target : Tensor, shape (N, K, ...)
        Any range.
    weight : Tensor, shape (N, 1, ...)
        0 where nobody has labelled.

    Returns
    -------
    Tensor
        Scalar.
    """
    return masked_mean(F.smooth_l1_loss(output, target, reduction="none", beta=0.1), weight)


def masked_mean(each: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Mean of (N, K, ...) by weight (N, 1, ...), over everything."""
    # Not a product alone: NaN times 0 would be NaN, and unlabelled pixels may hold anything.
    kept = torch.where(weight > 0, each * weight, torch.zeros_like(each))
    return kept.sum() / (weight.sum() * each.shape[1]).clamp_min(1.0)
