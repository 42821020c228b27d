"""Data sets: pictures with what is known of them."""

from django.conf import settings
from django.db import models


class DataSet(models.Model):
    """Pictures of one origin, used by any number of projects."""

    lab = models.ForeignKey("annotations.Lab", on_delete=models.PROTECT, related_name="datasets")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    licence = models.CharField(max_length=100, blank=True)
    modality = models.CharField(max_length=100, blank=True)
    organism = models.CharField(max_length=100, blank=True)
    stain = models.CharField(max_length=100, blank=True)
    pixel_size_um = models.FloatField(null=True, blank=True)
    split_salt = models.CharField(max_length=32, blank=True)
    split_fractions = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    trashed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lab", "name"],
                condition=models.Q(trashed_at=None),
                name="dataset_name_unique_in_lab",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DisplaySettings(models.Model):
    """How one person wants to see the pictures of one data set.

    `settings` is what `DisplaySettingsSerializer` describes: the channels' colours, windows and
    curves. It belongs to the person: nobody else sees it, and it changes no data.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="display_settings"
    )
    dataset = models.ForeignKey(DataSet, on_delete=models.CASCADE, related_name="display_settings")
    settings = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "dataset"], name="one_display_per_person_and_dataset"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.dataset_id}"
