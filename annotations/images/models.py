"""Images and what became of each uploaded file."""

from django.conf import settings
from django.db import models


class ImageStatus(models.TextChoices):
    """Whether an image can be shown."""

    QUEUED = "queued"
    READY = "ready"
    FAILED = "failed"


class Split(models.TextChoices):
    """What an image is for; fixed at import, the same for its whole group."""

    TRAIN = "train"
    VALIDATION = "val"
    TEST = "test"


class Image(models.Model):
    """One picture of up to five axes, T C Z Y X.

    `key` names the blob of the original bytes, `pyramid` the tree of its OME-Zarr,
    `channels` is a list of {name, color, low, high} (display window in raw intensities),
    `levels` the (y, x) size of each pyramid level, `reference_mask` the blob of a label image
    (zlib TIFF, unsigned, T Z Y X squeezed to what the image has) that came with the picture.
    """

    dataset = models.ForeignKey(
        "annotations.DataSet", on_delete=models.PROTECT, related_name="images"
    )
    name = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    format = models.CharField(max_length=32)
    size_bytes = models.BigIntegerField()
    size_t = models.PositiveIntegerField()
    size_c = models.PositiveIntegerField()
    size_z = models.PositiveIntegerField()
    size_y = models.PositiveIntegerField()
    size_x = models.PositiveIntegerField()
    dtype = models.CharField(max_length=16)
    axes_note = models.CharField(max_length=300, blank=True)
    channels = models.JSONField(default=list)
    pixel_size_x_um = models.FloatField(null=True)
    pixel_size_y_um = models.FloatField(null=True)
    pixel_size_z_um = models.FloatField(null=True)
    time_interval_s = models.FloatField(null=True)
    metadata = models.JSONField(default=dict)
    group = models.CharField(max_length=200)
    split = models.CharField(max_length=8, choices=Split)
    status = models.CharField(max_length=8, choices=ImageStatus, default=ImageStatus.QUEUED)
    code = models.CharField(max_length=64, blank=True)
    detail = models.TextField(blank=True)
    pyramid = models.CharField(max_length=200, blank=True)
    levels = models.JSONField(default=list)
    histogram = models.JSONField(default=list)
    thumbnail = models.CharField(max_length=64, blank=True)
    reference_mask = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    trashed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "sha256"], name="same_bytes_one_image")
        ]
        indexes = [
            models.Index(fields=["dataset", "name"]),
            models.Index(fields=["dataset", "split"]),
        ]

    def __str__(self) -> str:
        return self.name


class UploadStatus(models.TextChoices):
    """What became of one uploaded file."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    IGNORED = "ignored"


class Upload(models.Model):
    """One file that somebody sent, and what became of it."""

    dataset = models.ForeignKey(
        "annotations.DataSet", on_delete=models.CASCADE, related_name="uploads"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    filename = models.CharField(max_length=500)
    role = models.CharField(max_length=8, default="image")
    size_bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=10, choices=UploadStatus)
    code = models.CharField(max_length=64, blank=True)
    detail = models.TextField(blank=True)
    warnings = models.JSONField(default=list)
    image = models.ForeignKey(Image, null=True, on_delete=models.SET_NULL, related_name="uploads")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.filename}: {self.status}"
