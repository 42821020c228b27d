"""Measure a model on a split of a snapshot."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.labels.bands import bands_of
from annotations.labels.selectors import read_blob
from annotations.models import Project, Sample, TaskKind
from training import engine
from training.metrics import METRICS
from training.metrics.bootstrap import paired_bootstrap
from training.metrics.instance import InstanceScore, average_precision
from training.metrics.object_classes import ClassedLabels
from training.metrics.semantic import UNLABELLED, join_scores
from training.model_registry.models import Evaluation, ModelVersion
from training.runs.execution import write_model_folder
from training.snapshots.classes import MULTILABEL, named_objects, positions_image
from training.snapshots.manifest import SnapshotItem, SnapshotManifest
from training.snapshots.materialize import materialize_pictures
from training.snapshots.scratch import map_labels
from training.snapshots.workspace import temporary_folder

BOOTSTRAP_SEED = 0


@dataclass(frozen=True)
class Measured:
    """Where an evaluation belongs.

    Attributes
    ----------
    project : Project
        Whose model.
    version : ModelVersion or None
        The model; nothing for the zero-label start.
    manifest : SnapshotManifest
        Holds the items.
    split : str
        Which of them.
    """

    project: Project
    version: ModelVersion | None
    manifest: SnapshotManifest
    split: str


def measure(what: Measured, *, check: Callable[[], None]) -> Evaluation | None:
    """Predict the items of a split and score them; done once for each content.

    Parameters
    ----------
    what : Measured
        Model and items.
    check : callable
        Called now and then; raises when the work is to stop.

    Returns
    -------
    Evaluation or None
        The stored row; None where the split has no labelled item.
    """
    items = what.manifest.split(what.split)
    if not items:
        return None
    items_hash = hash_items(items)
    known = Evaluation.objects.filter(
        project=what.project,
        model_version=what.version,
        split=what.split,
        items_hash=items_hash,
    ).first()
    if known is not None:
        return known
    version = what.version
    model = (
        None
        if version is None
        else partial(write_model_folder, version.weights, version.card["model"])
    )
    known_classes = None if version is None else version.card.get("classes")
    scores = score_items(
        what.manifest, items, model=model, check=check, known_classes=known_classes
    )
    metrics, per_image = summarise(what.manifest.task_kind, scores)
    evaluation, _ = Evaluation.objects.get_or_create(
        project=what.project,
        model_version=what.version,
        split=what.split,
        items_hash=items_hash,
        defaults={
            "n_labels": len(what.manifest.split("train")) if what.version else 0,
            "metrics": metrics,
            "per_image": per_image,
        },
    )
    return evaluation


def hash_items(items: Sequence[SnapshotItem]) -> str:
    """SHA-256 of which ground truths are measured on."""
    content = json.dumps(sorted((item.sample, item.ground_truth) for item in items))
    return hashlib.sha256(content.encode()).hexdigest()


def interval(per_image: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """90 % interval of the mean item value, resampling groups."""
    values = np.array([line["value"] for line in per_image], dtype=np.float64)
    groups = np.array([line["group"] for line in per_image])
    return paired_bootstrap(values, groups, rng=np.random.default_rng(BOOTSTRAP_SEED))


def score_items(
    manifest: SnapshotManifest,
    items: Sequence[SnapshotItem],
    *,
    model: Callable[[Path], Path] | None,
    check: Callable[[], None],
    known_classes: Sequence[int] | None = None,
) -> list[tuple[SnapshotItem, Any]]:
    """Predict items and score them against their ground truths.

    Parameters
    ----------
    manifest : SnapshotManifest
        Holds the items.
    items : sequence of SnapshotItem
        What to score, all of one split.
    model : callable or None
        Given an empty folder, writes the model there, or says where it is; nothing for the
        zero-label segmenter.
    check : callable
        Called now and then; raises when the work is to stop.
    known_classes : sequence of int, optional
        Indexes of the classes that the model was trained on; by default those of the manifest.

    Returns
    -------
    list of (SnapshotItem, score)
        Scores as the task's metric family makes them.
    """
    with temporary_folder("evaluate") as folder:
        data = materialize_pictures(manifest, items, folder / "data")
        written = model(folder / "model") if model else None
        engine.predict(model=written, data=data, out=folder / "out", check=check)
        samples = Sample.objects.select_related("image").in_bulk([i.sample for i in items])
        scores = []
        for item in items:
            if item.sample not in samples:
                continue
            predicted = engine.read_prediction(folder / "out", str(item.sample))
            score = _score(manifest, item, samples[item.sample], predicted, known_classes)
            scores.append((item, score))
        return scores


def summarise(
    task_kind: str, scores: Sequence[tuple[SnapshotItem, Any]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Pool scores into named numbers with an interval (`low`, `high`), and a line per item."""
    per_image = [_line(item, score, kind=task_kind) for item, score in scores]
    low, high = interval(per_image)
    metrics = METRICS[task_kind].pool([score for _, score in scores])
    return {**metrics, "low": low, "high": high}, per_image


def align_classes(
    probabilities: Sequence[float], *, known: Sequence[int], wanted: Sequence[int]
) -> NDArray[np.float64]:
    """Bring probabilities into the order of other classes; the project's may have changed.

    Parameters
    ----------
    probabilities : sequence of float
        One per known class.
    known, wanted : sequence of int
        Class indexes of the model, and of the project now.

    Returns
    -------
    ndarray of float64, shape (wanted,)
        Sums to 1; classes that the model never saw have 0.
    """
    by_index = dict(zip(known, probabilities, strict=False))
    values = np.array([by_index.get(index, 0.0) for index in wanted], dtype=np.float64)
    total = values.sum()
    return values / total if total > 0 else np.full(len(wanted), 1 / max(len(wanted), 1))


def _score(
    manifest: SnapshotManifest,
    item: SnapshotItem,
    sample: Sample,
    predicted: engine.Predicted,
    known_classes: Sequence[int] | None,
) -> Any:  # noqa: ANN401 - what the metric family makes
    """Score the prediction of one item against its ground truth."""
    score = METRICS[manifest.task_kind].score
    wanted = [index for index, _ in manifest.classes]
    known = wanted if known_classes is None else known_classes
    if manifest.task_kind == MULTILABEL:
        return score(*_sets(item, predicted, known=known, wanted=wanted))
    if manifest.task_kind == TaskKind.CLASSIFICATION:
        aligned = align_classes(predicted.class_probabilities, known=known, wanted=wanted)
        return score(wanted.index(item.class_index or 0), aligned)
    if predicted.labels is None:
        raise RuntimeError(f"no label image was predicted for sample {item.sample}")
    truth = read_blob(item.labels, sample)
    if manifest.ignore_value is None:
        with map_labels(truth) as labels:
            return score(*_instances(item, labels, predicted, known=known, wanted=wanted))
    ignored = manifest.ignore_value
    classes = positions_image(truth, dict(item.object_classes), indexes=wanted, ignored=ignored)
    position_of = {index: at for at, index in enumerate(wanted, start=1)}
    now = np.array([0, *(position_of.get(index, 0) for index in known)])
    parts = []
    for band in bands_of(classes.shape):
        rows = classes.rows(band)
        found = now[predicted.labels[band.t, band.z, band.y0 : band.y1]]
        parts.append(score(np.where(rows == ignored, UNLABELLED, rows.astype(np.int64)), found))
    return join_scores(parts)


def _instances(
    item: SnapshotItem,
    truth: NDArray[Any],
    predicted: engine.Predicted,
    *,
    known: Sequence[int],
    wanted: Sequence[int],
) -> tuple[Any, Any]:
    """Return the objects of truth and prediction, with classes where the model says them."""
    assert predicted.labels is not None, "checked by the caller"
    lines = named_objects(predicted.objects, known=known, wanted=wanted)
    positions = {
        line["id"]: wanted.index(line["class_index"]) for line in lines if "class_index" in line
    }
    if not positions:
        return truth, predicted.labels
    classes = {n: wanted.index(index) for n, index in item.object_classes if index in wanted}
    return ClassedLabels(truth, classes), ClassedLabels(predicted.labels, positions)


def _sets(
    item: SnapshotItem,
    predicted: engine.Predicted,
    *,
    known: Sequence[int],
    wanted: Sequence[int],
) -> tuple[list[int], tuple[list[float], list[int]]]:
    """Return true classes, and probabilities and predicted classes, by positions in `wanted`."""
    by_index = dict(zip(known, predicted.class_probabilities, strict=False))
    chances = [by_index.get(index, 0.0) for index in wanted]
    chosen = {known[line["class_index"]] for line in predicted.objects}
    truth = [wanted.index(index) for _, index in item.object_classes if index in wanted]
    return truth, (chances, [at for at, index in enumerate(wanted) if index in chosen])


def _line(item: SnapshotItem, score: Any, *, kind: str) -> dict[str, Any]:  # noqa: ANN401
    line = {
        "sample": item.sample,
        "ground_truth": item.ground_truth,
        "group": item.group,
        "value": METRICS[kind].item_value(score),
    }
    if isinstance(score, InstanceScore):
        line |= {
            "ap50": average_precision(score),
            "ap75": average_precision(score, threshold=0.75),
            "tp": score.tp[0],
            "fp": score.fp[0],
            "fn": score.fn[0],
        }
    return line
