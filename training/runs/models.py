"""Training runs and their curves."""

from django.conf import settings
from django.db import models


class StartKind(models.TextChoices):
    """What a training starts from; `auto` is chosen by what there is and what was compared."""

    AUTO = "auto"
    SCRATCH = "scratch"
    CHAMPION = "champion"
    MODEL = "model"
    PRETRAINING = "pretraining"


class TrainingRun(models.Model):
    """One training: config, seed, snapshot, code version, environment. Its state is its job's.

    `pictures` maps names in the report to blobs. `figures` holds what findings are drawn with:
    {sight, findings: [[figure, ...], ...]}, in the order of `findings`; it is kept apart because
    lists and polls do without. It starts from `warm_start` or `pretraining`, or from nothing, as
    `start` says.
    """

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="runs"
    )
    snapshot = models.ForeignKey("training.Snapshot", on_delete=models.PROTECT, related_name="runs")
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    config = models.JSONField(default=dict)
    seed = models.BigIntegerField()
    warm_start = models.ForeignKey(
        "training.ModelVersion", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    pretraining = models.ForeignKey(
        "training.Pretraining", null=True, on_delete=models.SET_NULL, related_name="runs"
    )
    start = models.CharField(max_length=12, choices=StartKind, default=StartKind.SCRATCH)
    code_version = models.CharField(max_length=64, blank=True)
    environment = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    figures = models.JSONField(default=dict)
    log = models.TextField(blank=True)
    pictures = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"run {self.pk}"


class CurvePoint(models.Model):
    """One point of a run's curves."""

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="curve")
    step = models.PositiveIntegerField()
    seconds = models.FloatField()
    loss = models.FloatField(null=True)
    val = models.FloatField(null=True)
    images_per_second = models.FloatField(null=True)
    learning_rate = models.FloatField(null=True)

    class Meta:
        ordering = ["step"]
        constraints = [models.UniqueConstraint(fields=["run", "step"], name="one_point_per_step")]

    def __str__(self) -> str:
        return f"run {self.run_id} step {self.step}"


class SettingsSource(models.TextChoices):
    """Where training settings come from."""

    HAND = "hand"
    PRESET = "preset"
    SEARCH = "search"


class TrainingSettings(models.Model):
    """What the runs of a project change of the trainer's defaults, and where that comes from.

    `origin` names the preset or the search. `start` is what the runs start from, with the model or
    the pre-training where it is a certain one.
    """

    project = models.OneToOneField(
        "annotations.Project", on_delete=models.CASCADE, related_name="training_settings"
    )
    config = models.JSONField(default=dict)
    source = models.CharField(max_length=8, choices=SettingsSource, default=SettingsSource.HAND)
    origin = models.CharField(max_length=64, blank=True)
    start = models.CharField(max_length=12, choices=StartKind, default=StartKind.AUTO)
    start_model = models.ForeignKey(
        "training.ModelVersion", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    start_pretraining = models.ForeignKey(
        "training.Pretraining", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"training settings of {self.project_id}"
