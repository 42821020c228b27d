"""What the history of an annotation looks like in the API."""

import base64
from typing import Any

from rest_framework import serializers

from annotations.labels.history import LoggedOperation, Square
from annotations.labels.models import AnnotationVersion, OperationKind, VersionReason

MOST_SQUARES = 256


class LogQuerySerializer(serializers.Serializer[Any]):
    """Which part of a log is wanted."""

    after = serializers.IntegerField(min_value=0, default=0)
    until = serializers.IntegerField(min_value=0, required=False)


class VersionQuerySerializer(serializers.Serializer[Any]):
    """Which version of the labels is wanted: after how many operations."""

    version = serializers.IntegerField(min_value=0, required=False)


class LoggedOperationSerializer(serializers.Serializer[Any]):
    """One operation of the log, with what takes it back."""

    seq = serializers.IntegerField()
    op_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=OperationKind.choices)
    step = serializers.UUIDField(allow_null=True)
    t = serializers.IntegerField()
    z = serializers.IntegerField()
    at = serializers.DateTimeField(allow_null=True)
    patch = serializers.CharField()
    undo_patch = serializers.CharField()
    payload = serializers.DictField()
    undo_class = serializers.IntegerField(allow_null=True)


class LogSerializer(serializers.Serializer[Any]):
    """A part of a log; `next` is where to go on, null at its end."""

    version = serializers.IntegerField()
    next = serializers.IntegerField(allow_null=True)
    ops = LoggedOperationSerializer(many=True)


class VersionSerializer(serializers.ModelSerializer[AnnotationVersion]):
    """A version of an answer that was kept."""

    reason = serializers.ChoiceField(choices=VersionReason.choices)
    by = serializers.CharField(source="user.username", allow_null=True, default=None)
    at = serializers.DateTimeField(source="created_at")

    class Meta:
        model = AnnotationVersion
        fields = ("id", "version", "reason", "by", "at", "n_objects", "note")


class RestoreSerializer(serializers.Serializer[Any]):
    """Which version to go back to."""

    version = serializers.IntegerField(help_text="id of the version")
    base_version = serializers.IntegerField(min_value=0)
    step = serializers.UUIDField(help_text="made by the client: a repeat changes nothing")


class SquareSerializer(serializers.Serializer[Any]):
    """The sum of a square of 512 x 512 labels."""

    t = serializers.IntegerField(min_value=0)
    z = serializers.IntegerField(min_value=0)
    column = serializers.IntegerField(min_value=0, max_value=2**20)
    row = serializers.IntegerField(min_value=0, max_value=2**20)
    crc = serializers.IntegerField(min_value=0, max_value=2**32 - 1)


class VerifySerializer(serializers.Serializer[Any]):
    """What a browser has."""

    version = serializers.IntegerField(min_value=0)
    squares = serializers.ListField(child=SquareSerializer(), max_length=MOST_SQUARES)


class DifferencesSerializer(serializers.Serializer[Any]):
    """Where the server has something else."""

    differ = SquareSerializer(many=True)


def describe_logged(logged: LoggedOperation) -> dict[str, object]:
    """Turn an operation of the log into what `LoggedOperationSerializer` shows."""
    row = logged.operation
    return {
        "seq": row.seq,
        "op_id": row.op_id,
        "kind": row.kind,
        "step": row.step,
        "t": row.t,
        "z": row.z,
        "at": row.made_at,
        "patch": base64.b64encode(bytes(row.patch)).decode(),
        "undo_patch": base64.b64encode(logged.undo_patch).decode(),
        "payload": row.payload,
        "undo_class": logged.undo_class,
    }


def parse_square(data: dict[str, int]) -> Square:
    """Turn a validated square into what the selector takes."""
    return Square(**data)
