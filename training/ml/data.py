"""Pictures in memory at the network's scale, and random patches of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from training.ml.heads import HEADS
from training.ml.intensity import normalise
from training.ml.resizing import resize
from training.ml.scaling import resize_labels, typical_diameter, zoom_factors, zoomed_shape
from training.ml.seeding import step_rng
from training.ml.transforms import augment_intensity, draw_matrices, resample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from training.ml.config import Config
    from training.ml.frames import Frame

    # Targets of patches (N, K, ...) from resampled maps, labels (N, 1, ...) and matrices.
    Finish = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]

# A patch is cut wider than it will be, so that turned and zoomed copies find pixels.
CUT_MARGIN = 1.5


@dataclass(frozen=True)
class Prepared:
    """One picture as the sampler cuts it.

    Attributes
    ----------
    stack : ndarray of float16, shape (C + K + 1, ...)
        Picture, targets, valid mask, at the network's scale.
    labels : ndarray of int32, shape (...)
        Objects, for changes per object.
    centres : ndarray of float64, shape (n, dims)
        Middle of each labelled object.
    """

    stack: NDArray[np.float16]
    labels: NDArray[np.int32]
    centres: NDArray[np.float64]

    @property
    def megabytes(self) -> float:
        """What it takes in memory."""
        return (self.stack.nbytes + self.labels.nbytes + self.centres.nbytes) / 1e6


@dataclass(frozen=True)
class Batch:
    """Patches of one step; shapes (N, C, ...), (N, K, ...), (N, 1, ...)."""

    pictures: torch.Tensor
    targets: torch.Tensor
    valid: torch.Tensor


def frame_zooms(frame: Frame, config: Config, *, dims: int) -> tuple[float, ...]:
    """Zoom of each axis that brings the labelled objects of a picture to the wanted size."""
    return zoom_factors(
        typical_diameter(np.where(frame.valid, frame.labels, 0)),
        wanted=config.data.diameter,
        dims=dims,
        anisotropy=frame.anisotropy,
    )


def prepare(frame: Frame, config: Config, *, dims: int) -> Prepared:
    """Normalise, rescale and make targets.

    Parameters
    ----------
    frame : Frame
        A labelled picture.
    config : Config
        Settings.
    dims : int
        2 or 3.

    Returns
    -------
    Prepared
        Ready to be cut.
    """
    shape = zoomed_shape(frame.labels.shape, frame_zooms(frame, config, dims=dims))
    picture = normalise(frame.picture, low=config.data.low, high=config.data.high)
    labels = resize_labels(frame.labels, shape)
    valid = resize_labels(frame.valid.astype(np.int32), shape)
    stack = np.concatenate(
        [
            np.stack([resize(channel, shape) for channel in picture]),
            HEADS[config.head].targets(labels),
            valid[None],
        ]
    )
    return Prepared(stack.astype(np.float16), labels, _centres(np.where(valid > 0, labels, 0)))


class PatchSampler:
    """Random patches; the batch of a step follows from seed and step alone.

    Parameters
    ----------
    held : callable
        Pictures that a step may choose from, at least one; the same object until they change.
    config : Config
        Settings.
    dims : int
        2 or 3.
    channels : int
        Of the pictures.
    finish : callable or None
        Makes targets of what was resampled; None = as the config's head does.
    """

    def __init__(
        self,
        held: Callable[[int], Sequence[Prepared]],
        config: Config,
        *,
        dims: int,
        channels: int,
        finish: Finish | None = None,
    ) -> None:
        self.held = held
        self.known: Sequence[Prepared] = ()
        self.chance = np.zeros(0)
        self.config = config
        self.dims = dims
        self.channels = channels
        self.finish = finish or _turned_by(config.head)
        side = config.data.patch
        self.patch = (side, side) if dims == 2 else (config.data.patch_z, side, side)
        wide = 2 * round(side * CUT_MARGIN / 2)
        self.cut = (wide, wide) if dims == 2 else (config.data.patch_z, wide, wide)

    def batch(self, step: int, size: int) -> Batch:
        """Patches of one step.

        Parameters
        ----------
        step : int
            Number of the step.
        size : int
            How many patches.

        Returns
        -------
        Batch
            On the CPU, float32.
        """
        rng = step_rng(self.config.seed, step)
        held = self.held(step)
        if held is not self.known:
            self.known, self.chance = held, self._chances(held)
        chosen = rng.choice(len(held), size=size, p=self.chance)
        cuts, labels = zip(*(self._cut(held[at], rng) for at in chosen), strict=True)
        stack = torch.from_numpy(np.stack(cuts).astype(np.float32))
        matrices = draw_matrices(self.config.augment, len(cuts), dims=self.dims, rng=rng)
        patches, objects = resample(
            stack, torch.from_numpy(np.stack(labels)), matrices, shape=self.patch
        )
        pictures, targets = patches[:, : self.channels], patches[:, self.channels : -1]
        pictures = augment_intensity(pictures, objects, self.config.augment, rng=rng)
        return Batch(
            pictures=pictures,
            targets=self.finish(targets, objects, matrices),
            valid=(patches[:, -1:] > 0.99).float(),
        )

    def _chances(self, held: Sequence[Prepared]) -> NDArray[np.float64]:
        """Between "each picture alike" (mean over pictures) and "each pixel alike" (pooled)."""
        area = np.array([one.labels.size for one in held], dtype=np.float64)
        chance = np.sqrt(area.clip(float(np.prod(self.patch)))) ** 0.5
        return np.asarray(chance / chance.sum())

    def _cut(
        self, prepared: Prepared, rng: np.random.Generator
    ) -> tuple[NDArray[np.float16], NDArray[np.float32]]:
        """Cut a wide patch near an object or anywhere, mirrored beyond the picture's rim."""
        shape = prepared.labels.shape
        if len(prepared.centres) and rng.random() < self.config.data.foreground:
            centre = prepared.centres[rng.integers(len(prepared.centres))]
            centre = centre + rng.uniform(-0.35, 0.35, self.dims) * self.patch
        else:
            centre = rng.uniform(0, shape)
        rows, inside = [], np.ones((), dtype=bool)
        for at, n, wide in zip(centre, shape, self.cut, strict=True):
            wanted = np.arange(wide) + round(float(at)) - wide // 2
            folded = wanted % (2 * n)
            rows.append(np.minimum(folded, 2 * n - 1 - folded))
            inside = inside[..., None] & ((wanted >= 0) & (wanted < n))
        window = np.ix_(*rows)
        cut = prepared.stack[(slice(None), *window)].copy()
        cut[-1] *= inside
        return cut, prepared.labels[window].astype(np.float32)


def _turned_by(head: str) -> Finish:
    """Correct what has a direction, as the head does."""
    turn = HEADS[head].turn
    return lambda targets, objects, matrices: turn(targets, matrices)


def _centres(labels: NDArray[np.int32]) -> NDArray[np.float64]:
    """Mean position of each object, (n, dims)."""
    where = np.nonzero(labels)
    ids = labels[where]
    if not ids.size:
        return np.zeros((0, labels.ndim))
    counts = np.bincount(ids)
    sums = np.stack([np.bincount(ids, weights=axis) for axis in where], axis=1)
    return np.asarray(sums[counts > 0] / counts[counts > 0, None])
