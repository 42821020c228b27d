"""The row behind every piece of background work."""

import uuid

from django.db import models


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


LIVE_STATES = (JobState.QUEUED, JobState.RUNNING)


class Job(models.Model):
    """Background work on one row, claimed by a conditional UPDATE.

    The broker's message only says that there may be work: the row decides. `kind` is the name of
    the Celery task that does it, `subject` the primary key of the row that it works on. `claim`
    is the fencing number: a worker whose claim is not the row's any more has lost the job.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    queue = models.CharField(max_length=16, default="io")
    project = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=JobState, default=JobState.QUEUED)
    claim = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    worker = models.CharField(max_length=128, blank=True)
    cancel_requested = models.BooleanField(default=False)
    progress = models.JSONField(default=dict)
    code = models.CharField(max_length=64, blank=True)
    detail = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(state__in=["queued", "running"]),
                name="one_live_job_per_subject",
            )
        ]
        indexes = [
            models.Index(fields=["state", "heartbeat_at"]),
            models.Index(fields=["project", "-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind}({self.subject}) {self.state}"
