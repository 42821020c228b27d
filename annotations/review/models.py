"""Ground truth: a consensus or a correction that was accepted."""

from django.conf import settings
from django.db import models


class GroundTruthSource(models.TextChoices):
    """Where a ground truth comes from."""

    CONSENSUS = "consensus"
    REVIEW = "review"
    IMPORT = "import"


class GroundTruth(models.Model):
    """An accepted answer to a sample; append-only versions, the newest counts."""

    sample = models.ForeignKey(
        "annotations.Sample", on_delete=models.CASCADE, related_name="ground_truths"
    )
    version = models.PositiveIntegerField()
    source = models.CharField(max_length=10, choices=GroundTruthSource)
    consensus = models.ForeignKey(
        "annotations.Consensus", null=True, on_delete=models.PROTECT, related_name="+"
    )
    annotation = models.ForeignKey(
        "annotations.Annotation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    key = models.CharField(max_length=64, blank=True)
    class_index = models.PositiveSmallIntegerField(null=True)
    object_classes = models.JSONField(default=dict)
    n_objects = models.PositiveIntegerField(default=0)
    is_current = models.BooleanField(default=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sample", "version"], name="ground_truth_versions"),
            models.UniqueConstraint(
                fields=["sample"],
                condition=models.Q(is_current=True),
                name="one_current_ground_truth",
            ),
        ]

    def __str__(self) -> str:
        return f"ground truth {self.version} of sample {self.sample_id}"


class ReviewDecision(models.TextChoices):
    """What a reviewer decided."""

    ACCEPT = "accept"
    ACCEPT_ANSWER = "accept_answer"
    CORRECT = "correct"
    SEND_BACK = "send_back"


class Review(models.Model):
    """One decision of a reviewer about one sample."""

    sample = models.ForeignKey(
        "annotations.Sample", on_delete=models.CASCADE, related_name="reviews"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decision = models.CharField(max_length=16, choices=ReviewDecision)
    note = models.TextField(blank=True)
    ground_truth = models.ForeignKey(
        GroundTruth, null=True, on_delete=models.SET_NULL, related_name="reviews"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.decision} of sample {self.sample_id}"


class ReviewNote(models.Model):
    """A remark that a reviewer placed on the picture of an answer that was sent back.

    (x, y) is a point of the sample's label planes in pixels (pixel centres are integers), t and z
    are counted from the sample's first plane; `object_id` names the cell of the answer that it is
    about, if it is about one. Append-only: only `done_at` changes, when the annotator ticks it.
    """

    annotation = models.ForeignKey(
        "annotations.Annotation", on_delete=models.CASCADE, related_name="review_notes"
    )
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="notes")
    text = models.CharField(max_length=1000)
    t = models.PositiveIntegerField(default=0)
    z = models.PositiveIntegerField(default=0)
    x = models.FloatField()
    y = models.FloatField()
    object_id = models.PositiveBigIntegerField(null=True)
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"note {self.pk} on {self.annotation_id}"
