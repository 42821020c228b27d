"""What leases and the queue look like in the API."""

from typing import Any

from rest_framework import serializers

from annotations.crowdsourcing.serving import LARGEST_BATCH, Served, ServedItem
from annotations.images.serializers import ImageSerializer
from annotations.labels.models import Annotation, AnnotationState
from annotations.labels.serializers import MarksSerializer, ProposalSerializer
from annotations.projects.models import Sample
from annotations.projects.serializers import RegionSerializer, SampleSerializer


class LeaseSerializer(serializers.Serializer[Any]):
    """A hold on a sample."""

    id = serializers.UUIDField()
    token = serializers.IntegerField()
    leased_until = serializers.DateTimeField()


class DraftSerializer(serializers.Serializer[Any]):
    """The draft to work on."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    state = serializers.ChoiceField(choices=AnnotationState.choices)
    class_index = serializers.IntegerField(allow_null=True)
    object_classes = serializers.DictField(child=serializers.IntegerField())
    marks = MarksSerializer()
    note = serializers.CharField()


class EmptyReasonSerializer(serializers.Serializer[Any]):
    """Why there is nothing to do."""

    code = serializers.CharField()
    detail = serializers.CharField()


class NextSerializer(serializers.Serializer[Any]):
    """The next sample; everything but `reason` is null where there is none."""

    assignment = LeaseSerializer(allow_null=True)
    sample = SampleSerializer(allow_null=True)
    image = ImageSerializer(allow_null=True)
    annotation = DraftSerializer(allow_null=True)
    proposal = ProposalSerializer(allow_null=True)
    reason = EmptyReasonSerializer(allow_null=True)


class UpcomingSerializer(serializers.Serializer[Any]):
    """What will probably be asked next; both are null where nothing is."""

    image = ImageSerializer(allow_null=True)
    region = RegionSerializer(allow_null=True)


class NextBatchSerializer(serializers.Serializer[Any]):
    """The next samples of a grid."""

    items = NextSerializer(many=True)
    reason = EmptyReasonSerializer(allow_null=True)


class BatchRequestSerializer(serializers.Serializer[Any]):
    """How many samples are wanted."""

    count = serializers.IntegerField(min_value=1, max_value=LARGEST_BATCH, default=12)


class TokenSerializer(serializers.Serializer[Any]):
    """The fencing token of a lease."""

    token = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class SkipSerializer(TokenSerializer):
    """The token, and why the sample cannot be answered."""

    why = serializers.CharField(max_length=300, allow_blank=True, default="")


class LeasedUntilSerializer(serializers.Serializer[Any]):
    """Until when a lease holds."""

    leased_until = serializers.DateTimeField()


# One of each for all requests: making a serializer's fields takes longer than using them.
_LEASE, _SAMPLE, _IMAGE = LeaseSerializer(), SampleSerializer(), ImageSerializer()
_DRAFT, _PROPOSAL, _REASON = DraftSerializer(), ProposalSerializer(), EmptyReasonSerializer()


def describe_upcoming(sample: Sample | None) -> dict[str, Any]:
    """Represent the image and region of a sample that nobody has leased yet."""
    if sample is None:
        return {"image": None, "region": None}
    region = RegionSerializer(sample).data if sample.y0 is not None else None
    return {"image": _IMAGE.to_representation(sample.image), "region": region}


def describe_next(served: Served) -> dict[str, Any]:
    """Represent one served sample, or why there is none."""
    if served.items:
        return describe_item(served.items[0])
    empty: dict[str, Any] = dict.fromkeys(NextSerializer().fields)
    return empty | {"reason": _REASON.to_representation(served.reason)}


def describe_item(item: ServedItem) -> dict[str, Any]:
    """Represent a leased sample."""
    return describe_draft(item.annotation) | {"assignment": _LEASE.to_representation(item.lease)}


def describe_draft(annotation: Annotation) -> dict[str, Any]:
    """Represent a draft with its sample and image, without a lease."""
    proposal = annotation.shown_proposal
    return {
        "assignment": None,
        "sample": _SAMPLE.to_representation(annotation.sample),
        "image": _IMAGE.to_representation(annotation.sample.image),
        "annotation": _DRAFT.to_representation(annotation),
        "proposal": _PROPOSAL.to_representation(proposal) if proposal else None,
        "reason": None,
    }
