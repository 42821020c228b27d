"""Leases of samples to people, and what their answers add up to."""

import uuid

from django.conf import settings
from django.db import models


class AssignmentState(models.TextChoices):
    """How a lease ended, if it did. A returned one was answered and sent back by a reviewer."""

    ACTIVE = "active"
    SUBMITTED = "submitted"
    EXPIRED = "expired"
    RELEASED = "released"
    SKIPPED = "skipped"
    RETURNED = "returned"


class Assignment(models.Model):
    """A lease of one sample to one person, with a fencing token that grows with each lease."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sample = models.ForeignKey(
        "annotations.Sample", on_delete=models.CASCADE, related_name="assignments"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments"
    )
    annotation = models.ForeignKey(
        "annotations.Annotation", null=True, on_delete=models.SET_NULL, related_name="assignments"
    )
    token = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=AssignmentState, default=AssignmentState.ACTIVE)
    leased_until = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    why = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sample", "user"], name="nobody_gets_a_sample_twice")
        ]
        indexes = [
            models.Index(
                fields=["leased_until"], condition=models.Q(state="active"), name="live_leases"
            ),
            models.Index(fields=["user", "state"]),
        ]

    def __str__(self) -> str:
        return f"lease of sample {self.sample_id} to {self.user_id}"


class Consensus(models.Model):
    """What all answers to a sample add up to; a new version whenever an answer comes.

    `cell_agreement` says how far people agree about each cell, {n_cells, n_disputed, cells}, the
    least agreed first; null where it was not worked out.
    """

    sample = models.ForeignKey(
        "annotations.Sample", on_delete=models.CASCADE, related_name="consensuses"
    )
    version = models.PositiveIntegerField()
    method = models.CharField(max_length=32)
    annotations = models.ManyToManyField("annotations.Annotation", related_name="consensuses")
    key = models.CharField(max_length=64, blank=True)
    class_index = models.PositiveSmallIntegerField(null=True)
    object_classes = models.JSONField(default=dict)
    objects_found = models.JSONField(default=list)
    agreement = models.FloatField(null=True)
    confidence = models.FloatField(null=True)
    is_undecided = models.BooleanField(default=False)
    cell_agreement = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sample", "version"], name="consensus_versions")
        ]

    def __str__(self) -> str:
        return f"consensus {self.version} of sample {self.sample_id}"
