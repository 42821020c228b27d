"""Model versions as JSON."""

from rest_framework import serializers

from training.model_registry import selectors
from training.model_registry.models import ModelState, ModelVersion


class GateSerializer(serializers.Serializer[object]):
    """What the gate said; empty until the model is measured."""

    decision = serializers.CharField(required=False)
    delta = serializers.FloatField(required=False)
    low = serializers.FloatField(required=False)
    high = serializers.FloatField(required=False)
    n = serializers.IntegerField(required=False)
    reason = serializers.CharField(required=False)
    against = serializers.IntegerField(required=False, allow_null=True)


class ModelVersionSerializer(serializers.ModelSerializer[ModelVersion]):
    """A model version with its scores; the test split's only after a look."""

    metrics = serializers.SerializerMethodField()
    gate = GateSerializer()
    card = serializers.JSONField()
    test_looks = serializers.SerializerMethodField()
    trainable = serializers.BooleanField()

    class Meta:
        model = ModelVersion
        fields = [
            "id",
            "project",
            "number",
            "run",
            "state",
            "created_at",
            "promoted_at",
            "metrics",
            "gate",
            "card",
            "test_looks",
            "origin",
            "trainable",
        ]

    def get_metrics(self, version: ModelVersion) -> dict[str, dict[str, float]]:
        """Split to named numbers."""
        return selectors.get_metrics(version)

    def get_test_looks(self, version: ModelVersion) -> int:
        """How often somebody looked at the test score."""
        return selectors.count_looks(version)


class TestLookSerializer(serializers.Serializer[object]):
    """What the locked test split says."""

    metrics = serializers.DictField(child=serializers.FloatField())
    looks = serializers.IntegerField()


class ComparedIntervalSerializer(serializers.Serializer[object]):
    """A mean over images with its 90 % interval, groups resampled."""

    mean = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class ComparedModelSerializer(serializers.Serializer[object]):
    """One model's column."""

    model = serializers.IntegerField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ModelState.choices)
    run = serializers.IntegerField(allow_null=True)
    metrics = serializers.DictField(child=ComparedIntervalSerializer())
    differences = serializers.DictField(child=ComparedIntervalSerializer())
    settings = serializers.DictField()
    costs = serializers.DictField(child=serializers.FloatField(allow_null=True))


class ComparedImageSerializer(serializers.Serializer[object]):
    """One common image."""

    sample = serializers.IntegerField()
    image = serializers.IntegerField(allow_null=True)
    group = serializers.CharField()
    values = serializers.ListField(child=serializers.FloatField())


class ModelComparisonSerializer(serializers.Serializer[object]):
    """Models side by side on the images that all were measured on."""

    split = serializers.CharField()
    n_images = serializers.IntegerField()
    n_groups = serializers.IntegerField()
    models = ComparedModelSerializer(many=True)
    images = ComparedImageSerializer(many=True)


class ComparedQuerySerializer(serializers.Serializer[object]):
    """Which models: their ids, with commas between."""

    models = serializers.RegexField(r"^\d+(,\d+)*$", max_length=200)
