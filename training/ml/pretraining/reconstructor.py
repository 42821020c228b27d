"""A network that paints pictures instead of answering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    from training.ml.networks import CropNetwork, PixelNetwork

INNER = "network."


class Reconstructor(nn.Module):
    """The trunk of a network, and one linear map from its features to the pixels they stand for.

    Where features are coarser than the picture, each paints a block (one-layer decoder of SimMIM:
    Xie et al., CVPR 2022). So simple a decoder leaves the work to the trunk, which is what is kept.

    Parameters
    ----------
    network : nn.Module
        Entry of ``NETWORKS``; its own head is taken off.
    channels, dims : int
        Channels of the picture; 2 or 3.
    """

    def __init__(self, network: PixelNetwork | CropNetwork, *, channels: int, dims: int) -> None:
        super().__init__()
        self.network = network
        # What gets no gradient has no place in the optimizer's state.
        del self.network.head
        self.channels = channels
        convolution = nn.Conv2d if dims == 2 else nn.Conv3d
        self.paint = convolution(network.width, channels * network.stride**dims, kernel_size=1)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Rebuild pictures (N, C, ...) whose sides are multiples of the network's stride."""
        maps: torch.Tensor = self.paint(self.network.feature_map(pictures))
        stride, dims = self.network.stride, pictures.ndim - 2
        if stride == 1:
            return maps
        n, coarse = len(maps), maps.shape[2:]
        # (N, C, s, s, h, w) -> (N, C, h, s, w, s), and the like in 3-D.
        blocks = maps.view(n, self.channels, *(stride,) * dims, *coarse)
        order = [place for axis in range(dims) for place in (2 + dims + axis, 2 + axis)]
        return blocks.permute(0, 1, *order).reshape(
            n, self.channels, *(side * stride for side in coarse)
        )


def trunk_weights(weights: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Weights of the trunk alone, under the names that they have in the network itself.

    Parameters
    ----------
    weights : mapping of str to Tensor
        Of a `Reconstructor`.
    """
    return {
        name.removeprefix(INNER): value for name, value in weights.items() if name.startswith(INNER)
    }
