"""Take models away, bring them in, and take over those of other projects of the lab."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.db.models import Max

from annotations.models import Project, User
from core.audit import record
from core.errors import Conflict, DomainError
from core.jobs.services import enqueue
from core.storage import get_storage
from training import engine
from training.brought import Brought
from training.model_registry.card import make_card
from training.model_registry.models import (
    ModelExport,
    ModelImport,
    ModelOrigin,
    ModelVersion,
)
from training.model_registry.services import EVALUATE_JOB
from training.runs.execution import write_model_folder
from training.snapshots.classes import learning_kind
from training.snapshots.workspace import temporary_folder

EXPORT_JOB, IMPORT_JOB = "training.export_model", "training.import_model"
FORMATS = ("bioimageio", "onnx", "safetensors")
LARGEST_UPLOAD = 1 << 30
COPY_BYTES = 1 << 20


@dataclass(frozen=True)
class Described:
    """What a person says of a file that is brought in.

    Attributes
    ----------
    filename : str
        Its name.
    form : mapping
        Fields of `training.ml.foreign.spec.ForeignSpec`; they go before what a package says.
    measure : bool
        Whether the model goes to the gate at once, which may make it the champion.
    """

    filename: str
    form: Mapping[str, Any] = field(default_factory=dict)
    measure: bool = True


@transaction.atomic
def request_export(version: ModelVersion, *, export: str, by: User) -> ModelExport:
    """Queue the writing of a package.

    Raises
    ------
    Conflict
        Code "not_ours": a network from elsewhere is not given out again.
    """
    if not version.trainable:
        raise Conflict(
            "not_ours",
            "This network was brought in; take it away from where it came from.",
        )
    row = ModelExport.objects.create(model_version=version, format=export, created_by=by)
    row.job = enqueue(EXPORT_JOB, row.pk, queue="predict", project=version.project_id)
    row.save(update_fields=["job"])
    return row


def write_export(row: ModelExport, *, check: Callable[[], None]) -> None:
    """Write a package and store it; safe to do again."""
    version = row.model_version
    with temporary_folder("export") as folder:
        model = write_model_folder(version.weights, version.card["model"], folder / "model")
        out = folder / "package.zip"
        check()
        engine.export_model(export=row.format, model=model, out=out, about=make_card(version))
        row.size_bytes = out.stat().st_size
        row.key = get_storage().put(out.read_bytes())
    row.save(update_fields=["key", "size_bytes"])
    record("model.exported", version, actor=row.created_by, data={"format": row.format})


def request_import(
    project: Project, stream: IO[bytes], *, described: Described, by: User
) -> ModelImport:
    """Store a file that was sent, and queue a look at it.

    Raises
    ------
    DomainError
        Code "model_too_large".
    """
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(COPY_BYTES):
        size += len(chunk)
        digest.update(chunk)
    if size > LARGEST_UPLOAD:
        raise DomainError(
            "model_too_large",
            f"The file has {size >> 20} MB; at most {LARGEST_UPLOAD >> 20} MB are taken.",
            status=413,
        )
    stream.seek(0)
    key = get_storage().put_stream(stream, sha256=digest.hexdigest())
    with transaction.atomic():
        row = ModelImport.objects.create(
            project=project,
            filename=described.filename[-255:],
            key=key,
            form=dict(described.form),
            measure=described.measure,
            created_by=by,
        )
        row.job = enqueue(IMPORT_JOB, row.pk, queue="predict", project=project.pk)
        row.save(update_fields=["job"])
    return row


def take_in(row: ModelImport, *, check: Callable[[], None]) -> ModelVersion:
    """Look at a file and keep it as a candidate; safe to do again.

    Its evaluation is queued where that was asked for.

    Raises
    ------
    DomainError
        It is refused; the code says why.
    """
    if row.model_version is not None:
        return row.model_version
    project = row.project
    with temporary_folder("import") as folder:
        source = folder / "source"
        _copy(row.key, source)
        form = {**row.form}
        kind = learning_kind(project)
        form.setdefault("task_kind", kind)
        check()
        found = engine.bring_in(source, folder / "unpacked", form)
        if found.task_kind != kind:
            raise DomainError(
                "other_task",
                f"The model is made for {found.task_kind}, the project is one of {kind}.",
            )
        classes = _match_classes(project, found.classes, model=found.model)
        weights = get_storage().put(found.weights.read_bytes())
    about = dict(found.about)
    origin = {
        "file": row.filename,
        "sha256": row.key,
        "name": about.pop("name", ""),
        "description": about.pop("description", ""),
        "cite": "; ".join(about.pop("cite", [])),
    }
    with transaction.atomic():
        version = _add(
            project,
            weights=weights,
            card={"model": found.model, "classes": classes, "task_kind": project.task_kind},
            origin=ModelOrigin.IMPORTED,
            about={**about, "origin": origin},
            measure=row.measure,
        )
        row.model_version, row.found = version, _found(found)
        row.save(update_fields=["model_version", "found"])
        record("model.imported", version, actor=row.created_by, data={"file": row.filename})
    return version


@transaction.atomic
def adopt(project: Project, version: ModelVersion, *, by: User) -> ModelVersion:
    """Take over a model of another project of the same lab, as a candidate.

    Parameters
    ----------
    project : Project
        That gets the model.
    version : ModelVersion
        Of a project that the person may see.
    by : User
        Who asks.

    Raises
    ------
    Conflict
        Codes "model_of_other_lab", "other_task", "same_project"; "other_classes".
    """
    source = version.project
    if source.pk == project.pk:
        raise Conflict("same_project", "The model belongs to this project already.")
    if source.lab_id != project.lab_id:
        raise Conflict(
            "model_of_other_lab",
            "Models are taken over within a lab only. Export it there and bring the package in.",
        )
    kinds = learning_kind(source), learning_kind(project)
    if len(set(kinds)) > 1:
        raise Conflict(
            "other_task", f"The model is made for {kinds[0]}, the project is one of {kinds[1]}."
        )
    model = version.card.get("model", {})
    names = tuple(model.get("classes", ()))
    card = {**version.card, "classes": _match_classes(project, names, model=model)}
    origin = {"project": source.name, "model": version.number, "version": version.pk}
    taken = _add(
        project,
        weights=version.weights,
        card=card,
        origin=ModelOrigin.ADOPTED,
        about={**version.about, "origin": origin},
    )
    record("model.adopted", taken, actor=by, data=origin)
    return taken


def measure_again(version: ModelVersion) -> None:
    """Queue the evaluation of a version on the ground truths of now."""
    enqueue(EVALUATE_JOB, version.pk, queue="predict", project=version.project_id)


def describe_model(version: ModelVersion, values: Mapping[str, Any], *, by: User) -> ModelVersion:
    """Write what a person says of a model into its card."""
    version.about = {**version.about, **values}
    version.save(update_fields=["about"])
    record("model.described", version, actor=by, data={"fields": sorted(values)})
    return version


def _add(
    project: Project,
    *,
    weights: str,
    card: dict[str, Any],
    origin: ModelOrigin,
    about: dict[str, Any],
    measure: bool = True,
) -> ModelVersion:
    Project.objects.select_for_update().get(pk=project.pk)
    highest = ModelVersion.objects.filter(project=project).aggregate(n=Max("number"))["n"]
    version = ModelVersion.objects.create(
        project=project,
        number=(highest or 0) + 1,
        weights=weights,
        card=card,
        origin=origin,
        about=about,
    )
    if measure:
        measure_again(version)
    return version


def _found(brought: Brought) -> dict[str, Any]:
    """Say what a file held, for the page that shows it."""
    return {
        "trainable": brought.trainable,
        "task_kind": brought.task_kind,
        "classes": list(brought.classes),
        "about": dict(brought.about),
        "checked": dict(brought.checked),
        "spec": dict(brought.model.get("foreign", {})),
    }


def _match_classes(
    project: Project, names: tuple[str, ...], *, model: Mapping[str, Any]
) -> list[int]:
    """Class indexes of the project for a model's classes, by name.

    A model that tells objects but no classes of them apart fits any classes.

    Raises
    ------
    Conflict
        Code "other_classes".
    """
    known = dict(project.classes.values_list("name", "index"))
    if project.task_kind == "instance" and not model.get("settings", {}).get("object_classes"):
        return sorted(known.values())
    missing = [name for name in names if name not in known]
    if missing:
        raise Conflict(
            "other_classes",
            f"The project has no class {missing[0]!r}, which the model tells apart. Add it, or "
            "name the model's classes as the project does.",
        )
    return [known[name] for name in names]


def _copy(key: str, target: Path) -> None:
    with get_storage().open(key) as stream, target.open("wb") as out:
        while chunk := stream.read(COPY_BYTES):
            out.write(chunk)
