"""The one door to torch: everything that learns or predicts goes through here.

Training runs as a process of its own, so that it can be stopped, outlives nothing, and gives all
its memory back. Prediction runs in the worker, because starting torch takes longer than predicting
a handful of pictures. A folder goes in, a folder comes out (``training.snapshots.materialize``).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DomainError
from training.brought import Brought
from training.cards import CardDocument
from training.curves import CURVES_NAME, CurveRow, CurveTail
from training.process import run_trainer
from training.tiffs import read_tiff

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


@dataclass(frozen=True)
class Predicted:
    """What a model says of one item.

    Attributes
    ----------
    labels : ndarray of int or None, shape (T, Z, Y, X)
        Label image, for a segmentation.
    objects : tuple of mappings
        {id, class_index, confidence} per object.
    class_probabilities : tuple of float
        In the order of the classes, for a classification.
    embedding : ndarray of float32, shape (D,)
        Where the item lies among others.
    probabilities, weights : ndarray of float32, shapes (K, C) and (K,)
        See `training.acquisition.PoolFeatures`.
    foreground : float
        Share of the item that holds objects.
    maps : Path or None
        File of what the model says of each pixel (`training.decoding.maps`), where it was kept.
    doubt_map : Path or None
        File of how unsure the model is of each pixel (`training.decoding.doubt`), where it was
        kept.
    doubt : mapping
        How unsure the model is (`training.ml.uncertainty.measures.Doubt`): method, members,
        entropy, information, inconsistency; empty where it was not asked.
    """

    labels: NDArray[Any] | None
    objects: tuple[Mapping[str, Any], ...]
    class_probabilities: tuple[float, ...]
    embedding: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    weights: NDArray[np.float32]
    foreground: float
    maps: Path | None = None
    doubt_map: Path | None = None
    doubt: Mapping[str, Any] = field(default_factory=dict)


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
        model=_read_json(out / "model.json"),
        report=_read_json(out / "report.json"),
    )


def predict(
    *,
    model: Path | None,
    data: Path,
    out: Path,
    check: Callable[[], None],
    with_maps: bool = False,
    with_doubt: bool = False,
) -> None:
    """Predict every item of a folder, in this process.

    Parameters
    ----------
    model : Path or None
        Folder of a model; nothing for the zero-label segmenter.
    data : Path
        Folder with a manifest.
    out : Path
        Folder for the predictions, read by `read_prediction`.
    check : callable
        Called before each item; when it raises, the prediction is stopped.
    with_maps : bool
        Whether to keep what the model says of each pixel.
    with_doubt : bool
        Whether to ask a trained model how unsure it is too, by the method of its settings.

    Raises
    ------
    DomainError
        The model or a picture cannot be used; the code says why.
    """
    from training.ml.bulk import predict_all
    from training.ml.errors import TrainingError
    from training.ml.manifest import read_snapshot
    from training.ml.outputs import write_prediction
    from training.ml.run import load_predictor
    from training.ml.warm import warm_predictor
    from training.ml.zerolabel import classical_predictor

    out.mkdir(parents=True, exist_ok=True)
    try:
        snapshot = read_snapshot(data)
        ready = partial(load_predictor, doubt=True) if with_doubt else warm_predictor
        predictor = classical_predictor(snapshot) if model is None else ready(model)
        for item, prediction in predict_all(predictor, snapshot.items, check=check):
            write_prediction(out, item.id, prediction, with_maps=with_maps)
    except TrainingError as error:
        raise DomainError(error.code, error.detail) from error


def read_prediction(out: Path, item: str) -> Predicted:
    """Read what was predicted for one item.

    Parameters
    ----------
    out : Path
        Folder of a prediction.
    item : str
        Id of the item.

    Returns
    -------
    Predicted
        Labels, objects and what acquisition works on.
    """
    labels, maps, unsure = (out / f"{item}.{end}" for end in ("tif", "maps", "doubt"))
    about = _read_json(out / f"{item}.json")
    with np.load(out / f"{item}.npz") as arrays:
        numbers = {name: arrays[name].astype(np.float32) for name in arrays.files}
    return Predicted(
        labels=_read_labels(labels) if labels.exists() else None,
        objects=tuple(about.get("objects", ())),
        class_probabilities=tuple(about.get("class_probabilities", ())),
        embedding=numbers["embedding"],
        probabilities=numbers["probabilities"],
        weights=numbers["weights"],
        foreground=float(about.get("foreground", 0.0)),
        maps=maps if maps.exists() else None,
        doubt_map=unsure if unsure.exists() else None,
        doubt=about.get("doubt", {}),
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


def _read_labels(path: Path) -> NDArray[Any]:
    """Read a label image as (T, Z, Y, X); absent axes have length 1."""
    labels, axes = read_tiff(path)
    for axis in "ZT":
        if axis not in axes:
            labels, axes = labels[None], axis + axes
    return np.transpose(labels, [axes.index(axis) for axis in "TZYX"])


def _read_json(path: Path) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(path.read_text())
    return body
