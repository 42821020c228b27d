"""Packages of models, models that are brought in, and cards, as JSON."""

from typing import Any

from rest_framework import serializers

from core.api.parsers import parse_json
from core.jobs.models import JobState
from training.model_registry.models import ModelExport, ModelImport
from training.model_registry.transfer import FORMATS


class NewExportSerializer(serializers.Serializer[object]):
    """Which package is wanted."""

    format = serializers.ChoiceField(choices=FORMATS)


class ModelExportSerializer(serializers.ModelSerializer[ModelExport]):
    """A package of a model; it can be fetched when its state is "done"."""

    state = serializers.ChoiceField(choices=JobState.choices, source="job.state", default="failed")
    code = serializers.CharField(source="job.code", default="job_lost")
    detail = serializers.CharField(source="job.detail", default="The job is gone.")

    class Meta:
        model = ModelExport
        fields = [
            "id",
            "model_version",
            "format",
            "state",
            "code",
            "detail",
            "size_bytes",
            "created_at",
        ]


class CheckedSerializer(serializers.Serializer[object]):
    """How a network was looked at; see `training.brought.Brought`."""

    by = serializers.ChoiceField(choices=["test_output", "made_up_picture", "weights_fit"])
    input = serializers.ListField(child=serializers.IntegerField(), required=False)
    output = serializers.ListField(child=serializers.IntegerField(), required=False)
    agree = serializers.FloatField(required=False)
    largest = serializers.FloatField(required=False)


class FoundSerializer(serializers.Serializer[object]):
    """What a file held; empty until it was looked at.

    `spec` are the fields of a fixed network (`training.ml.foreign.spec.ForeignSpec`); it is empty
    for weights of ours.
    """

    trainable = serializers.BooleanField(required=False)
    task_kind = serializers.CharField(required=False)
    classes = serializers.ListField(child=serializers.CharField(), required=False)
    about = serializers.DictField(required=False)
    checked = CheckedSerializer(required=False)
    spec = serializers.DictField(required=False)


class ModelImportSerializer(serializers.ModelSerializer[ModelImport]):
    """A file that is brought in; `model_version` and `found` are there when its state is "done"."""

    sha256 = serializers.CharField(source="key")
    form = serializers.DictField()
    found = FoundSerializer()
    state = serializers.ChoiceField(choices=JobState.choices, source="job.state", default="failed")
    code = serializers.CharField(source="job.code", default="job_lost")
    detail = serializers.CharField(source="job.detail", default="The job is gone.")

    class Meta:
        model = ModelImport
        fields = [
            "id",
            "project",
            "filename",
            "sha256",
            "form",
            "measure",
            "found",
            "state",
            "code",
            "detail",
            "model_version",
            "created_at",
        ]


class StorableForm(serializers.JSONField):
    """JSON in a field of a form, which no parser of the API has seen."""

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401
        """Read it as the bodies of requests are read."""
        if not isinstance(data, str):
            return super().to_internal_value(data)
        try:
            return parse_json(data)
        except ValueError as error:
            raise serializers.ValidationError(
                f"This is not JSON that can be kept: {error}."
            ) from error


class NewImportSerializer(serializers.Serializer[object]):
    """A file, and what has to be said of a network that comes without a description."""

    file = serializers.FileField()
    form = StorableForm(required=False, default=dict)
    measure = serializers.BooleanField(required=False, default=True)

    def validate_form(self, value: Any) -> dict[str, Any]:  # noqa: ANN401
        """Take an object only; what it holds is looked at with the network."""
        if not isinstance(value, dict):
            raise serializers.ValidationError("Give a JSON object.")
        return value


class AdoptSerializer(serializers.Serializer[object]):
    """Which model of another project."""

    model = serializers.IntegerField(min_value=1)


class AboutSerializer(serializers.Serializer[object]):
    """What people write into a card."""

    intended_use = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    licence = serializers.RegexField(
        r"^[A-Za-z0-9.+-]*$", required=False, allow_blank=True, max_length=64
    )
    authors = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False, max_length=50
    )


class CardSerializer(serializers.Serializer[object]):
    """The model card; see `training.cards.CardDocument`."""

    name = serializers.CharField()
    task_kind = serializers.CharField()
    classes = serializers.ListField(child=serializers.CharField())
    intended_use = serializers.CharField()
    licence = serializers.CharField()
    authors = serializers.ListField(child=serializers.CharField())
    origin = serializers.DictField()
    data = serializers.DictField()  # type: ignore[assignment]
    metrics = serializers.DictField()
    findings = serializers.ListField(child=serializers.DictField())
    calibration = serializers.DictField()
    limits = serializers.DictField()
    training = serializers.DictField()
    markdown = serializers.CharField()
