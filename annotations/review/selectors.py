"""Read ground truth and what awaits review; the test split's truth stays with reviewers."""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from annotations.images.models import Split
from annotations.labels.models import Annotation, AnnotationState
from annotations.labels.selectors import get_annotation_for, get_own_annotation
from annotations.projects.access import allows
from annotations.projects.models import Project, ProjectRole, Sample, SampleState
from annotations.projects.selectors import get_role, get_sample_for, with_answers
from annotations.review.models import GroundTruth, ReviewNote
from core.errors import NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from annotations.accounts.models import User


def get_current_ground_truth(sample: Sample) -> GroundTruth | None:
    """Return the ground truth that counts now; None where there is none."""
    return GroundTruth.objects.filter(sample=sample, is_current=True).first()


def list_ground_truths(project: Project, *, splits: Iterable[str]) -> QuerySet[GroundTruth]:
    """Return the current ground truths of the samples in some splits, in the samples' order."""
    return (
        GroundTruth.objects.filter(
            sample__project=project, sample__split__in=list(splits), is_current=True
        )
        .select_related("sample__image")
        .order_by("sample_id")
    )


def get_ground_truth_for(user: "User | AnonymousUser", sample_id: int) -> GroundTruth:
    """Return the ground truth of a sample, if `user` may see it.

    Raises
    ------
    NotFound
        There is none; or the sample is of the test split and the user does not review.
    """
    sample = get_sample_for(user, sample_id)
    truth = get_current_ground_truth(sample)
    role = get_role(user, sample.project)
    hidden = sample.split == Split.TEST and not (role and allows(role, ProjectRole.REVIEWER))
    if truth is None or hidden:
        raise NotFound("ground truth")
    truth.sample = sample
    return truth


def list_review_queue(project: Project) -> QuerySet[Sample]:
    """Return the samples that wait for a reviewer, the least agreed first."""
    return with_answers(Sample.objects.filter(project=project, state=SampleState.IN_REVIEW))


def get_submitted_answer(sample: Sample, annotation_id: uuid.UUID) -> Annotation:
    """Return a submitted answer of a sample.

    Raises
    ------
    NotFound
        The sample has no such submitted answer.
    """
    annotation = Annotation.objects.filter(
        pk=annotation_id, sample=sample, state=AnnotationState.SUBMITTED
    ).first()
    if annotation is None:
        raise NotFound("submitted answer")
    return annotation


def list_notes(user: "User | AnonymousUser", annotation_id: uuid.UUID) -> QuerySet[ReviewNote]:
    """Return the notes on an answer, oldest first: for whoever gave it, and for reviewers.

    Raises
    ------
    NotFound
        There is no such annotation, or the user may not see it.
    """
    annotation = get_annotation_for(user, annotation_id)
    notes = ReviewNote.objects.filter(annotation=annotation)
    return notes.select_related("review__reviewer").order_by("pk")


def get_own_note(user: "User | AnonymousUser", pk: int) -> ReviewNote:
    """Return a note on an answer of `user`.

    Raises
    ------
    NotFound
        There is none, or the user may not see it.
    Forbidden
        It is on somebody else's answer.
    """
    note = ReviewNote.objects.select_related("review__reviewer").filter(pk=pk).first()
    if note is None:
        raise NotFound("note")
    try:
        get_own_annotation(user, note.annotation_id)
    except NotFound as error:
        raise NotFound("note") from error
    return note
