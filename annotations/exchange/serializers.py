"""What an overview looks like in the API."""

from rest_framework import serializers

from annotations.accounts.models import User


class PersonSerializer(serializers.ModelSerializer[User]):
    """A person as others in the project see them, without the address."""

    class Meta:
        model = User
        fields = ["id", "username", "display_name"]
        read_only_fields = fields


class SampleCountsSerializer(serializers.Serializer[object]):
    """How many samples stand where."""

    pool = serializers.IntegerField()
    queued = serializers.IntegerField()
    answered = serializers.IntegerField()
    in_review = serializers.IntegerField()
    accepted = serializers.IntegerField()
    total = serializers.IntegerField()
    by_split = serializers.DictField(child=serializers.IntegerField())
    accepted_by_split = serializers.DictField(child=serializers.IntegerField())


class ClassCountSerializer(serializers.Serializer[object]):
    """How much of the ground truth is of a class (`class`: its name)."""

    index = serializers.IntegerField()
    color = serializers.CharField()
    n = serializers.IntegerField()

    def get_fields(self) -> dict[str, "serializers.Field[object, object, object, object]"]:
        """Add the field whose name is a word of Python."""
        return {"class": serializers.CharField(source="name"), **super().get_fields()}


class AnnotatorSerializer(serializers.Serializer[object]):
    """What one person did."""

    user = PersonSerializer()
    submitted = serializers.IntegerField()
    objects = serializers.IntegerField()
    seconds = serializers.FloatField()
    operations = serializers.IntegerField()
    agreement = serializers.FloatField(allow_null=True)


class CodedSerializer(serializers.Serializer[object]):
    """A stable code and a sentence."""

    code = serializers.CharField()
    detail = serializers.CharField()


class QueueSerializer(serializers.Serializer[object]):
    """How full the queue is."""

    open = serializers.IntegerField()
    leased = serializers.IntegerField()
    empty_reason = CodedSerializer(allow_null=True)


class NextStepSerializer(CodedSerializer):
    """What to do next, and where."""

    href = serializers.CharField()


class OverviewSerializer(serializers.Serializer[object]):
    """A project at a glance."""

    samples = SampleCountsSerializer()
    images = serializers.IntegerField()
    class_counts = ClassCountSerializer(many=True)
    annotators = AnnotatorSerializer(many=True)
    queue = QueueSerializer()
    next_step = NextStepSerializer()
