"""Answers come in; the last one that is wanted decides the sample, or sends it to review."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from annotations.accounts.models import User
from annotations.crowdsourcing import services as crowd
from annotations.crowdsourcing.models import Consensus
from annotations.labels.models import Annotation
from annotations.labels.services import SubmittedAnswer
from annotations.projects.models import AcceptRule, Sample, SampleState
from annotations.review.models import GroundTruthSource
from annotations.review.services.corrections import submit_correction
from annotations.review.services.truth import accept_consensus
from core.jobs import services as jobs

CONSENSUS_JOB = "annotations.compute_consensus"


def submit_annotation(
    draft: Annotation, user: User, *, answer: SubmittedAnswer, now: datetime
) -> Annotation:
    """Submit an answer; where it was the last one wanted, the sample's fate is decided.

    A correction becomes the ground truth at once. Submitting again changes nothing.

    Raises
    ------
    DomainError
        See `crowdsourcing.services.submit`.
    """
    if draft.is_correction:
        return submit_correction(draft, user, answer=answer, now=now)
    with transaction.atomic():
        submission = crowd.submit(draft, user, answer=answer, now=now)
        if submission.changes_consensus:
            _settle_or_enqueue(submission.annotation.sample)
    return submission.annotation


def settle_samples(sample_ids: Iterable[int]) -> None:
    """Decide answered samples, or let jobs decide them."""
    for sample_id in sample_ids:
        with transaction.atomic():
            _settle_or_enqueue(_locked(sample_id))


def settle_sample(sample_id: int) -> None:
    """Make the consensus of a sample, without keeping it locked meanwhile, and decide it.

    Answers that come in during the work are taken in by doing it again.
    """
    sample = Sample.objects.select_related("project", "image").get(pk=sample_id)
    while votes := crowd.list_votes(sample):
        consensus = crowd.fuse(sample, votes)
        with transaction.atomic():
            consensus.sample = _locked(sample_id)
            if _ids(crowd.list_votes(sample)) == _ids(votes):
                _decide(consensus, votes)
                return


def _settle_or_enqueue(sample: Sample) -> None:
    """Decide a sample, which the caller has locked, at once where that is quick; else by a job."""
    votes = crowd.list_votes(sample)
    if crowd.needs_job(sample, votes):
        jobs.enqueue(CONSENSUS_JOB, sample.pk, project=sample.project_id)
    elif votes:
        _decide(crowd.fuse(sample, votes), votes)


def _decide(consensus: Consensus, votes: Sequence[Annotation]) -> None:
    """Store a consensus; accept it by rule, or leave it to a reviewer.

    A sample that is not waiting to be decided (it was accepted, or sent back) is left alone.
    """
    crowd.store_consensus(consensus, votes)
    sample = consensus.sample
    sample.agreement = consensus.agreement
    if sample.state == SampleState.ANSWERED:
        if _is_acceptable(sample, consensus):
            accept_consensus(consensus, votes, source=GroundTruthSource.CONSENSUS, user=None)
            return
        sample.state = SampleState.IN_REVIEW
    sample.save(update_fields=["agreement", "state"])


def _is_acceptable(sample: Sample, consensus: Consensus) -> bool:
    project = sample.project
    if project.accept_rule == AcceptRule.REVIEWER or consensus.is_undecided:
        return False
    if project.accept_rule == AcceptRule.SINGLE:
        return True
    agreement = consensus.agreement
    return agreement is not None and agreement >= project.accept_threshold


def _locked(sample_id: int) -> Sample:
    samples = Sample.objects.select_for_update(of=("self",), no_key=True).select_related(
        "project", "image"
    )
    return samples.get(pk=sample_id)


def _ids(votes: Iterable[Annotation]) -> list[uuid.UUID]:
    return [vote.pk for vote in votes]
