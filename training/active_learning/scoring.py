"""Score a piece of the pool: what the model, or the zero-label start, sees in each sample."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.utils import timezone

from annotations.labels.bands import ArrayImage, LabelImage
from annotations.labels.planes import pack_image
from annotations.labels.services import put_stack
from annotations.models import ImageStatus, Project, Sample, Split, TaskKind
from core.jobs.runner import JobContext
from core.storage import get_storage
from training import engine
from training.acquisition import ACQUISITIONS, PoolFeatures
from training.active_learning.models import PoolScore, ScoreChunk
from training.model_registry.evaluation import align_classes
from training.model_registry.models import ModelVersion, Prediction
from training.runs.execution import write_model_folder
from training.snapshots.classes import named_classes, named_objects
from training.snapshots.materialize import materialize_samples
from training.snapshots.workspace import temporary_folder

DIGITS = 5


def score_chunk(chunk: ScoreChunk, context: JobContext) -> None:
    """Predict the samples of a chunk and store what acquisition needs; safe to do again.

    Parameters
    ----------
    chunk : ScoreChunk
        Which samples.
    context : JobContext
        Stops the work when the job is cancelled.
    """
    if chunk.done_at is not None:
        return
    samples = list(
        Sample.objects.select_related("image__dataset", "project")
        .filter(pk__in=chunk.sample_ids, image__status=ImageStatus.READY, image__trashed_at=None)
        .order_by("pk")
    )
    project = chunk.round.project
    doubt = ACQUISITIONS[chunk.round.strategy].needs_doubt
    rows = see_samples(project, samples, chunk.round.scored_by, context, doubt=doubt)
    PoolScore.objects.bulk_create(
        [
            PoolScore(round=chunk.round, sample=sample, features=features)
            for sample, features in rows
        ],
        update_conflicts=True,
        unique_fields=["round", "sample"],
        update_fields=["features"],
    )
    chunk.done_at = timezone.now()
    chunk.save(update_fields=["done_at"])


def proposing_version(sample: Sample, version: ModelVersion | None) -> ModelVersion | None:
    """Return the model whose outlines people start from in a sample; none = the zero-label start.

    A held-out sample starts from the zero-label start whatever models there are: corrected
    outlines of a model stay a little like that model, which would flatter its scores.
    """
    return version if sample.split == Split.TRAIN else None


def see_samples(
    project: Project,
    samples: Sequence[Sample],
    version: ModelVersion | None,
    context: JobContext,
    *,
    doubt: bool = False,
) -> list[tuple[Sample, dict[str, Any]]]:
    """Return the features of samples, each as seen by its `proposing_version`.

    With `doubt` a trained model is also asked how unsure it is.
    """
    rows: list[tuple[Sample, dict[str, Any]]] = []
    for seen_by in dict.fromkeys([version, None]):
        part = [sample for sample in samples if proposing_version(sample, version) == seen_by]
        if part:
            with temporary_folder("score") as folder:
                rows += predict_samples(project, part, seen_by, folder, context, doubt=doubt)
    return rows


def predict_samples(
    project: Project,
    samples: Sequence[Sample],
    version: ModelVersion | None,
    folder: Path,
    context: JobContext,
    *,
    doubt: bool = False,
) -> list[tuple[Sample, dict[str, Any]]]:
    """Return the features of samples; those that the model has not seen yet are predicted.

    Parameters
    ----------
    project : Project
        Whose samples.
    samples : sequence of Sample
        With images.
    version : ModelVersion or None
        The model; nothing for the zero-label start.
    folder : Path
        Empty; the caller removes it.
    context : JobContext
        Stops the work when the job is cancelled.
    doubt : bool
        Whether a trained model is asked how unsure it is, which takes further passes.

    Returns
    -------
    list of (Sample, dict)
        Plain values, ready for `PoolScore.features`.
    """
    known = _known_predictions(version, samples, doubt=doubt)
    missing = [sample for sample in samples if sample.pk not in known]
    if missing:
        known |= _predict_missing(project, missing, version, folder, context, doubt=doubt)
    return [(sample, known[sample.pk]) for sample in samples]


def _known_predictions(
    version: ModelVersion | None, samples: Sequence[Sample], *, doubt: bool
) -> dict[int, dict[str, Any]]:
    """Return what the model said before: a champion that stays need not look twice."""
    if version is None:
        return {}
    found = Prediction.objects.filter(model_version=version, sample__in=samples)
    if doubt:
        found = found.filter(summary__doubt__has_key="information")
    return dict(found.values_list("sample_id", "summary"))


def _predict_missing(
    project: Project,
    samples: Sequence[Sample],
    version: ModelVersion | None,
    folder: Path,
    context: JobContext,
    *,
    doubt: bool,
) -> dict[int, dict[str, Any]]:
    data = materialize_samples(project, samples, folder / "data")
    model = None
    if version is not None:
        model = write_model_folder(
            version.weights,
            version.card["model"],
            folder / "model",
            snapshots=version.card.get("snapshots", ()),
        )
    engine.predict(
        model=model,
        data=data,
        out=folder / "out",
        check=context.check,
        wanted=engine.Wanted(maps=True, doubt_map=True, doubt=doubt),
    )
    wanted = list(project.classes.order_by("index").values_list("index", flat=True))
    known = wanted if version is None else version.card.get("classes", wanted)
    features: dict[int, dict[str, Any]] = {}
    kept: dict[int, dict[str, str]] = {}
    for number, sample in enumerate(samples, start=1):
        context.report(done=number, total=len(samples))
        predicted = engine.read_prediction(folder / "out", str(sample.pk))
        features[sample.pk] = _features(sample, predicted, known, wanted)
        kept[sample.pk] = {
            "maps": _keep(predicted.maps),
            "doubt_map": _keep(predicted.doubt_map),
        }
    if version is not None:
        Prediction.objects.bulk_create(
            [
                Prediction(
                    model_version=version,
                    sample=sample,
                    key=features[sample.pk]["labels"],
                    **kept[sample.pk],
                    summary=features[sample.pk],
                )
                for sample in samples
            ],
            update_conflicts=True,
            unique_fields=["model_version", "sample"],
            update_fields=["key", "maps", "doubt_map", "summary"],
        )
    return features


def pool_features(scores: Iterable[PoolScore], labelled: Iterable[PoolScore] = ()) -> PoolFeatures:
    """Stack stored features as acquisition takes them; shorter ones are padded.

    Parameters
    ----------
    scores : iterable of PoolScore
        The pool.
    labelled : iterable of PoolScore
        Samples of the same scoring that have a ground truth.

    Returns
    -------
    PoolFeatures
        Float32 arrays in the order of `scores`.
    """
    rows = list(scores)
    distributions = [_matrix(row.features["probabilities"]) for row in rows]
    depth = max((d.shape[0] for d in distributions), default=0)
    classes = max((d.shape[1] for d in distributions), default=0)
    probabilities = np.zeros((len(rows), depth, classes), dtype=np.float32)
    weights = np.zeros((len(rows), depth), dtype=np.float32)
    for at, (row, matrix) in enumerate(zip(rows, distributions, strict=True)):
        probabilities[at, : matrix.shape[0], : matrix.shape[1]] = matrix
        weights[at, : matrix.shape[0]] = row.features["weights"]
    known = [row.features["embedding"] for row in labelled]
    embeddings = _matrix([*(row.features["embedding"] for row in rows), *known])
    return PoolFeatures(
        ids=np.array([row.sample_id for row in rows], dtype=np.int64),
        embeddings=embeddings[: len(rows)],
        foreground=np.array([row.features["foreground"] for row in rows], dtype=np.float32),
        probabilities=probabilities,
        weights=weights,
        labelled_embeddings=embeddings[len(rows) :],
        information=_doubts(rows, "information"),
        inconsistency=_doubts(rows, "inconsistency"),
    )


def _doubts(rows: Sequence[PoolScore], name: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    """One number of each sample's doubt; 0 where the model was not asked."""
    values = [row.features.get("doubt", {}).get(name, 0.0) for row in rows]
    return np.array(values, dtype=np.float32)


def _matrix(rows: Sequence[Sequence[float]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Stack rows; shorter ones (other networks, other channels) are filled up with zeros."""
    width = max((len(row) for row in rows), default=0)
    matrix = np.zeros((len(rows), width), dtype=np.float32)
    for at, row in enumerate(rows):
        matrix[at, : len(row)] = row
    return matrix


def _features(
    sample: Sample, predicted: engine.Predicted, known: Sequence[int], wanted: Sequence[int]
) -> dict[str, Any]:
    features: dict[str, Any] = {
        "embedding": _plain(predicted.embedding),
        "probabilities": [_plain(row) for row in predicted.probabilities],
        "weights": _plain(predicted.weights),
        "foreground": round(predicted.foreground, DIGITS),
        "objects": named_objects(predicted.objects, known=known, wanted=wanted),
        "class_scores": {},
        "labels": "",
        "doubt": dict(predicted.doubt),
    }
    if sample.project.multi_label:
        by_index = dict(zip(known, predicted.class_probabilities, strict=False))
        features["class_scores"] = {
            str(index): round(float(by_index.get(index, 0.0)), DIGITS) for index in wanted
        }
    elif sample.project.task_kind == TaskKind.CLASSIFICATION:
        scores = align_classes(predicted.class_probabilities, known=known, wanted=wanted)
        features["class_scores"] = {
            str(index): round(float(p), DIGITS) for index, p in zip(wanted, scores, strict=True)
        }
    elif predicted.labels is not None:
        labels: LabelImage = ArrayImage(predicted.labels)
        if sample.project.task_kind == TaskKind.SEMANTIC:
            # Each class is one object, whose id is the class's index.
            labels = named_classes(labels, known=known, wanted=wanted)
            features["objects"] = [
                item | {"id": item["class_index"]}
                for item in features["objects"]
                if "class_index" in item
            ]
        features["labels"] = put_stack(sample, pack_image(labels))
    return features


def _keep(path: Path | None) -> str:
    """Store what the model says of each pixel; '' where it says nothing."""
    return "" if path is None else get_storage().put(path.read_bytes())


def _plain(values: np.ndarray[Any, np.dtype[np.float32]]) -> list[float]:
    return [round(float(value), DIGITS) for value in values]
