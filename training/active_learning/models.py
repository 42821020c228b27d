"""Rounds of active learning, what was chosen by which arm, and the pool's scores."""

from django.conf import settings
from django.db import models

from training.active_learning.loop import LIVE_STATES, RoundState


class Round(models.Model):
    """One turn of the loop: score the pool, choose a batch, get it labelled, retrain, evaluate.

    `arms` is a list of {name, strategy, n}; one of them is always random.
    """

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="rounds"
    )
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=12,
        choices=[(state.value, state.value) for state in RoundState],
        default=RoundState.SCORING.value,
    )
    strategy = models.CharField(max_length=32)
    arms = models.JSONField(default=list)
    batch_size = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    scored_by = models.ForeignKey(
        "training.ModelVersion", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    run = models.ForeignKey(
        "training.TrainingRun", null=True, on_delete=models.SET_NULL, related_name="rounds"
    )
    code = models.CharField(max_length=64, blank=True)
    detail = models.TextField(blank=True)
    timings = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="round_number_unique"),
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(state__in=sorted(state.value for state in LIVE_STATES)),
                name="one_live_round_per_project",
            ),
        ]

    def __str__(self) -> str:
        return f"round {self.number} of {self.project_id}"


class RoundSample(models.Model):
    """One sample of a round's batch, and the arm that chose it."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="samples")
    sample = models.ForeignKey(
        "annotations.Sample", on_delete=models.CASCADE, related_name="rounds"
    )
    arm = models.CharField(max_length=64)
    utility = models.FloatField(null=True)
    rank = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "sample"], name="sample_once_per_round")
        ]

    def __str__(self) -> str:
        return f"sample {self.sample_id} by {self.arm}"


class ScoreChunk(models.Model):
    """A piece of the pool that one job scores."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    sample_ids = models.JSONField(default=list)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="chunk_number")]

    def __str__(self) -> str:
        return f"chunk {self.number} of round {self.round_id}"


class PoolScore(models.Model):
    """What scoring found out about one sample of the pool.

    `features` holds the numbers that acquisition works on (see `training.acquisition`).
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="scores")
    sample = models.ForeignKey(
        "annotations.Sample", on_delete=models.CASCADE, related_name="scores"
    )
    features = models.JSONField(default=dict)
    utility = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "sample"], name="scored_once_per_round")
        ]

    def __str__(self) -> str:
        return f"score of sample {self.sample_id}"


class ArmTrial(models.Model):
    """A network trained on the labels of one arm alone, to see what its strategy brings.

    Cold-started, with the same budget for each arm; never promoted, never used to predict.
    `metrics` maps split to named numbers, `per_image` split to a line per item.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="trials")
    arm = models.CharField(max_length=64)
    n_labels = models.PositiveIntegerField()
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    metrics = models.JSONField(default=dict)
    per_image = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "arm"], name="one_trial_per_arm")]

    def __str__(self) -> str:
        return f"trial of {self.arm} in round {self.round_id}"
