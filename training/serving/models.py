"""What models said of pictures, who asked, and batches of pictures."""

import uuid

from django.conf import settings
from django.db import models


class PictureResult(models.Model):
    """What one model version says of one picture, found again by what was looked at.

    `content` is a digest of the picture's bytes and of what its measurements depend on. `labels`
    names a blob of a label plane stack, `table` one of a Parquet table of its cells, `preview` one
    of a small PNG of a picture that is not in the lab, `doubt_map` one of how unsure the model is
    of each pixel (`training.decoding.doubt`), where it was asked (`asked_doubt`) and tells that.
    `shape` is T C Z Y X, `spacing` Z Y X in µm or nothing, `class_scores` class index to
    probability.
    """

    model_version = models.ForeignKey(
        "training.ModelVersion", on_delete=models.CASCADE, related_name="results"
    )
    content = models.CharField(max_length=64)
    shape = models.JSONField()
    spacing = models.JSONField(null=True)
    labels = models.CharField(max_length=64, blank=True)
    table = models.CharField(max_length=64, blank=True)
    preview = models.CharField(max_length=64, blank=True)
    asked_doubt = models.BooleanField(default=False)
    doubt_map = models.CharField(max_length=64, blank=True, default="")
    n_objects = models.PositiveIntegerField(default=0)
    class_scores = models.JSONField(default=dict)
    seconds = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model_version", "content"], name="said_once")
        ]

    def __str__(self) -> str:
        return f"model {self.model_version_id} of {self.content[:12]}"


class PredictionRequest(models.Model):
    """One picture that somebody asked about: an image of the lab, or a file that was sent.

    A file lies in the tree `uploads/<id>` until the answer is there. `with_doubt` asks how unsure
    the model is of each pixel, too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    model_version = models.ForeignKey(
        "training.ModelVersion", on_delete=models.CASCADE, related_name="requests"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    image = models.ForeignKey(
        "annotations.Image", null=True, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(max_length=500)
    content = models.CharField(max_length=64)
    with_doubt = models.BooleanField(default=False)
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["created_by", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.name} by model {self.model_version_id}"


class PredictionBatch(models.Model):
    """Many images given to one model version: a data set, or the pool of the model's project.

    `with_doubt` asks how unsure the model is of each pixel, too.
    """

    model_version = models.ForeignKey(
        "training.ModelVersion", on_delete=models.CASCADE, related_name="batches"
    )
    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="prediction_batches"
    )
    dataset = models.ForeignKey(
        "annotations.DataSet", null=True, on_delete=models.PROTECT, related_name="+"
    )
    n_images = models.PositiveIntegerField()
    with_doubt = models.BooleanField(default=False)
    cancelled_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"batch {self.pk} of model {self.model_version_id}"


class BatchChunk(models.Model):
    """Images of a batch that one job predicts; `job` is its newest."""

    batch = models.ForeignKey(PredictionBatch, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="batch_chunk_number")
        ]

    def __str__(self) -> str:
        return f"chunk {self.number} of batch {self.batch_id}"


class BatchItem(models.Model):
    """One image of a batch: its result, or `code` and `detail` of why there is none."""

    batch = models.ForeignKey(PredictionBatch, on_delete=models.CASCADE, related_name="items")
    chunk = models.ForeignKey(BatchChunk, on_delete=models.CASCADE, related_name="items")
    image = models.ForeignKey("annotations.Image", on_delete=models.CASCADE, related_name="+")
    result = models.ForeignKey(
        PictureResult, null=True, on_delete=models.SET_NULL, related_name="items"
    )
    code = models.CharField(max_length=64, blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "image"], name="image_once_per_batch")
        ]

    def __str__(self) -> str:
        return f"image {self.image_id} in batch {self.batch_id}"
