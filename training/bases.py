"""What a training starts from: bases trained without labels, and starts against each other.

Each in a process of its own, like trainings (`training.engine`).
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training import engine
from training.curves import CURVES_NAME, CurveRow, CurveTail
from training.process import run_trainer


@dataclass(frozen=True)
class PretrainRequest:
    """One training without labels.

    Attributes
    ----------
    pictures : Path
        Folder with a manifest.
    out : Path
        Folder for weights, report, curves and checkpoint.
    config : mapping
        Settings that differ from the defaults.
    seed : int
        Seed of all randomness.
    minutes : float
        Budget of time; 0 leaves it to the config's steps.
    """

    pictures: Path
    out: Path
    config: Mapping[str, object]
    seed: int
    minutes: float


@dataclass(frozen=True)
class StartsRequest:
    """One comparison of starts.

    Attributes
    ----------
    snapshot : Path
        Folder with a manifest.
    out : Path
        Folder for the trainings and the result.
    config : mapping
        Settings that differ from the defaults.
    minutes : float
        Budget of time of each training; 0 leaves it to the config's steps.
    starts : mapping of str to Path
        Folders of models and bases by name.
    seeds : sequence of int
        Each start is trained under each.
    """

    snapshot: Path
    out: Path
    config: Mapping[str, object]
    minutes: float
    starts: Mapping[str, Path]
    seeds: Sequence[int]


@dataclass(frozen=True)
class StartsProgress:
    """How far a comparison is: trainings that are done, of how many, and whose is running."""

    done: int
    of: int
    name: str
    fraction: float


def pretrain(
    request: PretrainRequest, *, watch: Callable[[Sequence[CurveRow]], None]
) -> engine.TrainResult:
    """Train without labels; return when it is done.

    Parameters
    ----------
    request : PretrainRequest
        What to look at, and where to put the base.
    watch : callable
        Called about once a second with the new lines of the curves. When it raises, training is
        stopped, a checkpoint is left, and the error goes on to the caller.

    Raises
    ------
    JobInterruptedError
        The process was asked to stop by somebody else.
    DomainError
        Code "training_failed".
    """
    curves = CurveTail(request.out / CURVES_NAME)
    arguments = ["pretrain", "--snapshot", str(request.pictures), "--seed", str(request.seed)]
    run_trainer(
        [*arguments, *_budget(request.minutes)],
        request.config,
        request.out,
        watch=lambda: watch(curves.read()),
    )
    return engine.result_of(request.out)


def compare_starts(
    request: StartsRequest, *, watch: Callable[[StartsProgress], None]
) -> dict[str, Any]:
    """Train from nothing and from each start, under each seed; return what it showed.

    Parameters
    ----------
    request : StartsRequest
        What to train on and from.
    watch : callable
        Called about once a second. When it raises, the comparison is stopped; what is done is
        not done again.

    Returns
    -------
    dict
        As of `training.ml.starts.StartComparison`.

    Raises
    ------
    JobInterruptedError
        The process was asked to stop by somebody else.
    DomainError
        Code "training_failed".
    """
    arguments = ["compare-starts", "--snapshot", str(request.snapshot)]
    for name, folder in request.starts.items():
        arguments += ["--start", f"{name}={folder}"]
    arguments += ["--seeds", *map(str, request.seeds), *_budget(request.minutes)]
    run_trainer(arguments, request.config, request.out, watch=lambda: watch(_progress(request)))
    result: dict[str, Any] = json.loads((request.out / "starts.json").read_text())
    return result


def _budget(minutes: float) -> list[str]:
    return ["--minutes", f"{minutes:g}"] if minutes > 0 else []


def _progress(request: StartsRequest) -> StartsProgress:
    """Read how many trainings are done; of the running one its share of the time."""
    path = request.out / "progress.json"
    if not path.exists():
        return StartsProgress(0, len(request.seeds) * (1 + len(request.starts)), "", 0.0)
    told = json.loads(path.read_text())
    running = 0.0
    if request.minutes > 0:
        running = min(1.0, (time.time() - path.stat().st_mtime) / (60 * request.minutes))
    fraction = (told["done"] + running) / told["of"]
    return StartsProgress(told["done"], told["of"], told["name"], round(fraction, 4))
