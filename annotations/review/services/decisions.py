"""What reviewers decide."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from annotations.accounts.models import User
from annotations.crowdsourcing import services as crowd
from annotations.crowdsourcing.models import Assignment, AssignmentState, Consensus
from annotations.labels.models import Annotation, AnnotationState
from annotations.labels.services import (
    SubmittedAnswer,
    finish_annotation,
    open_correction,
    reopen_annotation,
)
from annotations.projects.models import Sample, SampleState
from annotations.review.models import GroundTruth, GroundTruthSource, Review, ReviewDecision
from annotations.review.selectors import get_current_ground_truth
from annotations.review.services.truth import accept_annotation, accept_consensus, lock_sample
from core import audit
from core.errors import Conflict, NotFound


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
        _note(sample, reviewer, ReviewDecision.ACCEPT, note=note, truth=truth)
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
        annotation = _answer(sample, annotation_id)
        truth = accept_annotation(sample, annotation, user=reviewer)
        _note(sample, reviewer, ReviewDecision.ACCEPT_ANSWER, note=note, truth=truth)
    return truth


def send_back(
    sample: Sample, reviewer: User, *, annotation_id: uuid.UUID | None = None, note: str = ""
) -> None:
    """Have a sample labelled again.

    The answer that is named (all of them, where none is) becomes a draft again, with the
    reviewer's note; whoever made it may go on with it, or somebody new gets the sample. What had
    been submitted stays in the audit trail.

    Raises
    ------
    NotFound
        The sample has no such submitted answer.
    """
    with transaction.atomic():
        lock_sample(sample)
        if annotation_id is None:
            answers = crowd.list_votes(sample)
        else:
            answers = [_answer(sample, annotation_id)]
        for annotation in answers:
            data: dict[str, object] = {"key": annotation.key, "version": annotation.version}
            audit.record("annotation.sent_back", annotation, actor=reviewer, data=data)
            reopen_annotation(annotation, note=note)
        given_back = Q(annotation__in=answers, state=AssignmentState.SUBMITTED)
        if annotation_id is None:
            given_back |= Q(sample=sample, state=AssignmentState.SKIPPED)
        Assignment.objects.filter(given_back).update(state=AssignmentState.RETURNED)
        GroundTruth.objects.filter(sample=sample, is_current=True).update(is_current=False)
        Sample.objects.filter(pk=sample.pk).update(state=SampleState.QUEUED, agreement=None)
        crowd.recount_slots([sample.pk])
        _note(sample, reviewer, ReviewDecision.SEND_BACK, note=note, truth=None)
    sample.refresh_from_db()


def correct(sample: Sample, reviewer: User) -> Annotation:
    """Open a reviewer's draft; it starts from the ground truth, the consensus or the newest answer.

    Submitting it makes it the ground truth.
    """
    with transaction.atomic():
        lock_sample(sample)
        start = (
            get_current_ground_truth(sample)
            or Consensus.objects.filter(sample=sample).order_by("-version").first()
            or next(iter(reversed(crowd.list_votes(sample))), None)
        )
        draft = open_correction(
            sample,
            reviewer,
            start_key=start.key if start else "",
            classes=dict(start.object_classes) if start else {},
        )
    draft.sample = sample
    return draft


def submit_correction(
    draft: Annotation, user: User, *, answer: SubmittedAnswer, now: datetime
) -> Annotation:
    """Submit a reviewer's draft: it becomes the ground truth. Repeating it changes nothing."""
    with transaction.atomic():
        sample = (
            Sample.objects.select_for_update(of=("self",), no_key=True)
            .select_related("project", "image")
            .get(pk=draft.sample_id)
        )
        annotation = Annotation.objects.select_for_update(no_key=True).get(pk=draft.pk)
        annotation.sample = sample
        if annotation.state == AnnotationState.SUBMITTED:
            return annotation
        finish_annotation(annotation, answer, extra_vote=False, now=now)
        truth = accept_annotation(sample, annotation, user=user)
        _note(sample, user, ReviewDecision.CORRECT, note="", truth=truth)
    return annotation


def _answer(sample: Sample, annotation_id: uuid.UUID) -> Annotation:
    annotation = Annotation.objects.filter(
        pk=annotation_id, sample=sample, state=AnnotationState.SUBMITTED
    ).first()
    if annotation is None:
        raise NotFound("submitted answer")
    return annotation


def _note(
    sample: Sample, reviewer: User, decision: str, *, note: str, truth: GroundTruth | None
) -> None:
    Review.objects.create(
        sample=sample, reviewer=reviewer, decision=decision, note=note, ground_truth=truth
    )
