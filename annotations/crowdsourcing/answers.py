"""An annotator's answer comes in: it counts, or is kept as an extra vote; it is never refused."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from annotations.accounts.models import User
from annotations.crowdsourcing.models import Assignment, AssignmentState
from annotations.crowdsourcing.queue import recount_slots
from annotations.labels.models import Annotation, AnnotationState
from annotations.labels.services import SubmittedAnswer, finish_annotation
from annotations.projects.models import Sample, SampleState
from core.errors import Conflict

DECIDED = (SampleState.IN_REVIEW, SampleState.ACCEPTED)


@dataclass(frozen=True)
class Submission:
    """What became of an answer.

    Attributes
    ----------
    annotation : Annotation
        The submitted answer, with its sample.
    changes_consensus : bool
        Whether the sample has all the answers now that its project asks for, or had them before
        and got an extra vote.
    """

    annotation: Annotation
    changes_consensus: bool


def submit(draft: Annotation, user: User, *, answer: SubmittedAnswer, now: datetime) -> Submission:
    """Close a draft and count it.

    The answer counts when the person still holds the sample, or gave it up and nobody else has
    taken it since. Otherwise it is kept as an extra vote: it has its say in the consensus, but
    takes nobody's place. A repeat changes nothing and is answered as the first time.

    The fencing token of the request need not be compared: whether this person's lease still
    stands is what the assignment's row says, and an older token of the same person and sample
    belongs to the same draft.

    Raises
    ------
    DomainError
        "no_answer", "unknown_class"; "not_assigned" for a draft that was never leased.
    """
    with transaction.atomic(savepoint=False):
        sample = (
            Sample.objects.select_for_update(of=("self",), no_key=True)
            .select_related("project")
            .get(pk=draft.sample_id)
        )
        annotation = Annotation.objects.select_for_update(no_key=True).get(pk=draft.pk)
        annotation.sample = sample
        if annotation.state == AnnotationState.SUBMITTED:
            return Submission(annotation, changes_consensus=False)
        assignment = Assignment.objects.filter(sample=sample, user=user).first()
        if assignment is None:
            raise Conflict(
                "not_assigned", "You were not asked about this sample. Claim the next one."
            )
        holds = assignment.state == AssignmentState.ACTIVE
        free = sample.state == SampleState.QUEUED and sample.open_slots > 0
        finish_annotation(annotation, answer, extra_vote=not (holds or free), now=now)
        Assignment.objects.filter(pk=assignment.pk).update(
            state=AssignmentState.SUBMITTED, annotation=annotation, ended_at=now
        )
        if not holds:
            recount_slots([sample.pk])
        is_complete = not annotation.extra_vote and _has_enough_answers(sample)
        if is_complete:
            sample.state = SampleState.ANSWERED
            sample.open_slots = 0
            sample.save(update_fields=["state", "open_slots"])
        is_late_vote = annotation.extra_vote and sample.state in DECIDED
    return Submission(annotation, changes_consensus=is_complete or is_late_vote)


def _has_enough_answers(sample: Sample) -> bool:
    if sample.state != SampleState.QUEUED:
        return False
    overlap = sample.project.overlap
    if overlap == 1:
        return True
    counted = Assignment.objects.filter(
        sample=sample, state=AssignmentState.SUBMITTED, annotation__extra_vote=False
    )
    return counted.count() >= overlap
