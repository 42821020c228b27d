"""Runs as JSON."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.jobs.models import Job, JobState
from training.doctor.base import SEVERITIES, STAGES
from training.runs.models import CurvePoint, TrainingRun
from training.runs.selectors import list_shown_samples

FIGURE_KINDS = ["lines", "points", "bars", "picture"]
ACTIONS = ["retry", "review_samples", "label_more", "move_group"]


class ProgressSerializer(serializers.Serializer[object]):
    """How far a run is."""

    phase = serializers.CharField(required=False)
    step = serializers.IntegerField(required=False)
    steps = serializers.IntegerField(required=False)
    fraction = serializers.FloatField(required=False)
    seconds_left = serializers.FloatField(required=False, allow_null=True)
    images_per_second = serializers.FloatField(required=False, allow_null=True)


class RunSnapshotSerializer(serializers.Serializer[object]):
    """What a run trains on."""

    hash = serializers.CharField(source="content_hash")
    n_train = serializers.IntegerField()
    n_val = serializers.IntegerField()
    n_test = serializers.IntegerField()


class FindingActionSerializer(serializers.Serializer[object]):
    """What one click does about a finding."""

    action = serializers.ChoiceField(choices=ACTIONS)
    changes = serializers.DictField(
        default=dict, help_text="Dotted settings of a retry; `minutes` is its budget."
    )
    samples = serializers.ListField(child=serializers.CharField(), default=list)
    split = serializers.CharField(default="")
    group = serializers.CharField(default="")


class FindingSerializer(serializers.Serializer[object]):
    """What the run doctor found."""

    code = serializers.CharField()
    stage = serializers.ChoiceField(choices=STAGES, default="after")
    severity = serializers.ChoiceField(choices=SEVERITIES, default="warning")
    evidence = serializers.CharField()
    meaning = serializers.CharField()
    remedy = serializers.CharField()
    numbers = serializers.DictField(child=serializers.FloatField(allow_null=True), default=dict)
    actions = FindingActionSerializer(many=True, default=list)
    samples = serializers.ListField(child=serializers.CharField(), default=list)


class FigureSeriesSerializer(serializers.Serializer[object]):
    """One line, or one set of bars or points."""

    name = serializers.CharField()
    x = serializers.ListField(child=serializers.FloatField(allow_null=True))
    y = serializers.ListField(child=serializers.FloatField(allow_null=True))
    low = serializers.ListField(child=serializers.FloatField(allow_null=True))
    high = serializers.ListField(child=serializers.FloatField(allow_null=True))


class FigureSerializer(serializers.Serializer[object]):
    """Evidence to look at: plot data, or a small picture in a data address."""

    kind = serializers.ChoiceField(choices=FIGURE_KINDS)
    title = serializers.CharField()
    x_label = serializers.CharField()
    y_label = serializers.CharField()
    series = FigureSeriesSerializer(many=True)
    labels = serializers.ListField(child=serializers.CharField())
    picture = serializers.CharField()


class RunFiguresSerializer(serializers.Serializer[object]):
    """What a run's findings are drawn with, in their order, and its first batch."""

    sight = serializers.CharField(default="")
    findings = serializers.ListField(child=FigureSerializer(many=True), default=list)


class RunSerializer(serializers.ModelSerializer[TrainingRun]):
    """A run; its state is its job's."""

    state = serializers.ChoiceField(choices=JobState.choices, source="job.state", default="failed")
    code = serializers.CharField(source="job.code", default="job_lost")
    detail = serializers.CharField(source="job.detail", default="The run's job is gone.")
    progress = ProgressSerializer(source="job.progress", default=dict)
    snapshot = RunSnapshotSerializer()
    started_at = serializers.DateTimeField(source="job.started_at", default=None, allow_null=True)
    finished_at = serializers.DateTimeField(source="job.finished_at", default=None, allow_null=True)
    attempts = serializers.IntegerField(source="job.attempts", default=0)
    model = serializers.IntegerField(source="model_version.pk", default=None, allow_null=True)
    findings = FindingSerializer(many=True)

    class Meta:
        model = TrainingRun
        fields = [
            "id",
            "project",
            "state",
            "code",
            "detail",
            "progress",
            "seed",
            "snapshot",
            "config",
            "start",
            "warm_start",
            "pretraining",
            "findings",
            "code_version",
            "created_at",
            "started_at",
            "finished_at",
            "model",
            "attempts",
        ]


class ShownSampleSerializer(serializers.Serializer[object]):
    """A sample that the report speaks of."""

    id = serializers.IntegerField()
    image = serializers.IntegerField(source="image_id")
    name = serializers.CharField(source="image.name")


class RunDetailSerializer(RunSerializer):
    """A run with its report; `samples` names those that the report speaks of."""

    report = serializers.JSONField(read_only=True)
    environment = serializers.JSONField(read_only=True)
    samples = serializers.SerializerMethodField()

    class Meta(RunSerializer.Meta):
        fields = [*RunSerializer.Meta.fields, "report", "environment", "samples"]

    @extend_schema_field(ShownSampleSerializer(many=True))
    def get_samples(self, run: TrainingRun) -> object:
        """Say which images they are of."""
        return ShownSampleSerializer(list_shown_samples(run), many=True).data


class CurvePointSerializer(serializers.ModelSerializer[CurvePoint]):
    """One point of a run's curves."""

    class Meta:
        model = CurvePoint
        fields = ["step", "seconds", "loss", "val", "images_per_second", "learning_rate"]


class CurvesSerializer(serializers.Serializer[object]):
    """A run's curves."""

    points = CurvePointSerializer(many=True)


class JobSerializer(serializers.ModelSerializer[Job]):
    """A piece of background work."""

    progress = serializers.JSONField()

    class Meta:
        model = Job
        fields = ["id", "kind", "state", "progress", "code", "detail", "created_at", "finished_at"]


class OfProjectSerializer(serializers.Serializer[object]):
    """Query of the lists that belong to a project."""

    project = serializers.IntegerField(min_value=1)
