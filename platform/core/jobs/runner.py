"""Run one job under its claim, with a heartbeat beside the work."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from core.errors import DomainError
from core.jobs import services
from core.jobs.models import Job

logger = logging.getLogger(__name__)


class JobCancelledError(Exception):
    """The job was cancelled or taken away: stop, and leave nothing half done."""


class JobInterruptedError(Exception):
    """The worker is stopping: the job goes back to the queue."""


@dataclass
class JobContext:
    """What a job's function sees of its job.

    Attributes
    ----------
    job : Job
        The claimed row.
    """

    job: Job
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _progress: dict[str, object] = field(default_factory=dict)

    @property
    def subject(self) -> int:
        """Primary key of the row that is worked on."""
        return int(self.job.subject)

    def report(self, **progress: object) -> None:
        """Note progress (JSON values); the next heartbeat writes it.

        Raises
        ------
        JobCancelledError
            When the job was cancelled or taken away meanwhile.
        """
        with self._lock:
            self._progress.update(progress)
        self.check()

    def check(self) -> None:
        """Raise `JobCancelledError` when the job is not to go on."""
        if self._stop.is_set():
            raise JobCancelledError

    def beat_once(self) -> None:
        """Write a heartbeat with the newest progress."""
        with self._lock:
            progress = dict(self._progress)
        if not services.beat(self.job, now=timezone.now(), progress=progress):
            self._stop.set()


def run_job(job_id: str, function: Callable[[JobContext], None]) -> None:
    """Claim the job and run `function` on it; write how it ended into the row.

    A job that somebody else has, or that is over, is passed by. `DomainError` fails it with its
    code; any other error with the code "internal_error" and is raised on, so that it is logged.
    """
    worker = f"{socket.gethostname()}:{os.getpid()}"
    job = services.claim(job_id, worker=worker, now=timezone.now())
    if job is None:
        return
    context = JobContext(job)
    done = threading.Event()
    beater = threading.Thread(target=_keep_beating, args=(context, done), daemon=True)
    beater.start()
    try:
        _run(context, function)
    finally:
        done.set()
        beater.join(timeout=10)


def _run(context: JobContext, function: Callable[[JobContext], None]) -> None:
    job = context.job
    finished = False
    try:
        function(context)
        context.beat_once()
        finished = services.finish(job, now=timezone.now())
    except JobCancelledError:
        services.mark_cancelled(job, now=timezone.now())
        finished = True
    except JobInterruptedError:
        services.give_back(job)
        finished = True
    except DomainError as error:
        services.fail(job, code=error.code, detail=error.detail, now=timezone.now())
        finished = True
    except (OperationalError, InterfaceError):
        # The database went away. The row stays as it is, and the sweep gives the job back.
        connection.close()
        finished = True
        raise
    finally:
        if not finished:
            services.fail(
                job,
                code="internal_error",
                detail="Something broke that should not have. The worker's log has the details; "
                "retry, and report it if it happens again.",
                now=timezone.now(),
            )


def _keep_beating(context: JobContext, done: threading.Event) -> None:
    try:
        while not done.wait(settings.JOB_HEARTBEAT_SECONDS):
            try:
                context.beat_once()
            except (OperationalError, InterfaceError):
                # Away for a moment: the next beat connects again.
                connection.close()
    finally:
        connection.close()
