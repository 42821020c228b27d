"""Model versions, how they were evaluated, and what they predicted."""

from django.conf import settings
from django.db import models


class ModelState(models.TextChoices):
    """What a model version is."""

    CANDIDATE = "candidate"
    CHAMPION = "champion"
    RETIRED = "retired"
    REJECTED = "rejected"


class ModelOrigin(models.TextChoices):
    """Where a model version comes from."""

    TRAINED = "trained"
    ADOPTED = "adopted"
    IMPORTED = "imported"


class ModelVersion(models.Model):
    """Weights and their model card. `weights` names a blob.

    `about` holds what people write into the card (intended use, licence, authors), and of a model
    that was not trained here where it comes from.
    """

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="model_versions"
    )
    run = models.OneToOneField(
        "training.TrainingRun", null=True, on_delete=models.SET_NULL, related_name="model_version"
    )
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ModelState, default=ModelState.CANDIDATE)
    weights = models.CharField(max_length=64)
    card = models.JSONField(default=dict)
    gate = models.JSONField(default=dict)
    origin = models.CharField(max_length=8, choices=ModelOrigin, default=ModelOrigin.TRAINED)
    about = models.JSONField(default=dict)
    promoted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="model_number_unique"),
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(state="champion"),
                name="one_champion_per_project",
            ),
        ]

    def __str__(self) -> str:
        return f"model {self.number} of {self.project_id}"

    @property
    def trainable(self) -> bool:
        """Whether a training can start from its weights: not from a network of strangers."""
        return "foreign" not in self.card.get("model", {})


class Evaluation(models.Model):
    """How a model version (or, with none, the zero-label start) did on a split.

    `per_image` is a list of {sample, group, value, ...}. `items_hash` tells which ground truths it
    was measured on. The test split is measured with every model but stays sealed: nobody is shown
    it until somebody looks, and `looks` counts how often that was.
    """

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="evaluations"
    )
    model_version = models.ForeignKey(
        ModelVersion, null=True, on_delete=models.CASCADE, related_name="evaluations"
    )
    round = models.ForeignKey(
        "training.Round", null=True, on_delete=models.SET_NULL, related_name="evaluations"
    )
    arm = models.CharField(max_length=64, blank=True)
    n_labels = models.PositiveIntegerField(default=0)
    split = models.CharField(max_length=8)
    items_hash = models.CharField(max_length=64, blank=True)
    looks = models.PositiveIntegerField(default=0)
    metrics = models.JSONField(default=dict)
    per_image = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "model_version", "split", "items_hash"],
                nulls_distinct=False,
                name="measured_once",
            )
        ]

    def __str__(self) -> str:
        return f"evaluation on {self.split} of model {self.model_version_id}"


class Prediction(models.Model):
    """What one model version said about one sample.

    `key` names a blob of a label plane stack, `maps` one of what it said of each pixel
    (`training.decoding.maps`), `doubt_map` one of how unsure it is of each
    (`training.decoding.doubt`); both are dropped when nobody will work on the sample any more.
    """

    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.CASCADE, related_name="predictions"
    )
    sample = models.ForeignKey(
        "annotations.Sample", on_delete=models.CASCADE, related_name="predictions"
    )
    key = models.CharField(max_length=64, blank=True)
    maps = models.CharField(max_length=64, blank=True)
    doubt_map = models.CharField(max_length=64, blank=True, default="")
    summary = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model_version", "sample"], name="predicted_once")
        ]

    def __str__(self) -> str:
        return f"prediction for sample {self.sample_id}"


class ModelExport(models.Model):
    """A package of a model version; its state is its job's, `key` names the blob of the file."""

    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.CASCADE, related_name="exports"
    )
    format = models.CharField(max_length=16)
    key = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.format} of model {self.model_version_id}"


class ModelImport(models.Model):
    """A file that is brought in as a model; its state is its job's, `key` names the blob.

    `found` says what the file turned out to hold and how it was checked. With `measure` the model
    goes to the gate at once; else it waits as a candidate until somebody has it measured.
    """

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="model_imports"
    )
    filename = models.CharField(max_length=255)
    key = models.CharField(max_length=64)
    form = models.JSONField(default=dict)
    measure = models.BooleanField(default=True)
    found = models.JSONField(default=dict)
    model_version = models.ForeignKey(
        ModelVersion, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.filename} for {self.project_id}"
