"""A reviewer's own answer: it starts from what others agreed on or drew, and becomes the truth."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction

from annotations.accounts.models import User
from annotations.crowdsourcing import services as crowd
from annotations.crowdsourcing.models import Consensus
from annotations.labels.models import Annotation, AnnotationState
from annotations.labels.selectors import get_open_correction
from annotations.labels.services import SubmittedAnswer, finish_annotation, open_correction
from annotations.projects.models import Sample
from annotations.review.models import GroundTruth, ReviewDecision
from annotations.review.selectors import get_current_ground_truth, get_submitted_answer
from annotations.review.services.decisions import record_review
from annotations.review.services.truth import accept_annotation, lock_sample
from core.errors import Conflict, NotFound


class StartKind(models.TextChoices):
    """What a correction may start from."""

    CONSENSUS = "consensus"
    ANSWER = "answer"
    GROUND_TRUTH = "ground_truth"


@dataclass(frozen=True)
class CorrectionStart:
    """What a reviewer chose to start from.

    Attributes
    ----------
    kind : str
        One of `StartKind`.
    annotation_id : UUID or None
        The answer, for that kind.
    """

    kind: str
    annotation_id: uuid.UUID | None = None


def correct(
    sample: Sample, reviewer: User, *, start: CorrectionStart | None = None, anew: bool = False
) -> Annotation:
    """Open a reviewer's draft; submitting it makes it the ground truth.

    A draft that was begun is gone on with. Where nothing is chosen, a new one starts from the
    ground truth, else the consensus, else the newest answer.

    Parameters
    ----------
    sample : Sample
        What is corrected.
    reviewer : User
        Who corrects it.
    start : CorrectionStart, optional
        What to start from.
    anew : bool
        Start anew, also where a correction was begun; that one is kept, but not gone on with.

    Raises
    ------
    NotFound
        There is nothing of the kind to start from.
    DomainError
        Code "correction_begun": there is an edited draft that starts from something else.
    """
    with transaction.atomic():
        lock_sample(sample)
        source = _find(sample, start) if start else _best(sample)
        key = source.key if source else ""
        draft = get_open_correction(sample, reviewer)
        fits = draft is not None and (start is None or draft.start_key == key)
        if draft is not None and draft.version and not fits and not anew:
            raise Conflict(
                "correction_begun",
                "You have begun a correction that starts from something else. Go on with it, or "
                "start anew.",
                extra={"operations": draft.version},
            )
        if draft is None or not fits or anew:
            classes = dict(source.object_classes) if source else {}
            draft = open_correction(sample, reviewer, start_key=key, classes=classes)
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
        record_review(sample, user, ReviewDecision.CORRECT, truth=truth)
    return annotation


def _find(sample: Sample, start: CorrectionStart) -> GroundTruth | Consensus | Annotation:
    found: GroundTruth | Consensus | Annotation | None
    if start.kind == StartKind.ANSWER and start.annotation_id is not None:
        found = get_submitted_answer(sample, start.annotation_id)
    elif start.kind == StartKind.GROUND_TRUTH:
        found = get_current_ground_truth(sample)
    else:
        found = _newest_consensus(sample)
    if found is None:
        raise NotFound(StartKind(start.kind).label.lower())
    return found


def _best(sample: Sample) -> GroundTruth | Consensus | Annotation | None:
    return (
        get_current_ground_truth(sample)
        or _newest_consensus(sample)
        or next(iter(reversed(crowd.list_votes(sample))), None)
    )


def _newest_consensus(sample: Sample) -> Consensus | None:
    return Consensus.objects.filter(sample=sample).order_by("-version").first()
