"""Instance segmentation: which pixels belong to which object."""

from __future__ import annotations

import dataclasses
import itertools
import math
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from training.metrics import METRICS
from training.metrics.instance import average_precision
from training.ml.calibration import calibration_report, card_settings
from training.ml.card import ModelCard
from training.ml.data import PatchSampler, frame_zooms, prepare
from training.ml.device import autocast
from training.ml.errors import TrainingError
from training.ml.frames import compact, load_frames
from training.ml.heads import build_head
from training.ml.kinds.base import Finished, Task
from training.ml.kinds.instance_calibration import calibrate_instances
from training.ml.kinds.instance_predictor import InstancePredictor
from training.ml.kinds.object_classes import count_classes, score_pair, with_classes
from training.ml.kinds.pixelwise import check_depth, same_channels
from training.ml.networks import build_pixel_network, name_network
from training.ml.pictures import read_picture
from training.ml.scaling import typical_diameter
from training.ml.shelf import Shelf, glanced, load_held_out, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from training.ml.config import Config, DecodeConfig
    from training.ml.data import Batch, Prepared
    from training.ml.frames import Frame
    from training.ml.heads import Decoded
    from training.ml.kinds.base import Predictor
    from training.ml.kinds.instance_outputs import Mapped
    from training.ml.manifest import Item, Snapshot
    from training.ml.uncertainty.doubts import Doubts

# Validation runs several times in a training; this many pictures bound its cost.
MOST_VALIDATED = 40
MOST_GLANCED = 12
# Items whose objects are measured for the range of sizes.
MOST_MEASURED = 500
# With less time than this left, the last validation does without mirrored copies too.
SECONDS_FOR_CARE = 12.0
# Thresholds chosen on less than this would be chosen by chance.
FEWEST_TO_TUNE = 4
FOREGROUND_GRID = (0.4, 0.45, 0.55, 0.6)
SEED_GRID = (0.03, 0.06, 0.1, 0.15, 0.2)
SCORE_GRID = (0.0, 0.5, 0.65, 0.85)


class InstanceTask:
    """Data, network and loss of one instance training.

    Parameters
    ----------
    snapshot : Snapshot
        Labelled pictures.
    config : Config
        Settings.
    device : torch.device
        Where the network lives.
    """

    def __init__(self, snapshot: Snapshot, config: Config, device: torch.device) -> None:
        first = [item for item in snapshot.of("train") if item.label is not None]
        if not first:
            raise TrainingError(
                "nothing_to_learn", "No item of the train split has labels. Label some first."
            )
        probe = read_picture(first[0].image)
        dims = config.network.dims or (3 if probe.shape[2] > 1 else 2)
        network = dataclasses.replace(name_network(config.network, "instance"), dims=dims)
        self.config = check_depth(dataclasses.replace(config, network=network))
        self.in_channels = int(probe.shape[1])
        self.names = snapshot.classes
        self.primary = METRICS["instance"].primary
        self.solved: Mapping[str, torch.Tensor] | None = None
        self.device = device
        self.n_classes = count_classes(snapshot)
        self.head = build_head(config.head, n_classes=self.n_classes)
        self.held_out = compact(
            load_held_out(
                snapshot.of("val"), dims=dims, most=MOST_VALIDATED,
                megabytes=config.data.memory, seed=config.seed,
            )
        )  # fmt: skip
        same_channels(self.held_out, self.in_channels)
        self.guesses: dict[int, float] = {}
        self.settings = _scale_settings(first, dims=dims, seed=config.seed) | {
            "object_classes": self.n_classes
        }
        shelf = Shelf(
            len(first),
            lambda at, rng: self._prepare(first[at], dims, rng),
            seed=config.seed,
            megabytes=config.data.memory,
        )
        self.sampler = PatchSampler(
            shelf.at, self.config, dims=dims, channels=self.in_channels,
            finish=lambda targets, _, matrices: self.head.turn(targets, matrices),
        )  # fmt: skip
        self.network: torch.nn.Module = build_pixel_network(
            network, self.in_channels, self.head.channels(dims)
        )

    def _prepare(self, item: Item, dims: int, rng: np.random.Generator) -> list[Prepared]:
        """Prepare the moments of an item, or as many and as much of them as memory allows."""
        frames = compact(load_frames([item], dims=dims))
        same_channels(frames, self.in_channels)
        channels = self.in_channels + self.head.channels(dims) + 1
        parts = parts_of(
            frames, channels=channels, megabytes=self.config.data.memory, rng=rng,
            growth=lambda frame: math.prod(frame_zooms(frame, self.config, dims=dims)),
        )  # fmt: skip
        return [
            with_classes(prepare(part, self.config, dims=dims), part, n_classes=self.n_classes)
            for part in parts
        ]

    def batch(self, step: int, size: int) -> Batch:
        """Random patches of one step."""
        return self.sampler.batch(step, size)

    def loss(self, batch: Batch, device: torch.device) -> torch.Tensor:
        """Loss of the head over labelled pixels."""
        pictures = batch.pictures.to(device)
        if pictures.ndim == 4:
            pictures = pictures.contiguous(memory_format=torch.channels_last)
        with autocast(self.config.optim.precision, device):
            output = self.network(pictures)
        return self.head.loss(output.float(), batch.targets.to(device), batch.valid.to(device))

    def validate(self, weights: Mapping[str, torch.Tensor]) -> Mapping[str, float]:
        """Metrics at the default thresholds, in one pass without mirroring."""
        if not self.held_out:
            return {}
        frames = glanced(self.held_out, MOST_GLANCED)
        predictor = self._predictor(weights, self._quick())
        mapped = self._map(predictor, frames)
        decoded = [predictor.decode(maps, self.config.decode) for maps in mapped]
        return _score(frames, decoded)[0]

    def finish(self, weights: Mapping[str, torch.Tensor], *, seconds: float) -> Finished:
        """Tune the thresholds on the validation split, as long as ``seconds`` last."""
        if not self.held_out:
            return Finished({}, self._settings(self.config.decode))
        end = time.monotonic() + seconds
        config = self.config if seconds >= SECONDS_FOR_CARE else self._quick()
        predictor = self._predictor(weights, config)
        mapped = self._map(predictor, self.held_out)
        decode = self.config.decode
        if decode.tune and len(self.held_out) >= FEWEST_TO_TUNE:
            decode = _tune(predictor, self.held_out, mapped, decode, end=end)
        decoded = [predictor.decode(maps, decode) for maps in mapped]
        metrics, items = _score(self.held_out, decoded)
        calibrated = (
            calibrate_instances(self.held_out, mapped, decoded)
            if config.uncertainty.calibrate
            else {}
        )
        settings = self._settings(decode) | card_settings(calibrated)
        return Finished(metrics, settings, items, calibration_report(calibrated))

    def _quick(self) -> Config:
        """Return settings that predict in a fraction of the time, at nearly the same quality."""
        infer = dataclasses.replace(self.config.infer, flips=False, passes=1)
        return dataclasses.replace(self.config, infer=infer)

    def _map(self, predictor: InstancePredictor, frames: Sequence[Frame]) -> list[Mapped]:
        """Map frames; the first guess of their scale is made once in a run."""
        mapped = []
        for frame in frames:
            key = id(frame)
            if key not in self.guesses:
                self.guesses[key] = predictor.guess_diameter(frame.picture)
            mapped.append(
                predictor.map_frame(
                    frame.picture, anisotropy=frame.anisotropy, diameter=self.guesses[key]
                )
            )
        return mapped

    def _settings(self, decode: DecodeConfig) -> dict[str, Any]:
        return self.settings | {"decode": dataclasses.asdict(decode)}

    def _predictor(self, weights: Mapping[str, torch.Tensor], config: Config) -> InstancePredictor:
        card = ModelCard(
            "instance", config, self.in_channels, self.names,
            settings=self._settings(config.decode),
        )  # fmt: skip
        return InstancePredictor(card, weights, self.device)


class InstanceKind:
    """Instance segmentation; entry of ``TASK_KINDS``."""

    name = "instance"

    def task(self, snapshot: Snapshot, config: Config, device: torch.device) -> Task:
        """Read the snapshot and build what a run needs."""
        return InstanceTask(snapshot, config, device)

    def predictor(
        self,
        card: ModelCard,
        weights: Mapping[str, torch.Tensor],
        device: torch.device,
        *,
        doubts: Doubts | None = None,
    ) -> Predictor:
        """Make a trained model ready; with doubts it also tells how unsure it is."""
        return InstancePredictor(card, weights, device, doubts=doubts)


def _scale_settings(items: Sequence[Item], *, dims: int, seed: int) -> dict[str, Any]:
    """Range of object sizes in training, so that estimates can be kept within reason.

    Of many items as many are looked at as tell the range well enough.
    """
    looked = np.random.default_rng(seed).permutation(len(items))[:MOST_MEASURED]
    known: list[float] = []
    for at in sorted(looked):
        for frame in load_frames([items[at]], dims=dims):
            size = typical_diameter(np.where(frame.valid, frame.labels, 0))
            known += [size] if size > 0 else []
    if not known:
        raise TrainingError(
            "nothing_to_learn", "The train split has no object at all. Label at least one."
        )
    low, middle, high = (float(mark) for mark in np.percentile(known, (0, 50, 100)))
    return {"diameters": {"low": low, "median": middle, "high": high}}


def _score(
    frames: Sequence[Frame], decoded: Sequence[Decoded]
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Pooled metrics and those of each item, within labelled regions."""
    family = METRICS["instance"]
    scores = []
    moments: dict[str, list[float]] = {}
    for frame, found in zip(frames, decoded, strict=True):
        score = family.score(*score_pair(frame, found))
        scores.append(score)
        moments.setdefault(frame.item.id, []).append(family.item_value(score))
    items = {name: {family.primary: float(np.mean(each))} for name, each in moments.items()}
    return dict(family.pool(scores)), items


def _tune(
    predictor: InstancePredictor,
    frames: Sequence[Frame],
    mapped: Sequence[Mapped],
    start: DecodeConfig,
    *,
    end: float,
) -> DecodeConfig:
    """Choose thresholds one after the other; a change must be more than chance.

    On a dozen pictures the best of many thresholds is mostly luck: one is taken only where the
    pictures agree, that is where the paired gain exceeds two of its standard errors.
    """

    def values(candidate: DecodeConfig) -> NDArray[np.float64]:
        return np.array(
            [
                _worth(frame, predictor.decode(maps, candidate).labels)
                for frame, maps in zip(frames, mapped, strict=True)
            ]
        )

    best, top = start, values(start)
    grid: Iterator[tuple[str, Any]] = itertools.chain(
        (("seed", v) for v in SEED_GRID),
        (("foreground", v) for v in FOREGROUND_GRID),
        (("score", v) for v in SCORE_GRID),
    )
    for name, setting in grid:
        if time.monotonic() > end:
            break
        candidate = dataclasses.replace(best, **{name: setting})
        found = values(candidate)
        if exceeds_chance(found - top):
            best, top = candidate, found
    return best


def exceeds_chance(gains: NDArray[np.float64]) -> bool:
    """Whether the mean of paired gains (n,), n > 1, exceeds two of its standard errors."""
    error = gains.std(ddof=1) / np.sqrt(len(gains))
    return bool(gains.mean() > 2 * error)


def _worth(frame: Frame, labels: NDArray[Any]) -> float:
    """AP50 of a picture, and half as much AP75, within labelled regions."""
    score = METRICS["instance"].score(frame.labels * frame.valid, labels * frame.valid)
    return average_precision(score) + 0.5 * average_precision(score, threshold=0.75)
