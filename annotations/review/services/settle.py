"""Answers come in; the last one that is wanted decides the sample, or sends it to review."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from annotations.accounts.models import User
from annotations.crowdsourcing import fusion
from annotations.crowdsourcing import services as crowd
from annotations.crowdsourcing.models import Consensus
from annotations.labels.models import Annotation
from annotations.labels.services import SubmittedAnswer
from annotations.projects.models import AcceptRule, Sample, SampleState
from annotations.review.models import GroundTruthSource
from annotations.review.services.decisions import submit_correction
from annotations.review.services.truth import store_consensus
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
        return submit_correction(annotation.pk, user, answer=answer, now=now)
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


def settle_samples(sample_ids: Iterable[int]) -> None:
    """Decide samples, or let jobs decide them."""
    for sample in Sample.objects.select_related("project", "image").filter(pk__in=sample_ids):
        with transaction.atomic():
            settle_or_enqueue(sample)


def settle_sample(sample_id: int) -> None:
    """Decide one sample; a sample that is gone is passed by."""
    sample = Sample.objects.select_related("project", "image").filter(pk=sample_id).first()
    if sample is not None:
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


def _decide(sample: Sample, locked: Sample, consensus: Consensus) -> None:
    """Accept by rule, or leave it to a reviewer; a sample that went on meanwhile is left alone."""
    Sample.objects.filter(pk=sample.pk).update(agreement=consensus.agreement)
    if locked.state != SampleState.ANSWERED:
        return
    if _is_acceptable(sample, consensus):
        store_consensus(sample, consensus, source=GroundTruthSource.CONSENSUS, user=None)
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
