"""Starts, pre-trainings and comparisons as JSON."""

from typing import TypeVar

from django.db.models import Model
from rest_framework import serializers

from core.jobs.models import JobState
from training.runs.models import StartKind
from training.starts.models import Pretraining, StartComparison

Row = TypeVar("Row", bound=Model)
PRETEXTS = ("masked", "blind_spots", "denoising")
WHY = ("chosen", "compared", "base", "nothing")
NAMED = (StartKind.MODEL, StartKind.PRETRAINING)


class StartSerializer(serializers.Serializer[object]):
    """What to start from; `id` of the model version or the pre-training where it is a certain one.

    `auto` follows the newest comparison that tells, else the newest base.
    """

    kind = serializers.ChoiceField(choices=StartKind.choices)
    id = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        """Refuse an id without a kind that has one, and the other way round."""
        if (attrs["kind"] in NAMED) != (attrs.get("id") is not None):
            raise serializers.ValidationError(
                {"id": "Give the id of the model or the pre-training, and of nothing else."}
            )
        return attrs


class NewRunSerializer(serializers.Serializer[object]):
    """What can be asked of a run."""

    minutes = serializers.FloatField(required=False, allow_null=True)
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**63 - 1, default=0)
    config = serializers.DictField(required=False, default=dict)
    start = StartSerializer(
        required=False, allow_null=True, default=None, help_text="Nothing: the project's."
    )


class StartOptionSerializer(serializers.Serializer[object]):
    """A model or a pre-training to start from."""

    kind = serializers.ChoiceField(choices=StartKind.choices)
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    project = serializers.IntegerField()
    project_name = serializers.CharField()
    champion = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class ResolvedStartSerializer(serializers.Serializer[object]):
    """What the next run would start from, and why."""

    kind = serializers.ChoiceField(choices=StartKind.choices)
    id = serializers.IntegerField(source="base.pk", default=None, allow_null=True)
    why = serializers.ChoiceField(choices=WHY)


class ProjectStartSerializer(serializers.Serializer[object]):
    """The project's setting, what it comes to, and what else there is."""

    chosen = StartSerializer()
    now = ResolvedStartSerializer()
    options = StartOptionSerializer(many=True)


class NewPretrainingSerializer(serializers.Serializer[object]):
    """What can be asked of a training without labels."""

    minutes = serializers.FloatField(min_value=0)
    pretext = serializers.ChoiceField(choices=PRETEXTS, required=False, default="masked")
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**31, default=0)


class BaseFactsSerializer(serializers.Serializer[object]):
    """What is said of a base; empty until it is done."""

    metrics = serializers.DictField(child=serializers.FloatField(), required=False)
    counts = serializers.DictField(child=serializers.IntegerField(), required=False)
    steps = serializers.IntegerField(required=False)
    seconds = serializers.FloatField(required=False)


class BasePointSerializer(serializers.Serializer[object]):
    """One point of a curve."""

    step = serializers.IntegerField()
    seconds = serializers.FloatField()
    loss = serializers.FloatField(allow_null=True)
    val = serializers.FloatField(allow_null=True)


class OfJobSerializer(serializers.ModelSerializer[Row]):
    """How the job stands."""

    state = serializers.ChoiceField(choices=JobState.choices, source="job.state", default="failed")
    code = serializers.CharField(source="job.code", default="job_lost")
    detail = serializers.CharField(source="job.detail", default="Its job is gone.")
    fraction = serializers.FloatField(source="job.progress.fraction", default=None, allow_null=True)


class PretrainingSerializer(OfJobSerializer[Pretraining]):
    """A training without labels."""

    facts = BaseFactsSerializer(source="card.report", default=dict)
    pretext = serializers.CharField(source="config.pretrain.pretext", default="masked")
    curve = BasePointSerializer(many=True)

    class Meta:
        model = Pretraining
        fields = [
            "id",
            "project",
            "state",
            "code",
            "detail",
            "fraction",
            "minutes",
            "pretext",
            "seed",
            "facts",
            "curve",
            "created_at",
        ]


class NewStartComparisonSerializer(serializers.Serializer[object]):
    """What can be asked of a comparison of starts."""

    starts = StartSerializer(many=True, allow_empty=False)
    minutes = serializers.FloatField(required=False, allow_null=True, default=None)
    seeds = serializers.IntegerField(required=False, min_value=1, max_value=5, default=3)


class StartDifferenceSerializer(serializers.Serializer[object]):
    """Mean difference to starting from nothing, with its 90 % interval over groups."""

    mean = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class StartRowSerializer(serializers.Serializer[object]):
    """What starting from one place gave."""

    name = serializers.CharField()
    mean = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    by_seed = serializers.ListField(child=serializers.FloatField())
    difference = StartDifferenceSerializer(allow_null=True)


class StartResultSerializer(serializers.Serializer[object]):
    """What a comparison showed; empty until it is done. `best` is null where it does not tell."""

    primary = serializers.CharField(required=False)
    n_items = serializers.IntegerField(required=False)
    n_groups = serializers.IntegerField(required=False)
    seeds = serializers.ListField(child=serializers.IntegerField(), required=False)
    rows = StartRowSerializer(many=True, required=False)
    best = serializers.CharField(required=False, allow_null=True)


class ComparedStartSerializer(serializers.Serializer[object]):
    """A start under the name that it has in the result."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=StartKind.choices)
    id = serializers.IntegerField(allow_null=True)


class StartComparisonSerializer(OfJobSerializer[StartComparison]):
    """Trainings from nothing and from other starts."""

    starts = ComparedStartSerializer(many=True)
    seeds = serializers.ListField(child=serializers.IntegerField())
    result = StartResultSerializer()

    class Meta:
        model = StartComparison
        fields = [
            "id",
            "project",
            "state",
            "code",
            "detail",
            "fraction",
            "minutes",
            "seeds",
            "starts",
            "result",
            "created_at",
        ]
