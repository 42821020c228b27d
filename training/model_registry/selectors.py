"""Read model versions and what was measured; the locked test split only where it was looked at."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import F, Prefetch, QuerySet

from annotations.models import Project, ProjectRole, Split
from annotations.projects.selectors import get_part_for, get_project_for
from core.errors import DomainError, NotFound
from training.model_registry.comparison import ModelComparison, compare_models
from training.model_registry.models import Evaluation, ModelExport, ModelImport, ModelVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from annotations.models import User

MOST_COMPARED = 8


def open_evaluations() -> QuerySet[Evaluation]:
    """Return the evaluations that may be shown: a test split's only after a look."""
    return Evaluation.objects.exclude(split=Split.TEST, looks=0)


def list_models(user: "User | AnonymousUser", project_id: int) -> QuerySet[ModelVersion]:
    """Return the model versions of a project that `user` may see."""
    project = get_project_for(user, project_id)
    return _with_evaluations().filter(project=project)


def get_model_for(
    user: "User | AnonymousUser", pk: int, *, at_least: str = ProjectRole.VIEWER
) -> ModelVersion:
    """Return a model version of a project in which `user` has at least the role `at_least`.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    Forbidden
        The user may see it, but has too low a role.
    """
    rows = _with_evaluations().select_related("project", "run__snapshot")
    return get_part_for(user, rows, pk, at_least=at_least, what="model")


def list_exports(user: "User | AnonymousUser", pk: int) -> QuerySet[ModelExport]:
    """Return the packages of a model version that `user` may see."""
    version = get_model_for(user, pk)
    return ModelExport.objects.filter(model_version=version).select_related("job")


def get_export_for(user: "User | AnonymousUser", pk: int) -> ModelExport:
    """Return a package of a model version that `user` may see.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    """
    rows = ModelExport.objects.select_related("job", "model_version").annotate(
        project_id=F("model_version__project_id")
    )
    return get_part_for(user, rows, pk, at_least=ProjectRole.VIEWER, what="model package")


def list_imports(user: "User | AnonymousUser", project_id: int) -> QuerySet[ModelImport]:
    """Return the files that were brought into a project as models."""
    project = get_project_for(user, project_id)
    return ModelImport.objects.filter(project=project).select_related("job")


def get_metrics(version: ModelVersion) -> dict[str, dict[str, float]]:
    """Return what may be shown of a version: split to named numbers."""
    shown = sorted(version.evaluations.all(), key=lambda evaluation: evaluation.pk)
    return {evaluation.split: evaluation.metrics for evaluation in shown}


def count_looks(version: ModelVersion) -> int:
    """Return how often somebody looked at the version's test score."""
    return sum(e.looks for e in version.evaluations.all() if e.split == Split.TEST)


def _with_evaluations() -> QuerySet[ModelVersion]:
    return ModelVersion.objects.prefetch_related(
        Prefetch("evaluations", open_evaluations().defer("per_image"))
    )


def get_comparison(project: Project, models: Sequence[int]) -> ModelComparison:
    """Return models of a project, which the reader may see, side by side.

    The test split is compared where every one of them was looked at on it, else the validation
    split.

    Raises
    ------
    NotFound
        One of the models is not the project's.
    DomainError
        Code "nothing_to_compare": fewer than two models, or too many.
    """
    wanted = list(dict.fromkeys(models))
    if not 2 <= len(wanted) <= MOST_COMPARED:
        raise DomainError(
            "nothing_to_compare", f"Choose 2 to {MOST_COMPARED} models of the project."
        )
    found = ModelVersion.objects.filter(project=project).in_bulk(wanted)
    if len(found) < len(wanted):
        raise NotFound("model")
    by_split: dict[str, dict[int, Evaluation]] = {Split.TEST: {}, Split.VALIDATION: {}}
    for evaluation in open_evaluations().filter(model_version__in=wanted).order_by("pk"):
        if evaluation.model_version_id is not None and evaluation.split in by_split:
            by_split[evaluation.split][evaluation.model_version_id] = evaluation
    split = Split.TEST if len(by_split[Split.TEST]) == len(wanted) else Split.VALIDATION
    versions = [found[pk] for pk in wanted]
    return compare_models(versions, by_split[split], split=split.value)
