"""Annotations: append-only logs of edit operations, and the answers they add up to."""

import uuid

from django.conf import settings
from django.db import models


class Proposal(models.Model):
    """What a model thinks of a sample; the start that an annotator is shown.

    `key` names the blob of a label plane stack (see `annotations.labels.planes`), empty for
    classification. `objects` is a list of {id, class_index, confidence}; `class_scores` maps
    class index to probability. Append-only: the newest counts.
    """

    sample = models.ForeignKey(
        "annotations.Sample", on_delete=models.CASCADE, related_name="proposals"
    )
    source = models.CharField(max_length=64)
    key = models.CharField(max_length=64, blank=True)
    objects_found = models.JSONField(default=list)
    class_scores = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["sample", "-id"])]

    def __str__(self) -> str:
        return f"proposal of {self.source} for sample {self.sample_id}"


class AnnotationState(models.TextChoices):
    """Whether an annotation is still being made."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


class Annotation(models.Model):
    """One person's answer to one sample.

    `version` counts the operations stored; `key` names the blob of the label image that they
    add up to (written at submit), `class_index` the answer of a classification,
    `object_classes` maps object id to class index; where a project allows several classes for a
    sample, each that it has stands there under its own number. Effort is kept with the answer.
    The labels of a draft are `start_key` and the operations on it; `checkpoint_key` holds what
    the first `checkpoint_version` operations add up to, so that a long log need not be replayed
    from its start. The first `archive_version` operations of an old log lie in the blob
    `archive_key` instead of rows. `marks` holds which proposed objects the person has "seen" and
    "confirmed".
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sample = models.ForeignKey(
        "annotations.Sample", on_delete=models.CASCADE, related_name="annotations"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="annotations"
    )
    state = models.CharField(max_length=10, choices=AnnotationState, default=AnnotationState.DRAFT)
    is_correction = models.BooleanField(default=False)
    extra_vote = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    shown_proposal = models.ForeignKey(
        Proposal, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    start_key = models.CharField(max_length=64, blank=True)
    checkpoint_key = models.CharField(max_length=64, blank=True)
    checkpoint_version = models.PositiveIntegerField(default=0)
    checkpoint_at = models.DateTimeField(null=True)
    archive_key = models.CharField(max_length=64, blank=True)
    archive_version = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=64, blank=True)
    class_index = models.PositiveSmallIntegerField(null=True)
    object_classes = models.JSONField(default=dict)
    marks = models.JSONField(default=dict)
    seconds = models.FloatField(default=0)
    n_operations = models.PositiveIntegerField(default=0)
    n_objects = models.PositiveIntegerField(default=0)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "user"],
                condition=models.Q(is_correction=False),
                name="one_answer_per_person",
            )
        ]
        indexes = [models.Index(fields=["user", "state"])]

    def __str__(self) -> str:
        return f"annotation of sample {self.sample_id} by {self.user_id}"


class OperationKind(models.TextChoices):
    """What an edit operation did."""

    PATCH = "patch"
    UNDO = "undo"
    REDO = "redo"
    CLASS = "class"
    ANSWER = "answer"


class EditOperation(models.Model):
    """One stroke, stored as it was made. `op_id` is made by the client: each is stored once.

    `step` is what the person did, takes back (undo) or repeats (redo): it may be several
    operations.
    """

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="operations")
    op_id = models.UUIDField()
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=OperationKind)
    step = models.UUIDField(null=True)
    t = models.PositiveIntegerField(default=0)
    z = models.PositiveIntegerField(default=0)
    patch = models.BinaryField(default=b"")
    payload = models.JSONField(default=dict)
    made_at = models.DateTimeField(null=True)
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["annotation", "op_id"], name="operation_stored_once"),
            models.UniqueConstraint(fields=["annotation", "seq"], name="operation_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.seq} of {self.annotation_id}"


class VersionReason(models.TextChoices):
    """Why a version of an answer was kept."""

    STARTED = "started"
    CHECKPOINT = "checkpoint"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    RESTORED = "restored"


class AnnotationVersion(models.Model):
    """What an annotation was after its first `version` operations; append-only.

    `key` names the blob of its labels, empty where there were none; `n_objects` is known of
    submitted answers only.
    """

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    reason = models.CharField(max_length=10, choices=VersionReason)
    key = models.CharField(max_length=64, blank=True)
    class_index = models.PositiveSmallIntegerField(null=True)
    object_classes = models.JSONField(default=dict)
    n_objects = models.PositiveIntegerField(null=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["annotation", "version"])]

    def __str__(self) -> str:
        return f"version {self.version} of {self.annotation_id}, {self.reason}"
