"""Losses of exclusive classes that look at valid pixels only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.ml.losses.masked import masked_mean

if TYPE_CHECKING:
    import torch


def softmax_cross_entropy(
    logits: torch.Tensor, target: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    """Cross-entropy of a softmax over the classes, averaged by weight.

    Parameters
    ----------
    logits, target : Tensor, shape (N, K, ...)
        Targets sum to 1 over K.
    weight : Tensor, shape (N, 1, ...)
        0 where nobody has labelled.

    Returns
    -------
    Tensor
        Scalar; 0 where no weight is left.
    """
    each = -(target * logits.log_softmax(dim=1)).sum(dim=1, keepdim=True)
    return masked_mean(each, weight)


def softmax_dice(logits: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """One minus soft Dice of the whole batch, averaged over classes (Milletari et al., 3DV 2016).

    Rare classes count as much as common ones, which balances what cross-entropy neglects.

    Parameters
    ----------
    logits, target : Tensor, shape (N, K, ...)
        Targets sum to 1 over K.
    weight : Tensor, shape (N, 1, ...)
        0 where nobody has labelled.

    Returns
    -------
    Tensor
        Scalar in [0, 1].
    """
    axes = (0, *range(2, logits.ndim))
    probability = logits.softmax(dim=1) * weight
    common = (probability * target).sum(dim=axes)
    total = probability.sum(dim=axes) + (target * weight).sum(dim=axes)
    return (1 - (2 * common + 1) / (total + 1)).mean()
