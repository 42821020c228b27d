"""Model versions as JSON."""

from rest_framework import serializers

from training.model_registry import selectors
from training.model_registry.models import ModelVersion


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
