"""Read the queue: what is open, who did what, and why there is nothing to do."""

from dataclasses import asdict, dataclass

from django.db.models import Count, Exists, OuterRef, Q, Sum

from annotations.accounts.models import User
from annotations.crowdsourcing.agreement import krippendorff_alpha
from annotations.crowdsourcing.fusion import compare_answers, list_votes
from annotations.crowdsourcing.models import Assignment, AssignmentState, Consensus
from annotations.labels.geometry import locate_objects
from annotations.labels.models import Annotation, AnnotationState
from annotations.labels.selectors import read_blob
from annotations.projects.models import Project, Sample, SampleState, TaskKind
from core.errors import NotFound

REASONS = {
    "project_archived": "This project is archived. Its manager can open it again.",
    "no_samples": "This project has no images yet. Upload some under Data.",
    "all_labelled": "Everything in this project is labelled. Thank you!",
    "all_leased": "Others are working on all that is left. Come back in a few minutes.",
    "all_seen_by_you": "You have answered or skipped all that is left; others have to do the rest.",
    "waiting_for_round": "All that was chosen is labelled. The next round brings more: look in "
    "again in a few minutes, or ask the manager to start it.",
    "not_an_annotator": "You may look at this project but not annotate. Ask its manager.",
}


@dataclass(frozen=True)
class EmptyReason:
    """Why there is nothing to do: a stable code and a sentence."""

    code: str
    detail: str


@dataclass(frozen=True)
class QueueState:
    """How full a project's queue is.

    Attributes
    ----------
    open : int
        Answers that may still be claimed.
    leased : int
        Samples that people hold now.
    empty_reason : EmptyReason or None
        Why nobody would be served; None while something is open.
    """

    open: int
    leased: int
    empty_reason: EmptyReason | None


@dataclass(frozen=True)
class AnnotatorStats:
    """What one person did in a project.

    Attributes
    ----------
    user : User
        Who.
    submitted, objects : int
        Answers, and objects in them.
    seconds : float
        Time they took.
    operations : int
        Edits they took; an undo counts, a repeat that was sent twice does not.
    agreement : float or None
        Mean agreement of the samples that others answered too.
    """

    user: User
    submitted: int
    objects: int
    seconds: float
    operations: int
    agreement: float | None


def reason(code: str) -> EmptyReason:
    """Return an empty queue's reason by its code."""
    return EmptyReason(code, REASONS[code])


def peek_next(project: Project, user: User) -> Sample | None:
    """Return the sample that `user` would probably be given next; nothing is leased by looking.

    Somebody else may take it first, so that a page may only warm up with it.
    """
    if project.archived_at is not None:
        return None
    held = Assignment.objects.filter(
        sample=OuterRef("pk"),
        user=user,
        state__in=[AssignmentState.ACTIVE, AssignmentState.SUBMITTED, AssignmentState.SKIPPED],
    )
    queued = Sample.objects.filter(project=project, state=SampleState.QUEUED, open_slots__gt=0)
    wanted = queued.filter(~Exists(held)).order_by("-priority", "pk")
    return wanted.select_related("image__dataset").first()


def explain_empty_queue(project: Project, user: User | None = None) -> EmptyReason:
    """Say why there is nothing for `user` (for anybody, where none is given)."""
    if project.archived_at is not None:
        return reason("project_archived")
    counts = Sample.objects.filter(project=project).aggregate(
        total=Count("pk"),
        pool=Count("pk", filter=Q(state=SampleState.POOL)),
        queued=Count("pk", filter=Q(state=SampleState.QUEUED)),
        open=Count("pk", filter=Q(state=SampleState.QUEUED, open_slots__gt=0)),
    )
    if not counts["total"]:
        return reason("no_samples")
    if counts["open"] and user is not None:
        return reason("all_seen_by_you")
    if counts["queued"]:
        return reason("all_leased")
    return reason("waiting_for_round" if counts["pool"] else "all_labelled")


def get_queue_state(project: Project) -> QueueState:
    """Return how many answers are open and leased, and why nobody is served if so."""
    open_slots = (
        (
            Sample.objects.filter(
                project=project, state=SampleState.QUEUED, open_slots__gt=0
            ).aggregate(total=Sum("open_slots"))["total"]
        )
        or 0
    )
    leased = Assignment.objects.filter(
        sample__project=project, state=AssignmentState.ACTIVE
    ).count()
    return QueueState(open_slots, leased, None if open_slots else explain_empty_queue(project))


def list_annotator_stats(project: Project) -> list[AnnotatorStats]:
    """Return what each annotator did, the most answers first."""
    rows = (
        Annotation.objects.filter(
            sample__project=project, state=AnnotationState.SUBMITTED, is_correction=False
        )
        .values("user")
        .annotate(
            submitted=Count("pk"),
            drawn=Sum("n_objects"),
            time=Sum("seconds"),
            edits=Sum("n_operations"),
        )
        .order_by("-submitted", "user")
    )
    agreement = _mean_agreements(project)
    users = User.objects.in_bulk([row["user"] for row in rows])
    return [
        AnnotatorStats(
            user=users[row["user"]],
            submitted=row["submitted"],
            objects=row["drawn"] or 0,
            seconds=row["time"] or 0.0,
            operations=row["edits"] or 0,
            agreement=agreement.get(row["user"]),
        )
        for row in rows
    ]


def get_newest_consensus(sample: Sample) -> Consensus:
    """Return the newest consensus of a sample.

    Raises
    ------
    NotFound
        It has not been computed yet.
    """
    consensus = Consensus.objects.filter(sample=sample).order_by("-version").first()
    if consensus is None:
        raise NotFound("consensus")
    if consensus.key and not consensus.objects_found:
        # One person's answer was taken as it is, without looking into it.
        labels = read_blob(consensus.key, sample)
        consensus.objects_found = [
            {
                **asdict(place),
                "class_index": consensus.object_classes.get(str(place.id)),
                "votes": 1,
                "confidence": 1.0,
                "is_disputed": False,
            }
            for place in locate_objects(labels)
        ]
    return consensus


def get_cell_agreement(sample: Sample) -> Consensus:
    """Return the newest consensus of a sample with how far people agree about each cell.

    Raises
    ------
    NotFound
        There is no consensus yet.
    """
    consensus = Consensus.objects.filter(sample=sample).order_by("-version").first()
    if consensus is None:
        raise NotFound("consensus")
    if consensus.cell_agreement is None:
        # One person alone, or a consensus that was made before cells were compared.
        votes = list_votes(sample)
        several = len(votes) > 1 and sample.project.task_kind != TaskKind.CLASSIFICATION
        nothing = {"n_cells": 0, "n_disputed": 0, "cells": []}
        consensus.cell_agreement = compare_answers(sample, votes) if several else nothing
    return consensus


def get_class_reliability(project: Project) -> float | None:
    """Return Krippendorff's alpha of a classification project; None where nobody overlaps."""
    votes = Annotation.objects.filter(
        sample__project=project,
        state=AnnotationState.SUBMITTED,
        is_correction=False,
        class_index__isnull=False,
    ).values_list("sample_id", "class_index")
    by_sample: dict[int, list[int]] = {}
    for sample_id, index in votes:
        if index is not None:
            by_sample.setdefault(sample_id, []).append(index)
    return krippendorff_alpha(list(by_sample.values()))


def _mean_agreements(project: Project) -> dict[int, float]:
    pairs = (
        Annotation.objects.filter(
            sample__project=project,
            sample__agreement__isnull=False,
            state=AnnotationState.SUBMITTED,
            is_correction=False,
        )
        .values_list("user")
        .annotate(total=Sum("sample__agreement"), n=Count("pk"))
    )
    return {user: total / n for user, total, n in pairs}
