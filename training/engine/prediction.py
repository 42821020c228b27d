"""Asking models about the pictures of a folder."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DomainError
from training.tiffs import read_tiff


@dataclass(frozen=True)
class Wanted:
    """What a model is asked beside its answer.

    Attributes
    ----------
    maps : bool
        What it says of each pixel.
    doubt_map : bool
        How unsure it is of each pixel.
    doubt : bool
        How unsure it is of cells and the picture, by the method of its settings; takes further
        passes.
    """

    maps: bool = False
    doubt_map: bool = False
    doubt: bool = False


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


def predict(
    *,
    model: Path | None,
    data: Path,
    out: Path,
    check: Callable[[], None],
    wanted: Wanted = Wanted(),
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
    wanted : Wanted
        What to ask beside the answer.

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
        ready = partial(load_predictor, doubt=True) if wanted.doubt else warm_predictor
        predictor = classical_predictor(snapshot) if model is None else ready(model)
        for item, prediction in predict_all(predictor, snapshot.items, check=check):
            write_prediction(
                out, item.id, prediction, with_maps=wanted.maps, with_doubt_map=wanted.doubt_map
            )
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
    about = read_json(out / f"{item}.json")
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


def _read_labels(path: Path) -> NDArray[Any]:
    """Read a label image as (T, Z, Y, X); absent axes have length 1."""
    labels, axes = read_tiff(path)
    for axis in "ZT":
        if axis not in axes:
            labels, axes = labels[None], axis + axes
    return np.transpose(labels, [axes.index(axis) for axis in "TZYX"])


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object."""
    body: dict[str, Any] = json.loads(path.read_text())
    return body
