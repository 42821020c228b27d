"""Convolutions on a CPU that rectify and add in the same pass over memory, for prediction.

PyTorch's own compiler calls these operators of oneDNN; they can be called without compiling.
"""

from __future__ import annotations

from typing import Any

import torch
from monai.networks.blocks.convolutions import Convolution, ResidualUnit
from torch import nn

OPERATORS = (
    "_convolution_pointwise", "_convolution_transpose_pointwise", "_is_mkldnn_bf16_supported",
)  # fmt: skip
# What does nothing in evaluation mode.
IDLE = (nn.Identity, nn.Dropout)


def has_onednn(dtype: torch.dtype) -> bool:
    """Whether this build of PyTorch has the operators, and this processor the number format."""
    operators = torch.ops.mkldnn
    if not all(hasattr(operators, name) for name in OPERATORS):
        return False
    return dtype != torch.bfloat16 or bool(operators._is_mkldnn_bf16_supported())


class OneCall(nn.Module):
    """A convolution in 2-D, transposed or not, with what follows it, as one call.

    Parameters
    ----------
    convolution : Conv2d or ConvTranspose2d
        Its weights are copied.
    dtype : torch.dtype
        To compute in; pictures are converted.
    rectify : bool
        Whether a rectifier follows.
    """

    def __init__(
        self, convolution: nn.Conv2d | nn.ConvTranspose2d, dtype: torch.dtype, *, rectify: bool
    ) -> None:
        super().__init__()
        weight = convolution.weight.detach().to(dtype)
        self.weight = weight.contiguous(memory_format=torch.channels_last)
        self.bias = None if convolution.bias is None else convolution.bias.detach().to(dtype)
        self.transposed = isinstance(convolution, nn.ConvTranspose2d)
        places = [convolution.padding, convolution.stride, convolution.dilation]
        if self.transposed:
            places.insert(1, convolution.output_padding)
        self.places: list[Any] = [*map(list, places), convolution.groups]
        self.rectify = rectify

    def forward(self, pictures: torch.Tensor, added: torch.Tensor | None = None) -> torch.Tensor:
        """Return maps (N, K, Y, X) of pictures (N, C, Y, X), plus other maps of that shape."""
        seen = pictures.to(self.weight.dtype).contiguous(memory_format=torch.channels_last)
        what: list[Any] = [self.weight, self.bias, *self.places]
        operators = torch.ops.mkldnn
        maps: torch.Tensor
        if added is not None:
            maps = operators._convolution_pointwise.binary(
                seen, added, *what, "add", None, None, [], None
            )
        else:
            apply = operators._convolution_pointwise
            if self.transposed:
                apply = operators._convolution_transpose_pointwise
            maps = apply(seen, *what, "relu" if self.rectify else "none", [], "")
        return maps


class OneCallResidual(nn.Module):
    """A residual unit of single calls.

    Parameters
    ----------
    units : Module
        What is added to the picture.
    residual : Module
        `OneCall` that makes the picture fit, or Identity.
    """

    def __init__(self, units: nn.Module, residual: nn.Module) -> None:
        super().__init__()
        self.units, self.residual = units, residual

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return maps (N, K, Y, X) of pictures (N, C, Y, X)."""
        maps: torch.Tensor = self.units(pictures)
        if isinstance(self.residual, OneCall):
            return self.residual(pictures, maps)  # type: ignore[no-any-return]
        return maps.add_(pictures)


def call_onednn(network: nn.Module, dtype: torch.dtype) -> nn.Module:
    """Replace the convolutions of a 2-D network by single calls.

    Parameters
    ----------
    network : Module
        In evaluation mode, with norms folded in (`training.ml.networks.fusion.fuse_norms`); it
        is changed itself.
    dtype : torch.dtype
        To compute in: float32, or bfloat16 where `has_onednn` says so.

    Returns
    -------
    Module
        The same network; its answers differ by rounding only.
    """
    for name, child in network.named_children():
        setattr(network, name, _replace(child, dtype))
    return network


def _replace(block: nn.Module, dtype: torch.dtype) -> nn.Module:
    """Return the single call that a block comes down to, or the block with such parts."""
    if isinstance(block, ResidualUnit):
        return OneCallResidual(_replace(block.conv, dtype), _replace(block.residual, dtype))
    if isinstance(block, Convolution):
        after = [one for one in getattr(block, "adn", ()) if not isinstance(one, IDLE)]
        parts = [block.conv, *after]
    else:
        parts = list(block) if isinstance(block, nn.Sequential) else [block]
    if parts and isinstance(parts[0], nn.Conv2d | nn.ConvTranspose2d):
        if len(parts) == 1:
            return OneCall(parts[0], dtype, rectify=False)
        if len(parts) == 2 and isinstance(parts[1], nn.ReLU):
            return OneCall(parts[0], dtype, rectify=True)
    return call_onednn(block, dtype)
