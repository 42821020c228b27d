"""Patches of pictures without their labels, as the task would cut them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch

from training.ml.classical import segment
from training.ml.crops import MOST_FOR_SCALE, choose_scale, fit_crops, read_crop
from training.ml.data import PatchSampler, Prepared
from training.ml.errors import channel_mismatch
from training.ml.frames import make_frame
from training.ml.intensity import normalise
from training.ml.pictures import read_labels, read_picture
from training.ml.resizing import resize
from training.ml.scaling import typical_diameter, zoom_factors, zoomed_shape
from training.ml.seeding import step_rng
from training.ml.shelf import Shelf, parts_of
from training.ml.transforms import augment_intensity, draw_matrices, resample

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from training.ml.config import Config
    from training.ml.frames import Frame
    from training.ml.manifest import Item

# Side of the part of a picture in which objects are looked for to guess their size.
GUESS_SIDE = 512


class Patches(Protocol):
    """Random patches (N, C, ...) and where they show the picture (N, 1, ...), by step."""

    def at(self, step: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Patches of one step."""
        ...


class PicturePatches:
    """Patches of whole pictures, at the scale of the task: instances or pixels.

    Parameters
    ----------
    items : sequence of Item
        Pictures; labels only tell the size of objects.
    config : Config
        Settings, ``network.dims`` resolved.
    channels : int
        Of the pictures.
    rescale : bool
        Whether pictures are brought to the task's object size.
    """

    def __init__(
        self, items: Sequence[Item], config: Config, *, channels: int, rescale: bool
    ) -> None:
        self.items, self.config, self.channels = items, config, channels
        self.dims, self.rescale = config.network.dims, rescale
        shelf = Shelf(len(items), self._load, seed=config.seed, megabytes=config.data.memory)
        self.sampler = PatchSampler(
            shelf.at, config, dims=self.dims, channels=channels,
            finish=lambda targets, objects, matrices: targets,
        )  # fmt: skip

    def at(self, step: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Patches of one step."""
        batch = self.sampler.batch(step, size)
        return batch.pictures, batch.valid

    def _load(self, at: int, rng: np.random.Generator) -> list[Prepared]:
        item = self.items[at]
        stack = read_picture(item.image)
        if stack.shape[1] != self.channels:
            raise channel_mismatch(item.id, stack.shape[1], self.channels)
        truth = None if item.label is None else read_labels(item.label)
        whole = dataclasses.replace(item, regions=None)
        frames = [
            make_frame(
                whole, picture, np.zeros(picture[0].shape) if truth is None else truth[t],
                dims=self.dims,
            )
            for t, picture in enumerate(stack)
        ]  # fmt: skip
        memory, channels = self.config.data.memory, self.channels + 1
        return [
            self._prepare(part)
            for part in parts_of(frames, channels=channels, megabytes=memory, rng=rng)
        ]

    def _prepare(self, frame: Frame) -> Prepared:
        """Normalise and rescale a picture."""
        values = normalise(frame.picture, low=self.config.data.low, high=self.config.data.high)
        wanted = self.config.data.diameter if self.rescale else 0.0
        zooms = zoom_factors(
            _diameter(frame, values) if wanted else 0.0,
            wanted=wanted, dims=self.dims, anisotropy=frame.anisotropy,
        )  # fmt: skip
        shape = zoomed_shape(frame.labels.shape, zooms)
        inside = np.ones((1, *shape), dtype=np.float32)
        stack = np.concatenate([np.stack([resize(one, shape) for one in values]), inside])
        nothing = np.zeros(shape, dtype=np.int32)
        return Prepared(stack.astype(np.float16), nothing, np.zeros((0, self.dims)))


class CropPatches:
    """Crops of single cells, at one scale and brightness.

    Parameters
    ----------
    items : sequence of Item
        Crops.
    config : Config
        Settings, ``network.dims`` resolved; as many crops are held as ``data.memory`` allows.
    channels : int
        Of the crops.
    """

    def __init__(self, items: Sequence[Item], config: Config, *, channels: int) -> None:
        self.config, dims = config, config.network.dims
        side = config.data.crop
        self.shape = (side, side) if dims == 2 else (config.data.patch_z, side, side)
        most = max(1, int(config.data.memory * 1e6 / (4 * channels * np.prod(self.shape))))
        chosen = np.random.default_rng(config.seed).permutation(len(items))[:most]
        some = [read_crop(items[at], dims=dims) for at in chosen[:MOST_FOR_SCALE]]
        scale = choose_scale(some, config)
        self.crops = fit_crops(
            [items[at] for at in chosen], scale, self.shape,
            channels=channels, megabytes=config.data.memory,
        )  # fmt: skip

    def at(self, step: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Crops of one step, turned and mirrored but hardly zoomed."""
        rng = step_rng(self.config.seed, step)
        chosen = rng.choice(len(self.crops), size=size)
        pictures = torch.from_numpy(self.crops[chosen])
        gentle = dataclasses.replace(self.config.augment, scale=self.config.augment.scale / 4)
        matrices = draw_matrices(gentle, len(chosen), dims=len(self.shape), rng=rng)
        wide = torch.cat([pictures, torch.ones_like(pictures[:, :1])], dim=1)
        patches, objects = resample(wide, wide[:, -1], matrices, shape=self.shape)
        changed = augment_intensity(patches[:, :-1], objects, self.config.augment, rng=rng)
        return changed, torch.ones_like(changed[:, :1])


def _diameter(frame: Frame, values: NDArray[Any]) -> float:
    """Typical diameter of the objects: of the labelled ones, or of what is seen without labels."""
    if frame.labels.any():
        return typical_diameter(frame.labels)
    middle = tuple(
        slice(max(0, (n - GUESS_SIDE) // 2), (n + GUESS_SIDE) // 2) for n in values[0].shape
    )
    return segment(values[(slice(None), *middle)].mean(axis=0)).diameter
