"""Read pre-trainings, comparisons, and what a project may start from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from annotations.models import Project, ProjectRole
from annotations.projects.selectors import get_part_for, get_project_for, visible_projects
from core.errors import Conflict
from training.model_registry.models import ModelState, ModelVersion
from training.model_registry.selectors import get_model_for
from training.runs.models import StartKind
from training.starts.choice import Start, can_begin
from training.starts.models import Pretraining, StartComparison

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from annotations.models import User

# Choices of a list to pick from.
MOST_OPTIONS = 50


@dataclass(frozen=True)
class Option:
    """One thing to start from.

    Attributes
    ----------
    kind : str
        ``model`` or ``pretraining``.
    id, number : int
        Its id; the number by which its project knows it.
    project : int
        Of which project.
    project_name : str
        Its name.
    champion : bool
        Whether it is that project's model in use.
    created_at : datetime
        When it was made.
    """

    kind: str
    id: int
    number: int
    project: int
    project_name: str
    champion: bool
    created_at: datetime


def list_pretrainings(user: "User | AnonymousUser", project_id: int) -> QuerySet[Pretraining]:
    """Return the pre-trainings of a project that `user` may see."""
    project = get_project_for(user, project_id)
    rows = Pretraining.objects.filter(project=project).defer("log", "samples")
    return rows.select_related("job")


def get_pretraining_for(
    user: "User | AnonymousUser", pk: int, *, at_least: str = ProjectRole.VIEWER
) -> Pretraining:
    """Return a pre-training of a project in which `user` has at least the role `at_least`.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    Forbidden
        The user may see it, but has too low a role.
    """
    rows = Pretraining.objects.select_related("job", "project")
    return get_part_for(user, rows, pk, at_least=at_least, what="pre-training")


def list_comparisons(user: "User | AnonymousUser", project_id: int) -> QuerySet[StartComparison]:
    """Return the comparisons of starts of a project that `user` may see."""
    project = get_project_for(user, project_id)
    return StartComparison.objects.filter(project=project).select_related("job").defer("log")


def get_comparison_for(
    user: "User | AnonymousUser", pk: int, *, at_least: str = ProjectRole.VIEWER
) -> StartComparison:
    """Return a comparison of a project in which `user` has at least the role `at_least`.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    Forbidden
        The user may see it, but has too low a role.
    """
    rows = StartComparison.objects.select_related("job", "project")
    return get_part_for(user, rows, pk, at_least=at_least, what="comparison of starts")


def list_options(user: "User | AnonymousUser", project: Project) -> list[Option]:
    """Return what a run of a project may start from beside nothing and its champion.

    Own models and pre-trainings, and of other projects of the lab that the user may see, with the
    same task, the champions and pre-trainings; newest first.
    """
    others = visible_projects(user).filter(lab=project.lab_id, task_kind=project.task_kind)
    ids = list(others.values_list("pk", flat=True))
    models = ModelVersion.objects.filter(
        Q(project=project) | Q(project__in=ids, state=ModelState.CHAMPION)
    ).select_related("project")
    bases = Pretraining.objects.filter(project__in=[project.pk, *ids]).exclude(weights="")
    found = [
        Option(
            StartKind.MODEL, one.pk, one.number, one.project_id, one.project.name,
            one.state == ModelState.CHAMPION, one.created_at,
        )
        for one in models.order_by("-pk")[:MOST_OPTIONS]
        if can_begin(one)
    ]  # fmt: skip
    found += [
        Option(
            StartKind.PRETRAINING, one.pk, one.pk, one.project_id, one.project.name, False,
            one.created_at,
        )
        for one in bases.select_related("project").defer("samples").order_by("-pk")[:MOST_OPTIONS]
    ]  # fmt: skip
    return sorted(found, key=lambda option: option.created_at, reverse=True)


def check_starts(user: "User | AnonymousUser", project: Project, starts: Sequence[Start]) -> None:
    """Refuse starts that `user` may not use for a run of `project`.

    Raises
    ------
    NotFound
        A model or a pre-training that there is not, or that the user may not see.
    Conflict
        Codes "start_of_other_lab", "other_task", "not_trainable", "not_pretrained".
    """
    for start in starts:
        if start.kind == StartKind.MODEL and start.id is not None:
            version = get_model_for(user, start.id)
            _check_source(project, version.project)
            if not can_begin(version):
                raise Conflict(
                    "not_trainable",
                    "A training cannot start from this model: it was brought in as it is, or is a "
                    "regression without a network.",
                )
        elif start.kind == StartKind.PRETRAINING and start.id is not None:
            base = get_pretraining_for(user, start.id)
            _check_source(project, base.project)
            if not base.weights:
                raise Conflict(
                    "not_pretrained", "This pre-training is not done. Wait for it, or start anew."
                )


def _check_source(project: Project, source: Project) -> None:
    if source.lab_id != project.lab_id:
        raise Conflict(
            "start_of_other_lab",
            "Runs start from models of their own lab only. Export it there and bring it in here.",
        )
    if source.task_kind != project.task_kind:
        raise Conflict(
            "other_task",
            f"It is made for {source.task_kind}, the project is one of {project.task_kind}.",
        )
