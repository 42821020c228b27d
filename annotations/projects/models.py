"""Projects: one question put to annotators about data sets; samples are what is asked about."""

from django.conf import settings
from django.db import models


class TaskKind(models.TextChoices):
    """The five kinds of work."""

    CLASSIFICATION = "classification"
    SEMANTIC = "semantic"
    INSTANCE = "instance"
    TRACKING = "tracking"
    RESTORATION = "restoration"


AVAILABLE_TASK_KINDS = (TaskKind.INSTANCE, TaskKind.CLASSIFICATION, TaskKind.SEMANTIC)


class ProjectRole(models.TextChoices):
    """What a person may do in a project; each role may do what those after it may."""

    MANAGER = "manager"
    REVIEWER = "reviewer"
    ANNOTATOR = "annotator"
    VIEWER = "viewer"


class AcceptRule(models.TextChoices):
    """When a consensus becomes ground truth."""

    SINGLE = "single"
    AGREEMENT = "agreement"
    REVIEWER = "reviewer"


class Project(models.Model):
    """A task kind, label classes, instructions, a crowd policy and a loop policy.

    `loop` holds {strategy, batch_size, control_fraction, max_rounds, train_minutes, auto}; see
    `annotations.projects.policy`. `queue_is_chosen` says that rounds choose what is asked next;
    until then new training samples are asked in the order they came. `partial_labels` (semantic)
    says that pixels which nobody painted are unknown, not background. `multi_label`
    (classification) says that a sample may have several classes, or none.
    """

    lab = models.ForeignKey("annotations.Lab", on_delete=models.PROTECT, related_name="projects")
    name = models.CharField(max_length=200)
    task_kind = models.CharField(max_length=16, choices=TaskKind)
    instructions = models.TextField(blank=True)
    sample_unit = models.CharField(max_length=8, default="image")
    datasets = models.ManyToManyField("annotations.DataSet", related_name="projects")
    overlap = models.PositiveSmallIntegerField(default=1)
    lease_seconds = models.PositiveIntegerField(default=900)
    accept_rule = models.CharField(max_length=16, choices=AcceptRule, default=AcceptRule.SINGLE)
    accept_threshold = models.FloatField(default=0.8)
    consensus_method = models.CharField(max_length=32, default="majority")
    partial_labels = models.BooleanField(default=False)
    multi_label = models.BooleanField(default=False)
    use_reference_masks = models.CharField(max_length=8, default="holdout")
    loop = models.JSONField(default=dict)
    queue_is_chosen = models.BooleanField(default=False)
    last_class_index = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(overlap__gte=1, overlap__lte=50), name="overlap_1_to_50"
            ),
            models.CheckConstraint(
                condition=models.Q(accept_threshold__gte=0, accept_threshold__lte=1),
                name="accept_threshold_is_a_fraction",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectMembership(models.Model):
    """One person's role in one project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="project_memberships"
    )
    role = models.CharField(max_length=16, choices=ProjectRole)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="one_role_per_project")
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.project}"


class LabelClass(models.Model):
    """One class of a project. `index` is what label data holds: 1, 2, ..., never reused."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="classes")
    index = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    color = models.CharField(max_length=7)
    key = models.CharField(max_length=1, blank=True)

    class Meta:
        ordering = ["index"]
        constraints = [
            models.UniqueConstraint(fields=["project", "index"], name="class_index_unique"),
            models.UniqueConstraint(fields=["project", "name"], name="class_name_unique"),
            models.CheckConstraint(condition=models.Q(index__gte=1), name="class_index_from_1"),
        ]

    def __str__(self) -> str:
        return self.name


class SampleState(models.TextChoices):
    """Where a sample stands on its way to ground truth."""

    POOL = "pool"
    QUEUED = "queued"
    ANSWERED = "answered"
    IN_REVIEW = "in_review"
    ACCEPTED = "accepted"


class Sample(models.Model):
    """The unit that is asked about and answered: a whole image, a region or a cell.

    A region is y0 <= y < y1, x0 <= x < x1 in pixels of full resolution; all null for a whole
    image. `open_slots` counts the answers that may still be claimed: overlap less live leases
    and answers. `lease_number` is the source of fencing tokens.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="samples")
    image = models.ForeignKey("annotations.Image", on_delete=models.PROTECT, related_name="samples")
    object_id = models.PositiveIntegerField(null=True)
    t = models.PositiveIntegerField(null=True)
    z = models.PositiveIntegerField(null=True)
    y0 = models.PositiveIntegerField(null=True)
    x0 = models.PositiveIntegerField(null=True)
    y1 = models.PositiveIntegerField(null=True)
    x1 = models.PositiveIntegerField(null=True)
    split = models.CharField(max_length=8)
    group = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=SampleState, default=SampleState.POOL)
    priority = models.FloatField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    open_slots = models.SmallIntegerField(default=0)
    lease_number = models.PositiveIntegerField(default=0)
    agreement = models.FloatField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    queued_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "image", "object_id", "t", "z", "y0", "x0"],
                nulls_distinct=False,
                name="sample_once_per_project",
            ),
            models.CheckConstraint(
                condition=models.Q(open_slots__gte=0), name="slots_not_negative"
            ),
        ]
        indexes = [
            models.Index(
                "project",
                models.F("priority").desc(),
                "id",
                condition=models.Q(state="queued", open_slots__gt=0),
                name="queue_in_priority_order",
            ),
            models.Index(fields=["project", "state"]),
        ]

    def __str__(self) -> str:
        return f"sample {self.pk} of {self.project_id}"
