"""Presets for a project: which there are, and which suits its pictures."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from annotations.models import GroundTruth, Project, Sample, TaskKind, User
from core.errors import DomainError
from training.engine import advice
from training.runs.models import TrainingSettings
from training.runs.settings import use_settings
from training.snapshots.classes import learning_kind
from training.snapshots.pixels import read_pixels

# A few pictures tell the modality, and larger ones than this are not read for it.
MOST_LOOKED_AT = 4
MOST_PIXELS = 1 << 24


def list_presets(task_kind: str) -> list[Mapping[str, Any]]:
    """Return the presets of a task."""
    return [row for row in advice.list_presets() if task_kind in row["task_kinds"]]


def suggest_for(project: Project) -> str | None:
    """Name the preset that suits a project's pictures; nothing where none does."""
    if not list_presets(project.task_kind):
        return None
    pictures = _pictures(project)
    if not pictures:
        return None
    return advice.suggest_preset(
        pictures, task_kind=learning_kind(project), class_counts=_count_classes(project)
    )


def use_preset(project: Project, name: str, *, by: User | None) -> TrainingSettings:
    """Let the project's next runs start from a preset.

    Raises
    ------
    DomainError
        Code "unknown_preset".
    """
    known = {row["name"]: row for row in list_presets(project.task_kind)}
    if name not in known:
        raise DomainError(
            "unknown_preset",
            f"There is no preset {name!r} for this kind of project. Choose one of "
            f"{', '.join(known) or 'none'}.",
        )
    return use_settings(project, known[name]["changes"], source="preset", origin=name, by=by)


def _count_classes(project: Project) -> list[int]:
    """Count the labelled samples of each class; last come those that have none of several."""
    if project.task_kind != TaskKind.CLASSIFICATION:
        return []
    truths = GroundTruth.objects.filter(sample__project=project, is_current=True)
    if project.multi_label:
        found = Counter[int]()
        without = 0
        for classes in truths.values_list("object_classes", flat=True).iterator():
            found.update(classes.values())
            without += not classes
        return [*found.values(), without]
    rows = truths.order_by().values("class_index").annotate(n=Count("pk"))
    return [row["n"] for row in rows]


def _pictures(project: Project) -> list[NDArray[Any]]:
    """First moments (C, Z, Y, X) of some samples."""
    samples = Sample.objects.filter(project=project, image__trashed_at=None)
    chosen = samples.select_related("image").order_by("image__sha256", "pk")[:MOST_LOOKED_AT]
    return [
        np.asarray(read_pixels(sample)[0])
        for sample in chosen
        if (sample.image.size_y or 0) * (sample.image.size_x or 0) <= MOST_PIXELS
    ]
