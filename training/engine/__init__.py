"""The one door to torch: everything that learns or predicts goes through here.

Training runs as a process of its own, so that it can be stopped, outlives nothing, and gives all
its memory back. Prediction runs in the worker, because starting torch takes longer than predicting
a handful of pictures. A folder goes in, a folder comes out (``training.snapshots.materialize``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DomainError
from training.brought import Brought
from training.cards import CardDocument
from training.curves import CURVES_NAME, CurveRow, CurveTail
from training.engine.prediction import Predicted, Wanted, predict, read_json, read_prediction
from training.process import run_trainer

EXAMPLES_NAME = "examples"


@dataclass(frozen=True)
class TrainRequest:
    """One training.

    Attributes
    ----------
    snapshot : Path
        Folder with a manifest.
    out : Path
        Folder for weights, report, curves and checkpoint; one that holds a checkpoint is gone
        on with.
    config : mapping
        Settings that differ from the defaults.
    seed : int
        Seed of all randomness.
    minutes : float
        Budget of time; 0 leaves it to the config's steps.
    init : Path or None
        Folder of a model to start from.
    fold : str
        "K/N" validates on fold K of N, by group, instead of the validation split.
    """

    snapshot: Path
    out: Path
    config: Mapping[str, object]
    seed: int
    minutes: float
    init: Path | None = None
    fold: str = ""


@dataclass(frozen=True)
class TrainResult:
    """What a training left behind."""

    weights: Path
    model: dict[str, Any]
    report: dict[str, Any]

    @property
    def snapshots(self) -> tuple[Path, ...]:
        """Weights that were kept along the training, in their order."""
        return tuple(sorted((self.weights.parent / "snapshots").glob("*.safetensors")))


def train(request: TrainRequest, *, watch: Callable[[Sequence[CurveRow]], None]) -> TrainResult:
    """Train in a process of its own; return when it is done.

    Parameters
    ----------
    request : TrainRequest
        What to train on, and where to put it.
    watch : callable
        Called about once a second with the new lines of the curves. When it raises, training is
        stopped, a checkpoint is left, and the error goes on to the caller.

    Returns
    -------
    TrainResult
        Where the weights are, and what is said of them.

    Raises
    ------
    JobInterruptedError
        The process was asked to stop by somebody else.
    DomainError
        Code "training_failed": it ended with an error; the detail holds the end of its log.
    """
    curves = CurveTail(request.out / CURVES_NAME)
    run_trainer(
        _train_arguments(request), request.config, request.out, watch=lambda: watch(curves.read())
    )
    return result_of(request.out)


def result_of(out: Path) -> TrainResult:
    """Read what a training left in its folder."""
    return TrainResult(
        weights=out / "weights.safetensors",
        model=read_json(out / "model.json"),
        report=read_json(out / "report.json"),
    )


def describe_picture(picture: NDArray[Any]) -> NDArray[np.float32]:
    """Describe what a picture looks like, without any training.

    Parameters
    ----------
    picture : ndarray, shape (C, Y, X)
        Intensities.

    Returns
    -------
    ndarray of float32, shape (D,)
        The same D for any size of picture.
    """
    from training.ml.features import picture_features

    return picture_features(picture)


def export_model(*, export: str, model: Path, out: Path, about: CardDocument) -> None:
    """Write the model of a folder as one zip file, in a format of `training.ml.export.EXPORTS`.

    Raises
    ------
    DomainError
        It cannot be had in this format; the code says why.
    """
    from training.ml.errors import TrainingError
    from training.ml.export import EXPORTS
    from training.ml.export import export_model as write

    try:
        write(EXPORTS[export], model, out, about=about)
    except TrainingError as error:
        raise DomainError(error.code, error.detail) from error


def bring_in(source: Path, folder: Path, form: Mapping[str, Any]) -> Brought:
    """Look at a model that came as a file; see `training.ml.foreign.bring_in.bring_in`.

    Raises
    ------
    DomainError
        It is refused; the code says why.
    """
    from training.ml.errors import TrainingError
    from training.ml.foreign.bring_in import bring_in as look

    try:
        return look(source, folder, form)
    except TrainingError as error:
        raise DomainError(error.code, error.detail) from error


def _train_arguments(request: TrainRequest) -> list[str]:
    arguments = ["train", "--snapshot", str(request.snapshot), "--seed", str(request.seed)]
    if request.minutes > 0:
        arguments += ["--minutes", f"{request.minutes:g}"]
    if request.init is not None:
        arguments += ["--init", str(request.init)]
    if request.fold:
        arguments += ["--fold", request.fold]
    return arguments


__all__ = [
    "EXAMPLES_NAME",
    "DomainError",
    "Predicted",
    "TrainRequest",
    "TrainResult",
    "Wanted",
    "bring_in",
    "describe_picture",
    "export_model",
    "predict",
    "read_prediction",
    "result_of",
    "train",
]
