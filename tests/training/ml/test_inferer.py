"""Tiles: cut, predicted and blended as if the picture had been seen whole."""

import numpy as np
import pytest
import torch
from torch import nn

from training.ml.heads import HEADS
from training.ml.inferer import average, mirrored, predict_tiled


def network(dims):
    torch.manual_seed(0)
    convolution = nn.Conv2d if dims == 2 else nn.Conv3d
    return nn.Sequential(
        convolution(2, 4, 3, padding=1), nn.ReLU(), convolution(4, 3, 3, padding=1)
    )


@pytest.mark.parametrize(
    ("shape", "tile"), [((90, 141), (48, 48)), ((37, 130), (64, 40)), ((20, 44, 70), (16, 32, 32))]
)
def test_tiled_equals_whole(shape, tile):
    net = network(len(shape)).eval()
    picture = np.random.default_rng(0).normal(size=(2, *shape)).astype(np.float32)
    cpu, multiple = torch.device("cpu"), (4,) * len(shape)
    with torch.inference_mode():
        tiled = predict_tiled(net, picture, tile=tile, overlap=0.5, multiple=multiple, device=cpu)
        whole = net(torch.from_numpy(picture)[None])[0].numpy()
    assert tiled.shape == (3, *shape)
    # The far rims are mirrored to a multiple of 4, where the whole sees zeros.
    inner = (slice(None), *(slice(0, n - 6) for n in shape))
    np.testing.assert_allclose(tiled[inner], whole[inner], atol=2e-4)


@pytest.mark.parametrize("name", HEADS)
def test_mirrored_copies_are_mirrored_back(name):
    head = HEADS[name]
    # The identity is a network that mirrors with its input, which is right for maps
    # without a direction: the average over copies must be the map itself.
    averaged = average(mirrored(lambda pictures: pictures, head.unflip, dims=2))
    pictures = torch.randn(1, head.channels(2), 6, 10)
    torch.testing.assert_close(averaged(pictures)[:, :1], pictures[:, :1])
