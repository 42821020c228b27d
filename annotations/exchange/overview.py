"""A project at a glance: how far it is, who did what, and what to do next."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from annotations.crowdsourcing.selectors import (
    AnnotatorStats,
    EmptyReason,
    QueueState,
    get_queue_state,
    list_annotator_stats,
)
from annotations.images.models import Image, ImageStatus
from annotations.projects.access import allows
from annotations.projects.models import (
    LabelClass,
    Project,
    ProjectRole,
    Sample,
    SampleState,
    TaskKind,
)
from annotations.review.models import GroundTruth
from core.jobs.models import LIVE_STATES, Job


@dataclass(frozen=True)
class SampleCounts:
    """How many samples stand where. `by_split` counts all, `accepted_by_split` the accepted."""

    pool: int
    queued: int
    answered: int
    in_review: int
    accepted: int
    total: int
    by_split: dict[str, int]
    accepted_by_split: dict[str, int]


@dataclass(frozen=True)
class ClassCount:
    """How many objects (or samples, in a classification) of the ground truth are of a class."""

    index: int
    name: str
    color: str
    n: int


@dataclass(frozen=True)
class NextStep:
    """What the reader should do next: a stable code, a sentence and the page for it."""

    code: str
    detail: str
    href: str


@dataclass(frozen=True)
class Overview:
    """All of it."""

    samples: SampleCounts
    images: int
    class_counts: list[ClassCount]
    annotators: list[AnnotatorStats]
    queue: QueueState
    next_step: NextStep


def get_overview(project: Project, *, role: str) -> Overview:
    """Return the overview of a project for a reader with some role in it."""
    samples = _count_samples(project)
    pictures = Image.objects.filter(dataset__projects=project, trashed_at=None)
    queue = get_queue_state(project)
    waiting = pictures.filter(status=ImageStatus.QUEUED).exists() or _is_syncing(project)
    return Overview(
        samples=samples,
        images=pictures.count(),
        class_counts=_count_classes(project),
        annotators=list_annotator_stats(project),
        queue=queue,
        next_step=_next_step(project, samples, queue, role=role, is_waiting=waiting),
    )


def _count_samples(project: Project) -> SampleCounts:
    rows = (
        Sample.objects.filter(project=project)
        .values_list("state", "split")
        .annotate(n=Count("pk"))
        .order_by()
    )
    states: Counter[str] = Counter()
    splits: Counter[str] = Counter()
    accepted: Counter[str] = Counter()
    for state, split, n in rows:
        states[state] += n
        splits[split] += n
        if state == SampleState.ACCEPTED:
            accepted[split] += n
    return SampleCounts(
        pool=states[SampleState.POOL],
        queued=states[SampleState.QUEUED],
        answered=states[SampleState.ANSWERED],
        in_review=states[SampleState.IN_REVIEW],
        accepted=states[SampleState.ACCEPTED],
        total=sum(states.values()),
        by_split=dict(splits),
        accepted_by_split=dict(accepted),
    )


def _count_classes(project: Project) -> list[ClassCount]:
    truths = GroundTruth.objects.filter(sample__project=project, is_current=True)
    counts: Counter[int] = Counter()
    if project.task_kind == TaskKind.CLASSIFICATION and not project.multi_label:
        for index, n in truths.values_list("class_index").annotate(n=Count("pk")).order_by():
            if index is not None:
                counts[index] += n
    else:
        for objects in truths.values_list("object_classes", flat=True).iterator(500):
            counts.update(objects.values())
    classes = LabelClass.objects.filter(project=project)
    return [ClassCount(row.index, row.name, row.color, counts[row.index]) for row in classes]


def _is_syncing(project: Project) -> bool:
    return Job.objects.filter(project=project.pk, state__in=LIVE_STATES, queue="io").exists()


def _next_step(
    project: Project, samples: SampleCounts, queue: QueueState, *, role: str, is_waiting: bool
) -> NextStep:
    home = f"/projects/{project.pk}"
    task = "classify" if project.task_kind == TaskKind.CLASSIFICATION else "annotate"
    if project.archived_at is not None:
        return NextStep("archived", "This project is archived; nobody is asked any more.", home)
    if not samples.total and is_waiting:
        return NextStep("preparing", "The pictures are being prepared. This takes a moment.", home)
    if not samples.total:
        return _fill_up(project, home)
    if samples.in_review and allows(role, ProjectRole.REVIEWER):
        text = f"{samples.in_review} samples wait for a reviewer's decision."
        return NextStep("review", text, f"{home}/review")
    if queue.open and allows(role, ProjectRole.ANNOTATOR):
        text = f"{queue.open} answers are wanted. Start with the next sample."
        return NextStep("annotate", text, f"{home}/{task}")
    if samples.accepted == samples.total:
        return NextStep("done", "Everything is labelled. Look at the models.", f"{home}/models")
    if allows(role, ProjectRole.MANAGER) and not queue.open and not queue.leased:
        text = "The queue is empty. Train a model and start a round to choose what comes next."
        return NextStep("start_round", text, f"{home}/models")
    reason = queue.empty_reason or EmptyReason("look", "Others are at work on this project.")
    return NextStep(reason.code, reason.detail, home)


def _fill_up(project: Project, home: str) -> NextStep:
    if not project.datasets.exists():
        text = "The project has no pictures yet. Choose a data set, or upload pictures."
        return NextStep("add_data", text, f"{home}/data")
    if project.sample_unit == "cell":
        text = (
            "No cells were found. Upload masks beside the pictures, or outline the cells in an "
            "instance project on the same data set first."
        )
        return NextStep("no_cells", text, f"{home}/data")
    return NextStep("upload", "The data sets are empty. Upload pictures.", f"{home}/data")
