"""Folding batch norms into the convolutions before them, for prediction."""

from __future__ import annotations

from monai.networks.blocks.convolutions import Convolution
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

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
    return network
