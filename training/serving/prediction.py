"""Ask a model about one picture, measure what it found, and keep the answer."""

import time
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from annotations.labels.bands import ArrayImage, LabelImage
from annotations.labels.planes import pack_image
from annotations.models import Project, TaskKind
from core.storage import get_storage
from training import engine
from training.measurements.base import Column, Layout
from training.measurements.measure import ArraySource, measure_objects
from training.measurements.tables import Table, join_tables, to_parquet
from training.model_registry.evaluation import align_classes
from training.model_registry.models import ModelVersion
from training.runs.execution import write_model_folder
from training.serving.models import PictureResult
from training.serving.pictures import ITEM, Subject, map_pixels, write_folder
from training.serving.previews import preview_of_file
from training.snapshots.classes import named_classes
from training.snapshots.scratch import map_labels
from training.snapshots.workspace import temporary_folder

FRAME = Column("frame", "", "int", "Moment of a movie, counted from 0.")
DIGITS = 6


def predict_picture(
    version: ModelVersion,
    subject: Subject,
    *,
    check: Callable[[], None],
    with_preview: bool = False,
    with_doubt: bool = False,
) -> PictureResult:
    """Return what a model says of a picture; asked again, what it said before.

    Parameters
    ----------
    version : ModelVersion
        The model, with its project.
    subject : Subject
        The picture.
    check : callable
        Called before the work; raises when it is to stop.
    with_preview : bool
        Whether to keep a small PNG of the picture beside.
    with_doubt : bool
        Whether to ask how unsure the model is of each pixel, and keep that beside.

    Returns
    -------
    PictureResult
        The stored row.

    Raises
    ------
    DomainError
        The picture cannot be read, or does not suit the model; the code says why.
    """
    content = subject.content(class_names(version.project))
    known = find_result(version, content, with_preview=with_preview, with_doubt=with_doubt)
    if known is not None:
        return known
    started = time.monotonic()
    with temporary_folder("predict") as folder, subject.open() as picture:
        data = write_folder(version.project, subject, picture, folder / "data")
        model = write_model_folder(version.weights, version.card["model"], folder / "model")
        wanted = engine.Wanted(doubt_map=with_doubt)
        engine.predict(model=model, data=data, out=folder / "out", check=check, wanted=wanted)
        said = engine.read_prediction(folder / "out", ITEM)
        pixels = map_pixels(data, picture.shape)
        found = _describe(version, subject, said, pixels)
        # What an earlier answer has beside stays where it is not asked for now.
        if with_preview:
            found["preview"] = get_storage().put(preview_of_file(picture, pixels))
        if with_doubt:
            told = said.doubt_map
            found["doubt_map"] = get_storage().put(told.read_bytes()) if told else ""
            found["asked_doubt"] = True
    found["seconds"] = round(time.monotonic() - started, 3)
    result, _ = PictureResult.objects.update_or_create(
        model_version=version, content=content, defaults=found
    )
    return result


def find_result(
    version: ModelVersion, content: str, *, with_preview: bool = False, with_doubt: bool = False
) -> PictureResult | None:
    """Return what a model said before of the same content, when it was asked for as much."""
    found = PictureResult.objects.filter(model_version=version, content=content)
    if with_preview:
        found = found.exclude(preview="")
    if with_doubt:
        found = found.filter(asked_doubt=True)
    return found.first()


def class_names(project: Project) -> dict[int, str]:
    """Return the names of a project's classes by their index."""
    return dict(project.classes.order_by("index").values_list("index", "name"))


def _describe(
    version: ModelVersion, subject: Subject, said: engine.Predicted, pixels: NDArray[Any]
) -> dict[str, Any]:
    """Store labels and cells; return the fields of a result."""
    found: dict[str, Any] = {"shape": list(pixels.shape), "spacing": subject.spacing}
    project = version.project
    if project.task_kind == TaskKind.CLASSIFICATION:
        return found | {"class_scores": _scores(version, said.class_probabilities)}
    if said.labels is None:
        raise RuntimeError(f"model {version.pk} gave no label image")
    about = _about(said, version)
    named: LabelImage = ArrayImage(said.labels)
    if project.task_kind == TaskKind.SEMANTIC:
        # Each class is one object, called by the index that it has in the project.
        wanted = list(class_names(project))
        known = version.card.get("classes", wanted)
        named = named_classes(named, known=known, wanted=wanted)
        about = {row["class_index"]: row for row in about.values() if row["class_index"] in wanted}
    stack = pack_image(named)
    with map_labels(stack) as labels:
        table = _measure(subject, labels, about, pixels, project=project)
    storage = get_storage()
    return found | {
        "labels": storage.put(stack.to_bytes()),
        "table": storage.put(to_parquet(table)),
        "n_objects": len(table),
    }


def _measure(
    subject: Subject,
    labels: NDArray[Any],
    about: dict[int, dict[str, Any]],
    pixels: NDArray[Any],
    *,
    project: Project,
) -> Table:
    dims = 3 if pixels.shape[2] > 1 else 2
    layout = Layout(dims, subject.spacing, subject.channels, class_names(project))
    frames = [
        measure_objects(ArraySource(one, moment), layout, about)
        for one, moment in zip(labels, pixels, strict=True)
    ]
    if len(frames) == 1:
        return frames[0]
    return join_tables([frame.beginning([FRAME], [t]) for t, frame in enumerate(frames)])


def _about(said: engine.Predicted, version: ModelVersion) -> dict[int, dict[str, Any]]:
    """Return what is said of each object, with the index that its class has in the project."""
    rows = {int(row["id"]): dict(row) for row in said.objects}
    for row in rows.values():
        if "class_index" in row:
            # Networks count classes from 0, in the order of their training set.
            row["class_index"] = version.card["classes"][row["class_index"]]
    return rows


def _scores(version: ModelVersion, probabilities: tuple[float, ...]) -> dict[str, float]:
    wanted = list(class_names(version.project))
    known = version.card.get("classes", wanted)
    if version.project.multi_label:
        # Each class is a question of its own: the answers need not sum to 1.
        by_index = dict(zip(known, probabilities, strict=False))
        return {str(index): round(float(by_index.get(index, 0.0)), DIGITS) for index in wanted}
    scores = align_classes(probabilities, known=known, wanted=wanted)
    return {
        str(index): round(float(score), DIGITS) for index, score in zip(wanted, scores, strict=True)
    }
