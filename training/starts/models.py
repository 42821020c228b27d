"""Bases that were trained without labels, and starts that were tried against each other."""

from django.conf import settings
from django.db import models


class Pretraining(models.Model):
    """A training without labels on the pictures of a project; its state is its job's.

    `weights` names a blob, which is there once it is done; `card` holds what the trainer says of
    the base, `curve` {step, seconds, loss, val} of each line so far.
    """

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="pretrainings"
    )
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    config = models.JSONField(default=dict)
    minutes = models.FloatField()
    seed = models.BigIntegerField(default=0)
    samples = models.JSONField(default=list)
    weights = models.CharField(max_length=64, blank=True)
    card = models.JSONField(default=dict)
    curve = models.JSONField(default=list)
    log = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"pre-training {self.pk}"


class StartComparison(models.Model):
    """Trainings from nothing and from other starts, alike but for that; its state is its job's.

    `starts` is a list of {name, kind, id}, `minutes` the budget of each training. `result` is
    empty until it is done (`training.ml.starts.StartComparison`).
    """

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="start_comparisons"
    )
    snapshot = models.ForeignKey("training.Snapshot", on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    config = models.JSONField(default=dict)
    minutes = models.FloatField()
    seeds = models.JSONField(default=list)
    starts = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    log = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"comparison of starts {self.pk}"
