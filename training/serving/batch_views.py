"""The API of batches of predictions."""

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.datasets.selectors import get_dataset_for
from annotations.models import ProjectRole
from core.errors import DomainError, NotFound
from training.model_registry.selectors import get_model_for
from training.serving import batches, selectors
from training.serving.answers import read_answer
from training.serving.download import stream_zip
from training.serving.models import BatchItem, PictureResult, PredictionBatch
from training.serving.negotiation import AnyForm, file_response, wanted_format
from training.serving.previews import preview_of_image
from training.serving.serializers import (
    BatchItemSerializer,
    BatchQuerySerializer,
    BatchSerializer,
    DownloadQuerySerializer,
    FormatQuerySerializer,
    NewBatchSerializer,
    PredictedSerializer,
    describe_item,
)
from training.serving.views import ANSWERS, PLANE, PREVIEW, plane_response, png_response

if TYPE_CHECKING:
    from django.db.models import QuerySet


class ModelBatches(APIView):
    """Giving many images to a model."""

    @extend_schema(
        operation_id="models_batch", request=NewBatchSerializer, responses={201: BatchSerializer}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Predict the images of a data set of the lab, or of the project's pool."""
        user = signed_in(request)
        version = get_model_for(user, pk, at_least=ProjectRole.MANAGER)
        body = NewBatchSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data.get("dataset")
        dataset = None if wanted is None else get_dataset_for(user, wanted)
        with_doubt = body.validated_data["uncertainty"]
        batch = batches.start_batch(version, dataset, by=user, with_doubt=with_doubt)
        return Response(_described(request, batch.pk), status=201)


class BatchList(generics.ListAPIView[PredictionBatch]):
    """The batches of a project."""

    serializer_class = BatchSerializer

    def get_queryset(self) -> "QuerySet[PredictionBatch]":
        """Select what the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return PredictionBatch.objects.none()
        query = BatchQuerySerializer(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        found = query.validated_data
        return selectors.list_batches(self.request.user, found["project"], model=found.get("model"))

    @extend_schema(operation_id="prediction_batches_list", parameters=[BatchQuerySerializer])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """List batches, newest first."""
        return super().get(request, *args, **kwargs)


class BatchDetail(APIView):
    """One batch."""

    @extend_schema(operation_id="prediction_batches_retrieve", responses=BatchSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return a batch with its progress."""
        return Response(_described(request, pk))


class BatchCancel(APIView):
    """Stopping a batch."""

    @extend_schema(
        operation_id="prediction_batches_cancel", request=None, responses=BatchSerializer
    )
    def post(self, request: Request, pk: int) -> Response:
        """Stop; what is predicted stays. A batch that is over stays as it is."""
        batch = selectors.get_batch_for(request.user, pk, at_least=ProjectRole.MANAGER)
        batches.cancel_batch(batch, now=timezone.now())
        return Response(_described(request, pk))


class BatchRetry(APIView):
    """Going on with a batch."""

    @extend_schema(operation_id="prediction_batches_retry", request=None, responses=BatchSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Go on where a batch was cancelled, failed or left images out."""
        batch = selectors.get_batch_for(request.user, pk, at_least=ProjectRole.MANAGER)
        batches.retry_batch(batch)
        return Response(_described(request, pk))


class BatchDownload(APIView):
    """Taking a batch away."""

    content_negotiation_class = AnyForm

    @extend_schema(
        operation_id="prediction_batches_download",
        parameters=[DownloadQuerySerializer],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int) -> StreamingHttpResponse:
        """Stream a zip: a label image per picture, and all cells as CSV and Parquet.

        Maps of uncertainty lie beside where the batch was started with them.
        """
        batch = selectors.get_batch_for(request.user, pk)
        query = DownloadQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        items = selectors.list_items(batch).exclude(result=None).order_by("pk")
        stream = stream_zip(batch, items, labels=query.validated_data["labels"])
        response = StreamingHttpResponse(stream, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="predictions-{batch.pk}.zip"'
        return response


class BatchImages(generics.ListAPIView[BatchItem]):
    """The images of a batch."""

    serializer_class = BatchItemSerializer

    def get_queryset(self) -> "QuerySet[BatchItem]":
        """Select what the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return BatchItem.objects.none()
        batch = selectors.get_batch_for(self.request.user, self.kwargs["pk"])
        return selectors.list_items(batch)

    @extend_schema(operation_id="prediction_batches_images")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """List the images of a batch with what became of each."""
        return super().get(request, *args, **kwargs)


class BatchImage(APIView):
    """One image of a batch."""

    content_negotiation_class = AnyForm

    @extend_schema(
        operation_id="prediction_batches_image",
        parameters=[FormatQuerySerializer],
        responses=ANSWERS,
    )
    def get(self, request: Request, pk: int, image_id: int) -> HttpResponseBase:
        """Return what the model said of one image."""
        item = selectors.get_item_for(request.user, pk, image_id)
        result = _require_result(item)
        form = wanted_format(request)
        if form is None:
            return Response(PredictedSerializer(describe_item(item, result)).data)
        version = item.batch.model_version
        answer = read_answer(result, version.project, item.image.name)
        return file_response(answer, form, version)


class BatchImagePreview(APIView):
    """The picture of one image of a batch."""

    @extend_schema(operation_id="prediction_batches_preview", responses=PREVIEW)
    def get(self, request: Request, pk: int, image_id: int) -> HttpResponse:
        """Return the middle plane as PNG of at most 1024 x 1024 pixels."""
        item = selectors.get_item_for(request.user, pk, image_id)
        return png_response(preview_of_image(item.image))


class BatchImageLabels(APIView):
    """The label image of one image of a batch, for drawing."""

    @extend_schema(operation_id="prediction_batches_labels", responses=PLANE)
    def get(self, request: Request, pk: int, image_id: int) -> HttpResponse:
        """Return the middle plane, thinned like the preview."""
        return plane_response(_require_result(selectors.get_item_for(request.user, pk, image_id)))


def _described(request: Request, pk: int) -> dict[str, Any]:
    return dict(BatchSerializer(selectors.get_batch_for(request.user, pk)).data)


def _require_result(item: BatchItem) -> PictureResult:
    if item.result is not None:
        return item.result
    if item.code:
        raise DomainError(item.code, item.detail, status=422)
    raise NotFound("answer for this image yet; the batch has not come to it")
