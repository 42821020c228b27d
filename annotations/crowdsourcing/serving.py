"""Give a person the next samples to answer, with their drafts; or say why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from annotations.accounts.models import User
from annotations.crowdsourcing.assignment import Lease, claim_samples, expire_leases
from annotations.crowdsourcing.selectors import EmptyReason, explain_empty_queue
from annotations.labels.models import Annotation
from annotations.labels.services import open_drafts
from annotations.projects.models import Project, Sample
from annotations.projects.selectors import with_answers

LARGEST_BATCH = 60


@dataclass(frozen=True)
class ServedItem:
    """One sample for one person.

    Attributes
    ----------
    lease : Lease
        The hold on it.
    annotation : Annotation
        The draft, with its sample, image and shown proposal.
    """

    lease: Lease
    annotation: Annotation


@dataclass(frozen=True)
class Served:
    """What there is to do.

    Attributes
    ----------
    items : tuple of ServedItem
        In the order in which they should be answered.
    reason : EmptyReason or None
        Why there is nothing; only when `items` is empty.
    """

    items: tuple[ServedItem, ...]
    reason: EmptyReason | None = None


def serve_next(project: Project, user: User, *, count: int = 1, now: datetime) -> Served:
    """Lease up to `count` samples to an annotator and open their drafts.

    Parameters
    ----------
    project : Project
        Where the person works; the caller has checked that they may annotate in it.
    user : User
        The annotator.
    count : int
        How many samples, at most `LARGEST_BATCH`.
    now : datetime
        The time.
    """
    if project.archived_at is not None:
        return Served((), explain_empty_queue(project, user))
    count = min(max(count, 1), LARGEST_BATCH)
    items = _claim(project, user, count=count, now=now)
    # Before anybody is told that nothing is left, overdue samples are taken back.
    if not items and expire_leases(now=now, project=project):
        items = _claim(project, user, count=count, now=now)
    return Served(tuple(items), None if items else explain_empty_queue(project, user))


def _claim(project: Project, user: User, *, count: int, now: datetime) -> list[ServedItem]:
    """Lease samples and open their drafts under the same lock of this person's queue."""
    with transaction.atomic():
        leases = claim_samples(project, user, count=count, now=now)
        return _open(leases, project, user) if leases else []


def _open(leases: Sequence[Lease], project: Project, user: User) -> list[ServedItem]:
    wanted = Sample.objects.filter(pk__in=[lease.sample_id for lease in leases])
    samples = {
        sample.pk: sample for sample in with_answers(wanted.select_related("image__dataset"))
    }
    for sample in samples.values():
        sample.project = project
    drafts = open_drafts(list(samples.values()), user)
    for sample_id, draft in drafts.items():
        draft.sample = samples[sample_id]
    return [ServedItem(lease, drafts[lease.sample_id]) for lease in leases]
