"""What labels look like in the API."""

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers

from annotations.labels.blocks import BlockAt
from annotations.labels.models import AnnotationState, OperationKind, Proposal
from annotations.labels.operations import PATCHING_KINDS, OperationInput
from core.errors import DomainError

MOST_OPERATIONS = 512
# A screen of 5120 x 2880 pixels between two levels shows about as many.
MOST_BLOCKS = 256
BLOCK_NAME = re.compile(r"\d{1,2}-\d{1,6}-\d{1,6}")


class ClockField(serializers.DateTimeField):
    """A client's clock: ISO 8601, or milliseconds since 1970 as browsers have them."""

    def to_internal_value(self, value: Any) -> datetime:  # noqa: ANN401 - DRF's signature
        """Read either form."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                return datetime.fromtimestamp(value / 1000, tz=UTC)
            except (ValueError, OverflowError, OSError):
                self.fail("invalid", format="ISO 8601, or milliseconds since 1970")
        parsed: datetime = super().to_internal_value(value)
        return parsed


class OperationSerializer(serializers.Serializer[Any]):
    """One edit operation."""

    op_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=OperationKind.choices)
    t = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)
    z = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)
    at = ClockField(required=False, allow_null=True)
    step = serializers.UUIDField(required=False, allow_null=True)
    patch = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    payload = serializers.DictField(required=False)


class OperationsSerializer(serializers.Serializer[Any]):
    """A batch of operations on one annotation."""

    base_version = serializers.IntegerField(min_value=0)
    ops = serializers.ListField(child=OperationSerializer(), max_length=MOST_OPERATIONS)


class StoredSerializer(serializers.Serializer[Any]):
    """What is stored now."""

    version = serializers.IntegerField()
    applied = serializers.ListField(child=serializers.UUIDField())


class EffortSerializer(serializers.Serializer[Any]):
    """What an answer took."""

    seconds = serializers.FloatField()
    operations = serializers.IntegerField(source="n_operations")
    objects = serializers.IntegerField(source="n_objects")


class MarksSerializer(serializers.Serializer[Any]):
    """Proposed objects that the annotator has looked at, and those that were found right."""

    seen = serializers.ListField(child=serializers.IntegerField(), default=list)
    confirmed = serializers.ListField(child=serializers.IntegerField(), default=list)


class AnnotationSerializer(serializers.Serializer[Any]):
    """One person's answer to one sample."""

    id = serializers.UUIDField()
    sample = serializers.IntegerField(source="sample_id")
    user = serializers.IntegerField(source="user_id")
    state = serializers.ChoiceField(choices=AnnotationState.choices)
    version = serializers.IntegerField()
    is_correction = serializers.BooleanField()
    extra_vote = serializers.BooleanField()
    class_index = serializers.IntegerField(allow_null=True)
    object_classes = serializers.DictField(child=serializers.IntegerField())
    effort = EffortSerializer(source="*")
    note = serializers.CharField()


class ProposedObjectSerializer(serializers.Serializer[Any]):
    """One object of a proposal."""

    id = serializers.IntegerField()
    class_index = serializers.IntegerField(allow_null=True, required=False)
    confidence = serializers.FloatField(allow_null=True, required=False)
    class_scores = serializers.DictField(child=serializers.FloatField(), required=False)


class ProposalSerializer(serializers.Serializer[Proposal]):
    """What a model thinks of a sample."""

    # DRF takes declared fields off the class, so its own attribute `source` stays what it is.
    source = serializers.CharField()  # type: ignore[assignment]
    reason = serializers.CharField()
    objects = ProposedObjectSerializer(many=True, source="objects_found")
    class_scores = serializers.DictField(child=serializers.FloatField())


class PlaneQuerySerializer(serializers.Serializer[Any]):
    """Which plane of a label image is wanted."""

    t = serializers.IntegerField(min_value=0, default=0)
    z = serializers.IntegerField(min_value=0, default=0)


class BlocksField(serializers.CharField):
    """Blocks of a plane, as level-row-column, with commas between."""

    def to_internal_value(self, data: Any) -> list[BlockAt]:  # type: ignore[override]  # noqa: ANN401
        """Read them."""
        names = super().to_internal_value(data).split(",")
        if len(names) > MOST_BLOCKS or not all(map(BLOCK_NAME.fullmatch, names)):
            raise serializers.ValidationError(
                f"Name 1 to {MOST_BLOCKS} blocks as level-row-column, with commas between."
            )
        return [BlockAt(*map(int, name.split("-"))) for name in names]


class BlockQuerySerializer(PlaneQuerySerializer):
    """Which blocks of a plane are wanted."""

    blocks = BlocksField()


class ObjectTableSerializer(serializers.Serializer[Any]):
    """The objects of one plane; a row is id, area, x, y of the middle, then x0, y0, x1, y1."""

    version = serializers.IntegerField()
    largest = serializers.IntegerField(help_text="largest id in all planes; new ones go above it")
    objects = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))


def parse_operation(data: dict[str, Any]) -> OperationInput:
    """Turn a validated operation into what the service takes.

    Raises
    ------
    DomainError
        "bad_patch" for what is no base64, "bad_operation" for a payload that means nothing.
    """
    payload = data.get("payload") or {}
    _check_payload(data["kind"], payload)
    return OperationInput(
        op_id=data["op_id"],
        kind=data["kind"],
        t=data["t"],
        z=data["z"],
        patch=_decode(data.get("patch", "")) if data["kind"] in PATCHING_KINDS else b"",
        payload={name: payload[name] for name in ("object", "class_index") if name in payload},
        made_at=data.get("at"),
        step=data.get("step"),
    )


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DomainError(
            "bad_patch", "The patch is not base64. Load the labels again and repeat the edit."
        ) from error


def _check_payload(kind: str, payload: dict[str, Any]) -> None:
    index, number = payload.get("class_index"), payload.get("object")
    fits = (index is None or _is_count(index)) and (number is None or _is_count(number))
    if kind == OperationKind.CLASS:
        fits = fits and number is not None and "class_index" in payload
    if kind == OperationKind.ANSWER:
        fits = fits and "class_index" in payload
    if not fits:
        raise DomainError(
            "bad_operation",
            "An operation of kind class needs {object, class_index}, one of kind answer "
            "{class_index}; both are whole numbers from 1.",
        )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 2**32
