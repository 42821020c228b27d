"""Turn answers into ground truth: by rule or by a reviewer's decision."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.db.models import Max

from annotations.accounts.models import User
from annotations.crowdsourcing import fusion
from annotations.crowdsourcing import services as crowd
from annotations.crowdsourcing.models import Assignment, AssignmentState, Consensus
from annotations.labels import masks
from annotations.labels.models import Annotation, AnnotationState
from annotations.labels.selectors import read_labels
from annotations.labels.services import (
    SubmittedAnswer,
    finish_annotation,
    open_correction,
    put_labels,
    reopen_annotation,
)
from annotations.projects.models import AcceptRule, Sample, SampleState
from annotations.review.models import GroundTruth, GroundTruthSource, Review, ReviewDecision
from annotations.review.selectors import get_current_ground_truth
from core import audit
from core.errors import Conflict, NotFound
from core.jobs import services as jobs

CONSENSUS_JOB = "annotations.compute_consensus"


def submit_annotation(
    annotation: Annotation, user: User, *, answer: SubmittedAnswer, now: datetime
) -> Annotation:
    """Submit an answer; where it was the last one wanted, the sample's fate is decided.

    A correction becomes the ground truth at once. Submitting again changes nothing.

    Raises
    ------
    DomainError
        See `crowdsourcing.services.submit`.
    """
    if annotation.is_correction:
        return _submit_correction(annotation.pk, user, answer=answer, now=now)
    with transaction.atomic():
        submission = crowd.submit(annotation.pk, user, answer=answer, now=now)
        sample = submission.annotation.sample
        if submission.is_complete:
            settle_or_enqueue(sample)
    return submission.annotation


def settle_or_enqueue(sample: Sample) -> None:
    """Decide an answered sample at once where that is quick; otherwise let a job do it."""
    if fusion.needs_job(sample):
        jobs.enqueue(CONSENSUS_JOB, sample.pk, project=sample.project_id)
    else:
        settle(sample)


def settle(sample: Sample) -> None:
    """Compute the consensus of an answered sample, and accept it or send it to review."""
    consensus = crowd.compute_consensus(sample)
    while consensus is not None:
        with transaction.atomic():
            locked = Sample.objects.select_for_update().get(pk=sample.pk)
            if fusion.is_newest(consensus):
                _decide(sample, locked, consensus)
                return
        consensus = crowd.compute_consensus(sample)


def accept(sample: Sample, reviewer: User, *, note: str = "") -> GroundTruth:
    """Make the newest consensus the ground truth.

    Raises
    ------
    DomainError
        Code "nothing_to_accept": nobody has answered yet.
    """
    with transaction.atomic():
        _lock(sample)
        consensus = Consensus.objects.filter(sample=sample).order_by("-version").first()
        if consensus is None:
            raise Conflict(
                "nothing_to_accept", "Nobody has answered this sample yet. Label it first."
            )
        truth = _accept_consensus(sample, consensus, source=GroundTruthSource.REVIEW, user=reviewer)
        _note(sample, reviewer, ReviewDecision.ACCEPT, note=note, truth=truth)
    return truth


def accept_answer(
    sample: Sample, reviewer: User, *, annotation_id: object, note: str = ""
) -> GroundTruth:
    """Make one person's answer the ground truth.

    Raises
    ------
    NotFound
        The sample has no such submitted answer.
    """
    with transaction.atomic():
        _lock(sample)
        annotation = _answer(sample, annotation_id)
        truth = _accept_annotation(sample, annotation, user=reviewer)
        _note(sample, reviewer, ReviewDecision.ACCEPT_ANSWER, note=note, truth=truth)
    return truth


def send_back(
    sample: Sample, reviewer: User, *, annotation_id: object = None, note: str = ""
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
        _lock(sample)
        if annotation_id is None:
            answers = fusion.list_votes(sample)
        else:
            answers = [_answer(sample, annotation_id)]
        for annotation in answers:
            data: dict[str, object] = {"key": annotation.key, "version": annotation.version}
            audit.record("annotation.sent_back", annotation, actor=reviewer, data=data)
            reopen_annotation(annotation, note=note)
        Assignment.objects.filter(annotation__in=answers, state=AssignmentState.SUBMITTED).update(
            state=AssignmentState.RETURNED
        )
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
        _lock(sample)
        start = (
            get_current_ground_truth(sample)
            or Consensus.objects.filter(sample=sample).order_by("-version").first()
            or next(iter(reversed(fusion.list_votes(sample))), None)
        )
        draft = open_correction(
            sample,
            reviewer,
            start_key=start.key if start else "",
            classes=dict(start.object_classes) if start else {},
        )
    draft.sample = sample
    return draft


def import_ground_truth(
    sample: Sample,
    *,
    labels: npt.NDArray[np.generic] | None = None,
    object_classes: Mapping[int, int] | None = None,
    class_index: int | None = None,
    actor: User | None = None,
) -> GroundTruth:
    """Take labels that came from elsewhere as the ground truth of a sample.

    Parameters
    ----------
    sample : Sample
        What they belong to.
    labels : ndarray of integers, (T, Z, Y, X), optional
        Label image of the sample's region.
    object_classes : mapping of int to int, optional
        Object id to class index; objects that are absent have the project's class, where it has
        only one.
    class_index : int, optional
        The answer of a classification.
    actor : User, optional
        Who imports them.
    """
    classes = {str(number): index for number, index in (object_classes or {}).items()}
    fields: dict[str, object] = {"class_index": class_index, "object_classes": classes}
    if labels is not None:
        ids = masks.object_ids(labels.astype(np.uint32)).tolist()
        indexes = list(sample.project.classes.values_list("index", flat=True)[:2])
        if len(indexes) == 1:
            classes |= {str(n): indexes[0] for n in ids if str(n) not in classes}
        fields |= {"key": put_labels(sample, labels), "n_objects": len(ids)}
    with transaction.atomic():
        _lock(sample)
        return _store(sample, GroundTruthSource.IMPORT, fields, user=actor)


def _submit_correction(
    pk: object, user: User, *, answer: SubmittedAnswer, now: datetime
) -> Annotation:
    with transaction.atomic():
        sample_id = Annotation.objects.values_list("sample_id", flat=True).get(pk=pk)
        sample = (
            Sample.objects.select_for_update(of=("self",))
            .select_related("project", "image")
            .get(pk=sample_id)
        )
        annotation = Annotation.objects.select_for_update().get(pk=pk)
        annotation.sample = sample
        if annotation.state == AnnotationState.SUBMITTED:
            return annotation
        finish_annotation(annotation, answer, extra_vote=False, now=now)
        truth = _accept_annotation(sample, annotation, user=user)
        _note(sample, user, ReviewDecision.CORRECT, note="", truth=truth)
    return annotation


def _decide(sample: Sample, locked: Sample, consensus: Consensus) -> None:
    """Accept by rule, or leave it to a reviewer; a sample that went on meanwhile is left alone."""
    Sample.objects.filter(pk=sample.pk).update(agreement=consensus.agreement)
    if locked.state != SampleState.ANSWERED:
        return
    if _is_acceptable(sample, consensus):
        _accept_consensus(sample, consensus, source=GroundTruthSource.CONSENSUS, user=None)
    else:
        Sample.objects.filter(pk=sample.pk).update(state=SampleState.IN_REVIEW)


def _is_acceptable(sample: Sample, consensus: Consensus) -> bool:
    project = sample.project
    if project.accept_rule == AcceptRule.REVIEWER or consensus.is_undecided:
        return False
    if project.accept_rule == AcceptRule.SINGLE:
        return True
    agreement = consensus.agreement
    return agreement is not None and agreement >= project.accept_threshold


def _accept_consensus(
    sample: Sample, consensus: Consensus, *, source: str, user: User | None
) -> GroundTruth:
    votes = list(consensus.annotations.all()[:2])
    n_objects = len(consensus.objects_found) if len(votes) > 1 else votes[0].n_objects
    fields: dict[str, object] = {
        "consensus": consensus,
        "annotation": votes[0] if len(votes) == 1 else None,
        "key": consensus.key,
        "class_index": consensus.class_index,
        "object_classes": consensus.object_classes,
        "n_objects": n_objects,
    }
    return _store(sample, source, fields, user=user)


def _accept_annotation(sample: Sample, annotation: Annotation, *, user: User) -> GroundTruth:
    fields: dict[str, object] = {
        "annotation": annotation,
        "key": annotation.key,
        "class_index": annotation.class_index,
        "object_classes": annotation.object_classes,
        "n_objects": annotation.n_objects,
    }
    return _store(sample, GroundTruthSource.REVIEW, fields, user=user)


def _store(
    sample: Sample, source: str, fields: Mapping[str, object], *, user: User | None
) -> GroundTruth:
    """Store a new version and close the sample, whose row the caller has locked."""
    truths = GroundTruth.objects.filter(sample=sample)
    last = truths.aggregate(last=Max("version"))["last"] or 0
    truths.filter(is_current=True).update(is_current=False)
    truth = GroundTruth.objects.create(
        sample=sample, version=last + 1, source=source, accepted_by=user, **fields
    )
    Sample.objects.filter(pk=sample.pk).update(state=SampleState.ACCEPTED, open_slots=0)
    sample.state = SampleState.ACCEPTED
    return truth


def _lock(sample: Sample) -> None:
    Sample.objects.select_for_update().get(pk=sample.pk)


def _answer(sample: Sample, annotation_id: object) -> Annotation:
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


def get_ground_truth_labels(sample: Sample) -> npt.NDArray[np.uint32] | None:
    """Return the current ground truth of a sample as (T, Z, Y, X); None where there is none."""
    truth = get_current_ground_truth(sample)
    return read_labels(truth.key, sample) if truth is not None else None
