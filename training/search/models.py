"""Searches for settings, and the trials they are made of.

The rows hold all that Optuna's storage would (values, states, metrics at rungs): a study is built
from them when it is asked, see ADR 15.
"""

from django.conf import settings
from django.db import models


class SearchState(models.TextChoices):
    """Where a search stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TrialState(models.TextChoices):
    """Where a trial stands."""

    RUNNING = "running"
    DONE = "done"
    PRUNED = "pruned"
    FAILED = "failed"


class TrialRole(models.TextChoices):
    """What a trial is for.

    The settings as they are come first; then those that are tried; at the end both the old and
    the best are trained again under another seed, because the best of many looks better than it
    is.
    """

    DEFAULT = "default"
    TRIED = "tried"
    CONFIRM_DEFAULT = "confirm_default"
    CONFIRM_BEST = "confirm_best"


class Search(models.Model):
    """One search: a space, a budget, and the training set that all trials share.

    `minutes` is the time that each of `lanes` workers may train, `trial_minutes` that of one
    training; with `folds` of 0 trials are scored on the validation split, else by cross-validation.
    `config` holds the settings that trials start from.
    """

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="searches"
    )
    snapshot = models.ForeignKey("training.Snapshot", on_delete=models.PROTECT, related_name="+")
    space = models.JSONField(default=list)
    config = models.JSONField(default=dict)
    minutes = models.FloatField()
    trial_minutes = models.FloatField()
    lanes = models.PositiveSmallIntegerField(default=1)
    folds = models.PositiveSmallIntegerField(default=0)
    seed = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=SearchState, default=SearchState.RUNNING)
    code = models.CharField(max_length=64, blank=True)
    detail = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(state="running"),
                name="one_running_search_per_project",
            )
        ]

    def __str__(self) -> str:
        return f"search {self.pk}"


class Trial(models.Model):
    """One setting of a search.

    `values` are dotted settings, `rungs` the metric at each validation (or after each fold),
    `items` the metric of each validation image ({sample, group, value}), `seconds` what it cost.
    """

    search = models.ForeignKey(Search, on_delete=models.CASCADE, related_name="trials")
    number = models.PositiveIntegerField()
    role = models.CharField(max_length=16, choices=TrialRole, default=TrialRole.TRIED)
    values = models.JSONField(default=dict)
    seed = models.BigIntegerField(default=0)
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=TrialState, default=TrialState.RUNNING)
    value = models.FloatField(null=True)
    rungs = models.JSONField(default=list)
    items = models.JSONField(default=list)
    seconds = models.FloatField(default=0.0)
    code = models.CharField(max_length=64, blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["search", "number"], name="trial_number_unique")
        ]

    def __str__(self) -> str:
        return f"trial {self.number} of search {self.search_id}"
