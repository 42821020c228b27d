"""Folding norms and sums into the convolutions beside them, for prediction."""

from __future__ import annotations

import torch
from monai.networks.blocks.convolutions import Convolution, ResidualUnit
from monai.networks.nets.unet import UNet
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from training.ml.networks.pixel import PixelNetwork

NORMS = (nn.BatchNorm2d, nn.BatchNorm3d)
CONVOLUTIONS = (nn.Conv2d, nn.Conv3d, nn.ConvTranspose2d, nn.ConvTranspose3d)
TRANSPOSED = (nn.ConvTranspose2d, nn.ConvTranspose3d)


def fuse_norms(network: nn.Module) -> nn.Module:
    """Fold each batch norm that directly follows a convolution into its weights.

    The network itself is changed, and its rectifiers write over what they read, which spares
    memory traffic.

    Parameters
    ----------
    network : Module
        In evaluation mode, with blocks of MONAI; other norms and other blocks stay.

    Returns
    -------
    Module
        The same network; its answers differ by rounding only, its state dict does not fit a
        network in training any more.
    """
    for block in network.modules():
        if isinstance(block, nn.ReLU):
            block.inplace = True
        if not isinstance(block, Convolution):
            continue
        convolution, finish = block.conv, getattr(block, "adn", nn.Identity())
        norm = getattr(finish, "N", None)
        if isinstance(norm, NORMS) and isinstance(convolution, CONVOLUTIONS):
            block.conv = fuse_conv_bn_eval(
                convolution, norm, transpose=isinstance(convolution, TRANSPOSED)
            )
            finish.N = nn.Identity()
    if isinstance(network, PixelNetwork) and isinstance(network.trunk, UNet):
        _fuse_finish(network)
    return network


def _fuse_finish(network: PixelNetwork) -> None:
    """Make one convolution of a U-Net's last residual unit and the norm after it.

    That unit is a convolution and the picture itself: the same convolution with one more in the
    middle of its kernel.
    """
    assert isinstance(network.trunk.model, nn.Sequential)
    *_, last = network.trunk.model
    if not isinstance(last, nn.Sequential):
        return
    unit, (norm, rectifier) = last[-1], network.finish
    if not isinstance(unit, ResidualUnit) or not isinstance(norm, NORMS) or len(unit.conv) != 1:
        return
    convolution = unit.conv[0].conv
    if hasattr(unit.conv[0], "adn") or not isinstance(convolution, nn.Conv2d | nn.Conv3d):
        return
    middle = [slice(side // 2, side // 2 + 1) for side in convolution.kernel_size]
    with torch.no_grad():
        one = convolution.weight[(slice(None), slice(None), *middle)]
        one += torch.eye(convolution.out_channels).to(one).view_as(one)
    last[-1] = nn.Sequential(fuse_conv_bn_eval(convolution, norm), rectifier)
    network.finish = nn.Sequential()
