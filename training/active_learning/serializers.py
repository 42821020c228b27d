"""Rounds and the learning curve as JSON."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from training.acquisition import ACQUISITIONS
from training.active_learning import selectors
from training.active_learning.models import ArmTrial, Round


class NewRoundSerializer(serializers.Serializer[object]):
    """What can be asked of a round; what is left out is as the project's loop says."""

    strategy = serializers.ChoiceField(choices=sorted(ACQUISITIONS), required=False)
    batch_size = serializers.IntegerField(required=False, min_value=1, max_value=10_000)
    control_fraction = serializers.FloatField(required=False, min_value=0.01, max_value=1)
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**63 - 1)


class EmbeddingsQuerySerializer(serializers.Serializer[object]):
    """Which samples: their ids with commas between."""

    samples = serializers.RegexField(r"^\d{1,18}(,\d{1,18}){0,99}$")

    def validate_samples(self, value: str) -> list[int]:
        """Read the ids."""
        return [int(part) for part in value.split(",")]


class EmbeddingsSerializer(serializers.Serializer[selectors.Embeddings]):
    """Where a model places samples, by their ids, and in which round's scoring."""

    round = serializers.IntegerField(allow_null=True)
    vectors = serializers.DictField(child=serializers.ListField(child=serializers.FloatField()))


class ArmSerializer(serializers.Serializer[selectors.ArmProgress]):
    """One arm of a round."""

    name = serializers.CharField()
    strategy = serializers.CharField()
    n = serializers.IntegerField()
    labelled = serializers.IntegerField()
    samples = serializers.ListField(child=serializers.IntegerField())


class RoundEvaluationSerializer(serializers.Serializer[object]):
    """What a round's model scored."""

    split = serializers.CharField()
    arm = serializers.CharField()
    n_labels = serializers.IntegerField()
    metrics = serializers.DictField(child=serializers.FloatField())


class ArmTrialSerializer(serializers.ModelSerializer[ArmTrial]):
    """A training on one arm's labels alone."""

    state = serializers.SerializerMethodField()

    class Meta:
        model = ArmTrial
        fields = ["id", "arm", "n_labels", "state"]

    def get_state(self, trial: ArmTrial) -> str:
        """State of its job."""
        return "done" if trial.done_at else str(trial.job.state if trial.job else "failed")


class RoundSerializer(serializers.ModelSerializer[Round]):
    """A round with its arms."""

    arms = serializers.SerializerMethodField()
    n_samples = serializers.SerializerMethodField()
    n_labelled = serializers.SerializerMethodField()
    evaluations = RoundEvaluationSerializer(many=True)
    trials = ArmTrialSerializer(many=True)
    timings = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = Round
        fields = [
            "id",
            "project",
            "number",
            "state",
            "code",
            "detail",
            "strategy",
            "batch_size",
            "seed",
            "arms",
            "n_samples",
            "n_labelled",
            "run",
            "scored_by",
            "timings",
            "created_at",
            "finished_at",
            "evaluations",
            "trials",
        ]

    @extend_schema_field(ArmSerializer(many=True))
    def get_arms(self, round_: Round) -> list[dict[str, object]]:
        """Arms with how much of each is labelled."""
        return [dict(ArmSerializer(arm).data) for arm in selectors.list_arms(round_)]

    def get_n_samples(self, round_: Round) -> int:
        """Count the samples in the batch."""
        return len(round_.samples.all())

    def get_n_labelled(self, round_: Round) -> int:
        """Count the samples of the batch that have a ground truth."""
        return sum(arm.labelled for arm in selectors.list_arms(round_))


class LearningPointSerializer(serializers.Serializer[selectors.LearningPoint]):
    """One point of the learning curve."""

    round = serializers.IntegerField(allow_null=True)
    arm = serializers.CharField()
    labels = serializers.IntegerField()
    split = serializers.CharField()
    score = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    ap50 = serializers.FloatField(allow_null=True)
    ap75 = serializers.FloatField(allow_null=True)


class ForecastSerializer(serializers.Serializer[object]):
    """What more labels should bring."""

    labels = serializers.IntegerField()
    score = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    gain = serializers.FloatField()
    gain_low = serializers.FloatField()
    gain_high = serializers.FloatField()
    worthwhile = serializers.FloatField()


class LearningCurveSerializer(serializers.Serializer[selectors.LearningCurve]):
    """The learning curve of a project."""

    metric = serializers.CharField()
    points = LearningPointSerializer(many=True)
    forecast = ForecastSerializer(allow_null=True)
