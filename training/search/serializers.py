"""Searches as JSON."""

from rest_framework import serializers

from training.search.models import Search, Trial

DIMENSION_KINDS = ("float", "int", "choice")


class DimensionSerializer(serializers.Serializer[object]):
    """One setting that a search may change."""

    key = serializers.CharField(max_length=100)
    kind = serializers.ChoiceField(choices=DIMENSION_KINDS)
    low = serializers.FloatField(required=False)
    high = serializers.FloatField(required=False)
    log = serializers.BooleanField(required=False)
    choices = serializers.ListField(required=False)


class NewSearchSerializer(serializers.Serializer[object]):
    """What can be asked of a search."""

    minutes = serializers.FloatField(min_value=0)
    trial_minutes = serializers.FloatField(required=False, allow_null=True, min_value=0)
    lanes = serializers.IntegerField(required=False, min_value=1, max_value=1000, default=1)
    folds = serializers.IntegerField(required=False, min_value=0, max_value=1000, default=0)
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**31, default=0)
    space = DimensionSerializer(many=True, required=False, default=list)


class SearchSpaceSerializer(serializers.Serializer[object]):
    """What is searched where nothing is said, and what may be added to it."""

    space = DimensionSerializer(many=True)
    further = DimensionSerializer(many=True)


class GainSerializer(serializers.Serializer[object]):
    """Mean difference to the settings before, with its 90 % interval over groups."""

    mean = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    items = serializers.IntegerField()
    groups = serializers.IntegerField()


class SearchResultSerializer(serializers.Serializer[object]):
    """What a search found; empty until it is done."""

    best = serializers.IntegerField(required=False)
    values = serializers.DictField(required=False)
    config = serializers.DictField(required=False)
    value = serializers.FloatField(required=False)
    default_value = serializers.FloatField(required=False)
    gain = GainSerializer(required=False, allow_null=True)
    confirmed = serializers.BooleanField(required=False)
    importances = serializers.DictField(child=serializers.FloatField(), required=False)
    counts = serializers.DictField(child=serializers.IntegerField(), required=False)


class TrialSerializer(serializers.ModelSerializer[Trial]):
    """One setting that was tried."""

    values = serializers.DictField()
    rungs = serializers.ListField(child=serializers.FloatField())
    fraction = serializers.SerializerMethodField()

    class Meta:
        model = Trial
        fields = [
            "number",
            "role",
            "state",
            "values",
            "seed",
            "value",
            "rungs",
            "seconds",
            "fraction",
            "code",
            "detail",
        ]

    def get_fraction(self, trial: Trial) -> float | None:
        """How far a running trial is, from 0 to 1."""
        fraction = trial.job.progress.get("fraction") if trial.job is not None else None
        return float(fraction) if isinstance(fraction, int | float) else None


class SearchSerializer(serializers.ModelSerializer[Search]):
    """A search with its trials."""

    space = DimensionSerializer(many=True)
    config = serializers.DictField()
    result = SearchResultSerializer()
    trials = TrialSerializer(many=True)

    class Meta:
        model = Search
        fields = [
            "id",
            "project",
            "state",
            "code",
            "detail",
            "space",
            "config",
            "minutes",
            "trial_minutes",
            "lanes",
            "folds",
            "seed",
            "result",
            "trials",
            "created_at",
            "finished_at",
        ]
