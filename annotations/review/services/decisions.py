"""What reviewers decide."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from annotations.accounts.models import User
from annotations.crowdsourcing import services as crowd
from annotations.crowdsourcing.models import Assignment, AssignmentState, Consensus
from annotations.labels.services import reopen_annotation
from annotations.projects.models import Sample, SampleState
from annotations.review.models import GroundTruth, GroundTruthSource, Review, ReviewDecision
from annotations.review.selectors import get_submitted_answer
from annotations.review.services.notes import PlacedNote, place_notes
from annotations.review.services.truth import accept_annotation, accept_consensus, lock_sample
from core import audit
from core.errors import Conflict


def accept(sample: Sample, reviewer: User, *, note: str = "") -> GroundTruth:
    """Make the newest consensus the ground truth.

    Raises
    ------
    DomainError
        Code "nothing_to_accept": nobody has answered yet.
    """
    with transaction.atomic():
        lock_sample(sample)
        consensus = Consensus.objects.filter(sample=sample).order_by("-version").first()
        if consensus is None:
            raise Conflict(
                "nothing_to_accept", "Nobody has answered this sample yet. Label it first."
            )
        votes = list(consensus.annotations.all()[:2])
        consensus.sample = sample
        truth = accept_consensus(consensus, votes, source=GroundTruthSource.REVIEW, user=reviewer)
        record_review(sample, reviewer, ReviewDecision.ACCEPT, note=note, truth=truth)
    return truth


def accept_answer(
    sample: Sample, reviewer: User, *, annotation_id: uuid.UUID, note: str = ""
) -> GroundTruth:
    """Make one person's answer the ground truth.

    Raises
    ------
    NotFound
        The sample has no such submitted answer.
    """
    with transaction.atomic():
        lock_sample(sample)
        annotation = get_submitted_answer(sample, annotation_id)
        truth = accept_annotation(sample, annotation, user=reviewer)
        record_review(sample, reviewer, ReviewDecision.ACCEPT_ANSWER, note=note, truth=truth)
    return truth


def send_back(
    sample: Sample,
    reviewer: User,
    *,
    annotation_ids: Sequence[uuid.UUID] = (),
    note: str = "",
    notes: Sequence[PlacedNote] = (),
) -> None:
    """Have a sample labelled again.

    The answers that are named (all of them, where none is) become drafts again, with the
    reviewer's note and the notes on the picture; whoever made them may go on with them, or
    somebody new gets the sample. What had been submitted stays in the audit trail.

    Raises
    ------
    NotFound
        The sample has no such submitted answer.
    DomainError
        Code "bad_note": see `place_notes`.
    """
    with transaction.atomic():
        lock_sample(sample)
        answers = [get_submitted_answer(sample, pk) for pk in dict.fromkeys(annotation_ids)]
        answers = answers or crowd.list_votes(sample)
        for annotation in answers:
            data: dict[str, object] = {"key": annotation.key, "version": annotation.version}
            audit.record("annotation.sent_back", annotation, actor=reviewer, data=data)
            reopen_annotation(annotation, note=note, by=reviewer)
        given_back = Q(annotation__in=answers, state=AssignmentState.SUBMITTED)
        if not annotation_ids:
            given_back |= Q(sample=sample, state=AssignmentState.SKIPPED)
        Assignment.objects.filter(given_back).update(state=AssignmentState.RETURNED)
        GroundTruth.objects.filter(sample=sample, is_current=True).update(is_current=False)
        Sample.objects.filter(pk=sample.pk).update(state=SampleState.QUEUED, agreement=None)
        crowd.recount_slots([sample.pk])
        review = record_review(sample, reviewer, ReviewDecision.SEND_BACK, note=note)
        place_notes(review, answers, notes)
    sample.refresh_from_db()


def record_review(
    sample: Sample,
    reviewer: User,
    decision: str,
    *,
    note: str = "",
    truth: GroundTruth | None = None,
) -> Review:
    """Store what a reviewer decided."""
    return Review.objects.create(
        sample=sample, reviewer=reviewer, decision=decision, note=note, ground_truth=truth
    )
