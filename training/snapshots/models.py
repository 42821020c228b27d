"""Frozen training sets."""

from django.db import models


class Snapshot(models.Model):
    """Which ground truths, in which split: frozen and hashed.

    `manifest` names the blob of the manifest (JSON: one entry per sample with ground-truth id,
    blob keys, split and group); `content_hash` is the SHA-256 of its canonical form.
    """

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="snapshots"
    )
    content_hash = models.CharField(max_length=64)
    manifest = models.CharField(max_length=64)
    n_train = models.PositiveIntegerField()
    n_val = models.PositiveIntegerField()
    n_test = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "content_hash"], name="snapshot_once")
        ]

    def __str__(self) -> str:
        return f"snapshot {self.content_hash[:12]}"
