"""What consensus, review and ground truth look like in the API."""

from typing import Any

from rest_framework import serializers

from annotations.accounts.serializers import UserSerializer
from annotations.crowdsourcing.models import Consensus
from annotations.labels.models import AnnotationState
from annotations.review.models import GroundTruth, GroundTruthSource, ReviewDecision

DECISIONS = (ReviewDecision.ACCEPT, ReviewDecision.ACCEPT_ANSWER, ReviewDecision.SEND_BACK)


class SubmitSerializer(serializers.Serializer[Any]):
    """An answer."""

    token = serializers.IntegerField(required=False, allow_null=True)
    seconds = serializers.FloatField(min_value=0, default=0)
    class_index = serializers.IntegerField(min_value=1, required=False, allow_null=True)


class SubmittedSerializer(serializers.Serializer[Any]):
    """What became of an answer."""

    state = serializers.ChoiceField(choices=AnnotationState.choices)
    extra_vote = serializers.BooleanField()
    next = serializers.CharField(allow_null=True, default=None)


class AnswerSerializer(serializers.Serializer[Any]):
    """One person's submitted answer, as a reviewer sees it."""

    annotation = serializers.UUIDField(source="pk")
    user = UserSerializer()
    seconds = serializers.FloatField()
    operations = serializers.IntegerField(source="n_operations")
    objects = serializers.IntegerField(source="n_objects")
    class_index = serializers.IntegerField(allow_null=True)
    extra_vote = serializers.BooleanField()
    submitted_at = serializers.DateTimeField()


class TruthObjectSerializer(serializers.Serializer[Any]):
    """One object and its class."""

    id = serializers.IntegerField()
    class_index = serializers.IntegerField(allow_null=True)


class ConsensusObjectSerializer(TruthObjectSerializer):
    """One object of a consensus, and how sure people are of it; x, y are its middle."""

    votes = serializers.IntegerField()
    confidence = serializers.FloatField()
    is_disputed = serializers.BooleanField()
    t = serializers.IntegerField()
    z = serializers.IntegerField()
    x = serializers.FloatField()
    y = serializers.FloatField()
    area = serializers.IntegerField()


class ConsensusSerializer(serializers.Serializer[Consensus]):
    """What all answers add up to."""

    version = serializers.IntegerField()
    method = serializers.CharField()
    agreement = serializers.FloatField(allow_null=True)
    confidence = serializers.FloatField(allow_null=True)
    is_undecided = serializers.BooleanField()
    class_index = serializers.IntegerField(allow_null=True)
    object_classes = serializers.DictField(child=serializers.IntegerField())
    objects = ConsensusObjectSerializer(many=True, source="objects_found")
    disputed = serializers.SerializerMethodField()

    def get_disputed(self, consensus: Consensus) -> list[int]:
        """List the objects about which people differ."""
        return [item["id"] for item in consensus.objects_found if item["is_disputed"]]


class GroundTruthSerializer(serializers.Serializer[GroundTruth]):
    """What was accepted."""

    version = serializers.IntegerField()
    # DRF takes declared fields off the class, so its own attribute `source` stays what it is.
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=GroundTruthSource.choices
    )
    class_index = serializers.IntegerField(allow_null=True)
    n_objects = serializers.IntegerField()
    objects = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_objects(self, truth: GroundTruth) -> list[dict[str, int]]:
        """List the objects that have a class."""
        classes = sorted((int(number), index) for number, index in truth.object_classes.items())
        return [{"id": number, "class_index": index} for number, index in classes]


class ReviewSerializer(serializers.Serializer[Any]):
    """A reviewer's decision."""

    decision = serializers.ChoiceField(choices=[(item.value, item.label) for item in DECISIONS])
    annotation = serializers.UUIDField(required=False, allow_null=True)
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require the answer that is accepted."""
        if attrs["decision"] == ReviewDecision.ACCEPT_ANSWER and not attrs.get("annotation"):
            raise serializers.ValidationError({"annotation": ["Name the answer to accept."]})
        return attrs
