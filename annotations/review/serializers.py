"""What consensus, review and ground truth look like in the API."""

from typing import Any

from rest_framework import serializers

from annotations.accounts.serializers import UserSerializer
from annotations.crowdsourcing.models import Consensus
from annotations.labels.models import Annotation, AnnotationState
from annotations.review.models import (
    GroundTruth,
    GroundTruthSource,
    ReviewDecision,
    ReviewNote,
)
from annotations.review.services import StartKind

MOST_NOTES = 200
LARGEST_PLANE = 2**31 - 1
DECISIONS = (ReviewDecision.ACCEPT, ReviewDecision.ACCEPT_ANSWER, ReviewDecision.SEND_BACK)


class SubmitSerializer(serializers.Serializer[Any]):
    """An answer."""

    token = serializers.IntegerField(required=False, allow_null=True)
    seconds = serializers.FloatField(min_value=0, default=0)
    class_index = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    class_indexes = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, allow_null=True
    )


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
    classes = serializers.SerializerMethodField()
    extra_vote = serializers.BooleanField()
    submitted_at = serializers.DateTimeField()

    def get_classes(self, annotation: Annotation) -> list[int]:
        """List the classes that its objects have; of a whole sample, those that it may have."""
        return sorted(set(annotation.object_classes.values()))


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


class CellAnswerSerializer(serializers.Serializer[Any]):
    """One person's outline of a cell; `iou` is the mean with the others who drew it."""

    annotation = serializers.UUIDField()
    object = serializers.IntegerField()
    class_index = serializers.IntegerField(allow_null=True)
    iou = serializers.FloatField(allow_null=True)


class ComparedCellSerializer(serializers.Serializer[Any]):
    """One cell that somebody drew, and how far people agree about it; x, y are its middle."""

    t = serializers.IntegerField()
    z = serializers.IntegerField()
    x = serializers.FloatField()
    y = serializers.FloatField()
    area = serializers.IntegerField()
    answers = CellAnswerSerializer(many=True)
    iou = serializers.FloatField(allow_null=True)
    agreement = serializers.FloatField()
    is_disputed = serializers.BooleanField()


class CellAgreementSerializer(serializers.Serializer[Any]):
    """How far people agree about each cell: how many there are, and the least agreed first."""

    version = serializers.IntegerField()
    n_cells = serializers.IntegerField(source="cell_agreement.n_cells")
    n_disputed = serializers.IntegerField(source="cell_agreement.n_disputed")
    cells = ComparedCellSerializer(many=True, source="cell_agreement.cells")


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


class PlacedNoteSerializer(serializers.Serializer[Any]):
    """A remark and its place; without `annotation` it is for all answers that are sent back."""

    text = serializers.CharField(max_length=1000)
    t = serializers.IntegerField(min_value=0, max_value=LARGEST_PLANE, default=0)
    z = serializers.IntegerField(min_value=0, max_value=LARGEST_PLANE, default=0)
    x = serializers.FloatField()
    y = serializers.FloatField()
    object = serializers.IntegerField(
        min_value=1, max_value=2**32 - 1, required=False, allow_null=True
    )
    annotation = serializers.UUIDField(required=False, allow_null=True)


class ReviewSerializer(serializers.Serializer[Any]):
    """A reviewer's decision.

    `annotation` names the answer that is accepted, `annotations` those that are sent back (all,
    where none is named), with `notes` on the picture.
    """

    decision = serializers.ChoiceField(choices=[(item.value, item.label) for item in DECISIONS])
    annotation = serializers.UUIDField(required=False, allow_null=True)
    annotations = serializers.ListField(child=serializers.UUIDField(), max_length=50, default=list)
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")
    notes = serializers.ListField(child=PlacedNoteSerializer(), max_length=MOST_NOTES, default=list)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require the answer that is accepted; notes are for answers that are sent back."""
        if attrs["decision"] == ReviewDecision.ACCEPT_ANSWER and not attrs.get("annotation"):
            raise serializers.ValidationError({"annotation": ["Name the answer to accept."]})
        if attrs["decision"] != ReviewDecision.SEND_BACK and attrs["notes"]:
            raise serializers.ValidationError(
                {"notes": ["Notes on the picture are for answers that are sent back."]}
            )
        return attrs


class CorrectSerializer(serializers.Serializer[Any]):
    """What a correction starts from; where nothing is said, a begun one is gone on with."""

    start = serializers.ChoiceField(choices=StartKind.choices, required=False)
    annotation = serializers.UUIDField(required=False, allow_null=True)
    anew = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require the answer that is started from."""
        if attrs.get("start") == StartKind.ANSWER and not attrs.get("annotation"):
            raise serializers.ValidationError({"annotation": ["Name the answer to start from."]})
        return attrs


class ReviewNoteSerializer(serializers.ModelSerializer[ReviewNote]):
    """A reviewer's note on the picture, as the annotator sees it."""

    reviewer = UserSerializer(source="review.reviewer")
    object = serializers.IntegerField(source="object_id", allow_null=True)
    done = serializers.SerializerMethodField()

    class Meta:
        model = ReviewNote
        fields = ["id", "text", "t", "z", "x", "y", "object", "reviewer", "done", "created_at"]
        read_only_fields = fields

    def get_done(self, note: ReviewNote) -> bool:
        """Say whether the annotator has ticked it."""
        return note.done_at is not None


class TickSerializer(serializers.Serializer[Any]):
    """Whether a note was dealt with."""

    done = serializers.BooleanField()
