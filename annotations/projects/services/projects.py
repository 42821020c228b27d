"""Make, change and archive projects."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from annotations.accounts.models import Lab, User
from annotations.datasets.models import DataSet
from annotations.projects.models import (
    AVAILABLE_TASK_KINDS,
    Project,
    ProjectMembership,
    ProjectRole,
    TaskKind,
)
from annotations.projects.policy import (
    CrowdPolicy,
    LoopPolicy,
    changed_crowd_policy,
    changed_loop_policy,
    default_crowd_policy,
)
from annotations.projects.services.classes import ClassValues, set_classes
from core import audit
from core.errors import DomainError
from core.jobs.services import enqueue

SYNC_JOB = "annotations.sync_project"
DEFAULT_CLASSES = (ClassValues(name="cell", key="1"),)


@dataclass(frozen=True)
class NewProject:
    """What a project is made from.

    Attributes
    ----------
    name : str
        Shown everywhere.
    task_kind : str
        A `TaskKind` that is available.
    datasets : sequence of int
        Data sets of the same lab.
    instructions : str
        For annotators.
    classes : sequence of ClassValues
        At least two for a classification; one class "cell" where an instance project has none.
    overlap : int
        How many people answer each sample.
    sample_unit : {"image", "cell"}
        What is asked about; cells only for a classification.
    use_reference_masks : {"none", "holdout", "all"}
        Which masks that came with pictures are taken as ground truth.
    partial_labels : bool
        Whether unpainted pixels are unknown, not background; only for a semantic segmentation.
    multi_label : bool
        Whether a sample may have several classes, or none; only for a classification.
    """

    name: str
    task_kind: str
    datasets: Sequence[int] = ()
    instructions: str = ""
    classes: Sequence[ClassValues] = ()
    overlap: int = 1
    sample_unit: str = "image"
    use_reference_masks: str = "holdout"
    partial_labels: bool = False
    multi_label: bool = False


@dataclass(frozen=True)
class ProjectChanges:
    """What is to be changed of a project; None leaves a thing as it is."""

    name: str | None = None
    instructions: str | None = None
    datasets: Sequence[int] | None = None
    use_reference_masks: str | None = None
    classes: Sequence[ClassValues] | None = None
    policy: Mapping[str, object] = field(default_factory=dict)
    loop: Mapping[str, object] = field(default_factory=dict)
    archived: bool | None = None


def crowd_policy(project: Project) -> CrowdPolicy:
    """Return how the project gathers answers."""
    return CrowdPolicy(
        **{part.name: getattr(project, part.name) for part in dataclasses.fields(CrowdPolicy)}
    )


def loop_policy(project: Project) -> LoopPolicy:
    """Return how the project's rounds go; what is not set is as usual."""
    known = {part.name for part in dataclasses.fields(LoopPolicy)}
    return LoopPolicy(**{name: value for name, value in project.loop.items() if name in known})


@transaction.atomic
def create_project(lab: Lab, user: User, values: NewProject) -> Project:
    """Make a project that `user` manages; its samples are made by a job.

    Raises
    ------
    DomainError
        The kind is not available, the unit does not fit, a class or a data set is wrong.
    """
    _check_kind(values)
    policy = default_crowd_policy(overlap=values.overlap, sample_unit=values.sample_unit)
    project = Project.objects.create(
        lab=lab,
        name=values.name,
        task_kind=values.task_kind,
        instructions=values.instructions,
        sample_unit=values.sample_unit,
        use_reference_masks=values.use_reference_masks,
        partial_labels=values.partial_labels,
        multi_label=values.multi_label,
        loop=dataclasses.asdict(LoopPolicy()),
        created_by=user,
        **dataclasses.asdict(policy),
    )
    project.datasets.set(_datasets(lab.pk, values.datasets))
    set_classes(project, values.classes or DEFAULT_CLASSES)
    ProjectMembership.objects.create(project=project, user=user, role=ProjectRole.MANAGER)
    audit.record("project.created", project, actor=user)
    _sync_later(project)
    return project


@transaction.atomic
def update_project(
    project: Project, changes: ProjectChanges, *, actor: User, now: datetime
) -> Project:
    """Change a project; its samples and its queue follow by a job.

    Raises
    ------
    DomainError
        The policy does not work, or a class or a data set is wrong.
    """
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    crowd = changed_crowd_policy(crowd_policy(project), changes.policy)
    loop = changed_loop_policy(loop_policy(project), changes.loop)
    for name, value in dataclasses.asdict(crowd).items():
        setattr(project, name, value)
    project.loop = dataclasses.asdict(loop)
    for name in ("name", "instructions", "use_reference_masks"):
        value = getattr(changes, name)
        if value is not None:
            setattr(project, name, value)
    if changes.archived is not None:
        project.archived_at = (project.archived_at or now) if changes.archived else None
    project.save()
    if changes.datasets is not None:
        project.datasets.set(_datasets(project.lab_id, changes.datasets))
    if changes.classes is not None:
        set_classes(project, changes.classes)
    changed = {
        name: value
        for name, value in dataclasses.asdict(changes).items()
        if value not in (None, {})
    }
    audit.record("project.changed", project, actor=actor, data=changed)
    _sync_later(project)
    return project


def archive_project(project: Project, *, actor: User, now: datetime) -> None:
    """Put a project away: nobody is asked any more, nothing is lost, and it can be brought back."""
    update_project(project, ProjectChanges(archived=True), actor=actor, now=now)


def _check_kind(values: NewProject) -> None:
    if values.task_kind not in AVAILABLE_TASK_KINDS:
        raise DomainError(
            "kind_not_available",
            f"Projects of the kind {values.task_kind} are not available yet. Choose "
            f"{' or '.join(AVAILABLE_TASK_KINDS)}.",
        )
    is_classification = values.task_kind == TaskKind.CLASSIFICATION
    _check_options(values)
    if values.sample_unit == "cell" and not is_classification:
        raise DomainError(
            "unit_does_not_fit", "Only a classification asks about single cells. Choose images."
        )
    least = 2 if is_classification and not values.multi_label else 1
    if is_classification and len(values.classes) < least:
        raise DomainError(
            "too_few_classes", "A classification needs at least two classes. Add another one."
        )


def _check_options(values: NewProject) -> None:
    if values.multi_label and values.task_kind != TaskKind.CLASSIFICATION:
        raise DomainError(
            "option_does_not_fit",
            "Several classes for one sample fit a classification only. Leave multi_label out.",
        )
    if not values.partial_labels:
        return
    if values.task_kind != TaskKind.SEMANTIC:
        raise DomainError(
            "option_does_not_fit",
            "Partial labels fit a semantic segmentation only. Leave partial_labels out.",
        )
    if len(values.classes) < 2:
        raise DomainError(
            "too_few_classes",
            "Where unpainted pixels are unknown, nothing is background: add a class for it.",
        )


def _datasets(lab_id: int, ids: Sequence[int]) -> list[DataSet]:
    found = list(DataSet.objects.filter(pk__in=ids, lab=lab_id, trashed_at=None))
    missing = sorted(set(ids) - {dataset.pk for dataset in found})
    if missing:
        raise DomainError(
            "no_such_dataset",
            f"The project's lab has no data set {', '.join(map(str, missing))}. Choose others.",
        )
    return found


def _sync_later(project: Project) -> None:
    enqueue(SYNC_JOB, project.pk, project=project.pk)
