"""Enqueue, claim, beat, finish and sweep jobs. The row decides; the broker only carries hints."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from core.jobs.models import LIVE_STATES, Job, JobState

if TYPE_CHECKING:
    from django.db.models import QuerySet

logger = logging.getLogger(__name__)

Sender = Callable[[str, str, str], None]


def enqueue(
    kind: str,
    subject: object,
    *,
    queue: str = "io",
    project: int | None = None,
    max_attempts: int = 3,
) -> Job:
    """Make a job row and send it when the transaction commits.

    Asking twice while the first is still waiting or running gives the first one again.

    Parameters
    ----------
    kind : str
        Name of the task, e.g. "annotations.build_pyramid".
    subject : object
        Primary key of the row that is worked on.
    queue : {"io", "train", "predict", "serve"}
        Which workers may take it.
    project : int, optional
        Project under which people see it.
    max_attempts : int
        How often a job whose worker died is started in all.
    """
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind,
                subject=str(subject),
                queue=queue,
                project=project,
                max_attempts=max_attempts,
            )
    except IntegrityError:
        return Job.objects.get(kind=kind, subject=str(subject), state__in=LIVE_STATES)
    transaction.on_commit(lambda: send(job))
    return job


def send(job: Job) -> None:
    """Tell the broker that `job` waits; what a dead broker loses is sent again by the sweep."""
    sender = cast("Sender", import_string(settings.JOB_SENDER))
    try:
        sender(job.kind, str(job.pk), job.queue)
    except ConnectionError as error:
        logger.warning("job %s waits for the sweep, the broker did not answer: %s", job.pk, error)
        return
    Job.objects.filter(pk=job.pk).update(sent_at=timezone.now())


def claim(job_id: str, *, worker: str, now: datetime) -> Job | None:
    """Take a waiting job for `worker`; None where somebody else has it or it is over."""
    taken = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.RUNNING,
        claim=F("claim") + 1,
        attempts=F("attempts") + 1,
        worker=worker,
        started_at=now,
        heartbeat_at=now,
        code="",
        detail="",
    )
    return Job.objects.get(pk=job_id) if taken else None


def beat(job: Job, *, now: datetime, progress: dict[str, object] | None = None) -> bool:
    """Say that the worker lives; False when the job was taken away or is to be cancelled."""
    fields: dict[str, object] = {"heartbeat_at": now}
    if progress is not None:
        fields["progress"] = progress
    return bool(_mine(job).filter(cancel_requested=False).update(**fields))


def finish(job: Job, *, now: datetime) -> bool:
    """Mark the job done; False when it was not this worker's any more."""
    return bool(_mine(job).update(state=JobState.DONE, finished_at=now))


def fail(job: Job, *, code: str, detail: str, now: datetime) -> bool:
    """Mark the job failed for good."""
    return bool(_mine(job).update(state=JobState.FAILED, code=code, detail=detail, finished_at=now))


def give_back(job: Job) -> bool:
    """Put a running job back in the queue (the worker is stopping); another attempt follows."""
    return bool(_mine(job).update(state=JobState.QUEUED, worker="", sent_at=None))


def mark_cancelled(job: Job, *, now: datetime) -> bool:
    """Close a running job whose cancelling was asked for."""
    return bool(
        _mine(job).update(
            state=JobState.CANCELLED, code="cancelled", detail="Cancelled.", finished_at=now
        )
    )


def request_cancel(job_id: UUID | str, *, now: datetime) -> None:
    """Cancel a waiting job at once; ask a running one to stop at its next heartbeat."""
    Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.CANCELLED, code="cancelled", detail="Cancelled.", finished_at=now
    )
    Job.objects.filter(pk=job_id, state=JobState.RUNNING).update(cancel_requested=True)


def sweep(*, now: datetime) -> list[Job]:
    """Give back the jobs of dead workers and send again what the broker lost.

    Returns
    -------
    list of Job
        The jobs that failed for good, because their worker died too often.
    """
    dead = Job.objects.filter(
        state=JobState.RUNNING,
        heartbeat_at__lt=now - timedelta(seconds=settings.JOB_DEAD_AFTER_SECONDS),
    )
    dead.filter(cancel_requested=True).update(
        state=JobState.CANCELLED, code="cancelled", detail="Cancelled.", finished_at=now
    )
    lost = list(dead.filter(attempts__gte=F("max_attempts")))
    for job in lost:
        fail(
            job,
            code="worker_lost",
            detail=f"The worker died {job.attempts} times while it worked on this. Look at the "
            "worker's log (often it ran out of memory), then retry.",
            now=now,
        )
    dead.filter(attempts__lt=F("max_attempts")).update(
        state=JobState.QUEUED, worker="", sent_at=None
    )
    waiting = Job.objects.filter(state=JobState.QUEUED).filter(
        Q(sent_at=None) | Q(sent_at__lt=now - timedelta(seconds=settings.JOB_RESEND_AFTER_SECONDS))
    )
    for job in waiting:
        send(job)
    return lost


def _mine(job: Job) -> "QuerySet[Job]":
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, claim=job.claim)
