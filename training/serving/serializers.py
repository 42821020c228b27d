"""Requests, answers and batches as JSON."""

from typing import Any

from rest_framework import serializers

from core.jobs.models import JobState
from training.serving.answers import card_digest, list_probabilities, read_table
from training.serving.formats import FORMATS
from training.serving.models import (
    BatchItem,
    PictureResult,
    PredictionBatch,
    PredictionRequest,
)
from training.serving.prediction import class_names
from training.serving.selectors import describe_state

JSON = "json"
FORMAT_CHOICES = [JSON, *FORMATS]


class NewPredictionSerializer(serializers.Serializer[object]):
    """One picture: a file, or an image of the lab."""

    file = serializers.FileField(required=False, help_text="any picture that can be imported")
    image = serializers.IntegerField(required=False, min_value=1, help_text="id of an image")
    format = serializers.ChoiceField(choices=FORMAT_CHOICES, required=False)
    uncertainty = serializers.BooleanField(
        default=False, help_text="tell how unsure the model is of each pixel, to be fetched later"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse both and neither."""
        if ("file" in attrs) == ("image" in attrs):
            raise serializers.ValidationError("Send a file, or the id of an image.")
        return attrs


class FormatQuerySerializer(serializers.Serializer[object]):
    """In which form an answer is wanted; else the Accept header says it."""

    format = serializers.ChoiceField(choices=FORMAT_CHOICES, required=False)


class ServingModelSerializer(serializers.Serializer[object]):
    """Which model answered."""

    id = serializers.IntegerField()
    number = serializers.IntegerField()
    card_sha256 = serializers.CharField(help_text="digest of its card and weights")


class ColumnSerializer(serializers.Serializer[object]):
    """A column of `objects`."""

    name = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    about = serializers.CharField(allow_blank=True)


class ClassProbabilitySerializer(serializers.Serializer[object]):
    """How probable a class is."""

    index = serializers.IntegerField()
    name = serializers.CharField()
    probability = serializers.FloatField()


class PredictedSerializer(serializers.Serializer[object]):
    """What a model says of a picture; `objects` and what follows only where it is done."""

    id = serializers.UUIDField(required=False, help_text="of the request")
    state = serializers.ChoiceField(choices=JobState.choices)
    name = serializers.CharField()
    image = serializers.IntegerField(allow_null=True)
    model = ServingModelSerializer()
    shape = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="T, C, Z, Y, X"
    )
    n_objects = serializers.IntegerField(required=False)
    columns = ColumnSerializer(many=True, required=False)
    objects = serializers.ListField(child=serializers.DictField(), required=False)
    class_probabilities = ClassProbabilitySerializer(many=True, required=False)
    seconds = serializers.FloatField(required=False, help_text="it took to predict and measure")
    uncertainty = serializers.BooleanField(
        required=False, help_text="whether there is a map of uncertainty to fetch"
    )


class NewBatchSerializer(serializers.Serializer[object]):
    """What a batch is to predict."""

    dataset = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, help_text="none: the project's pool"
    )
    uncertainty = serializers.BooleanField(
        default=False, help_text="tell how unsure the model is of each pixel, too"
    )


class BatchQuerySerializer(serializers.Serializer[object]):
    """Which batches are wanted."""

    project = serializers.IntegerField(min_value=1)
    model = serializers.IntegerField(min_value=1, required=False)


class DownloadQuerySerializer(serializers.Serializer[object]):
    """How label images are put into the zip."""

    labels = serializers.ChoiceField(choices=["ome-tiff", "png"], default="ome-tiff")


class BatchSerializer(serializers.ModelSerializer[PredictionBatch]):
    """A batch with its progress."""

    state = serializers.SerializerMethodField()
    model = serializers.IntegerField(source="model_version_id")
    model_number = serializers.IntegerField(source="model_version.number")
    dataset_name = serializers.CharField(source="dataset.name", default="", allow_blank=True)
    uncertainty = serializers.BooleanField(source="with_doubt")
    n_done = serializers.IntegerField()
    n_refused = serializers.IntegerField()
    code = serializers.CharField(source="failed_code", allow_blank=True)
    detail = serializers.CharField(source="failed_detail", allow_blank=True)

    class Meta:
        model = PredictionBatch
        fields = [
            *("id", "project", "model", "model_number", "dataset", "dataset_name", "state"),
            *("uncertainty", "n_images", "n_done", "n_refused", "code", "detail", "created_at"),
        ]

    def get_state(self, batch: PredictionBatch) -> JobState:
        """Where it stands."""
        return describe_state(batch)


class BatchItemSerializer(serializers.ModelSerializer[BatchItem]):
    """One image of a batch."""

    name = serializers.CharField(source="image.name")
    done = serializers.SerializerMethodField()
    n_objects = serializers.IntegerField(source="result.n_objects", default=None, allow_null=True)
    class_scores = serializers.DictField(
        child=serializers.FloatField(), source="result.class_scores", default=dict
    )

    class Meta:
        model = BatchItem
        fields = ["image", "name", "done", "n_objects", "class_scores", "code", "detail"]

    def get_done(self, item: BatchItem) -> bool:
        """Whether there is an answer."""
        return item.result_id is not None


def describe_request(request: PredictionRequest, result: PictureResult | None) -> dict[str, Any]:
    """Return a request, and its answer where it is there, for `PredictedSerializer`."""
    version = request.model_version
    state = request.job.state if result is None and request.job else JobState.DONE
    return {
        "id": request.pk,
        "state": state,
        "name": request.name,
        "image": request.image_id,
        "model": _describe_model(request),
        **(_describe_result(result, class_names(version.project)) if result else {}),
    }


def describe_item(item: BatchItem, result: PictureResult) -> dict[str, Any]:
    """Return the answer for one image of a batch, for `PredictedSerializer`."""
    version = item.batch.model_version
    return {
        "state": JobState.DONE,
        "name": item.image.name,
        "image": item.image_id,
        "model": _describe_model(item.batch),
        **_describe_result(result, class_names(version.project)),
    }


def _describe_model(row: PredictionRequest | PredictionBatch) -> dict[str, Any]:
    version = row.model_version
    return {"id": version.pk, "number": version.number, "card_sha256": card_digest(version)}


def _describe_result(result: PictureResult, classes: dict[int, str]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "shape": result.shape,
        "seconds": result.seconds,
        "uncertainty": bool(result.doubt_map),
        "n_objects": result.n_objects,
        "class_probabilities": list_probabilities(result, classes),
    }
    if not result.table:
        return described | {"columns": [], "objects": []}
    table = read_table(result, result.model_version.project)
    columns = [vars(column) for column in table.columns]
    return described | {"columns": columns, "objects": table.rows()}
