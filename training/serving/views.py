"""The API of single predictions."""

import uuid
from typing import IO, cast

import numpy as np
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.images.selectors import get_image_for
from annotations.labels.bands import bands_of
from annotations.labels.planes import read_stack
from annotations.labels.wire import pack_plane
from annotations.models import Image, ProjectRole
from core.errors import NotFound
from core.storage import get_storage
from training.model_registry.selectors import get_model_for
from training.serving import services
from training.serving.answers import read_answer
from training.serving.formats import FORMATS
from training.serving.models import PictureResult, PredictionRequest
from training.serving.negotiation import AnyForm, file_response, wanted_format
from training.serving.previews import preview_of_image, shown_step
from training.serving.selectors import get_request_for
from training.serving.serializers import (
    FormatQuerySerializer,
    NewPredictionSerializer,
    PredictedSerializer,
    describe_request,
)

ANSWERS = {
    (200, "application/json"): PredictedSerializer,
    **{(200, form.media_type): OpenApiTypes.BINARY for form in FORMATS.values()},
    (202, "application/json"): PredictedSerializer,
}
PREVIEW = {(200, "image/png"): OpenApiTypes.BINARY}
PLANE = {(200, "application/octet-stream"): OpenApiTypes.BINARY}


class ModelPredict(APIView):
    """Using a model."""

    parser_classes = [MultiPartParser, JSONParser]
    content_negotiation_class = AnyForm

    @extend_schema(
        operation_id="models_predict",
        request={
            "multipart/form-data": NewPredictionSerializer,
            "application/json": NewPredictionSerializer,
        },
        parameters=[FormatQuerySerializer],
        responses=ANSWERS,
    )
    def post(self, request: Request, pk: int) -> HttpResponseBase:
        """Predict one picture: a file, or an image of the lab.

        A small picture is answered at once; a large one, or one that has to wait, with 202 and the
        address to ask at. The same picture is not predicted twice.
        """
        user = signed_in(request)
        version = get_model_for(user, pk, at_least=ProjectRole.ANNOTATOR)
        body = NewPredictionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        form = wanted_format(request, asked.get("format"))
        with_doubt = asked["uncertainty"] or (form is not None and form.needs_doubt)
        if "image" in asked:
            image = get_image_for(user, asked["image"])
            made = services.ask_about_image(version, image, by=user, with_doubt=with_doubt)
            megapixels = _pixels(image) / 1e6
        else:
            sent = asked["file"]
            stream = cast("IO[bytes]", sent.file)
            made, megapixels = services.ask_about_file(
                version, stream, sent.name or "", by=user, with_doubt=with_doubt
            )
        services.wait_for(made, megapixels)
        return respond(request, made, named=form.name if form else "json")


class PredictionDetail(APIView):
    """One prediction."""

    content_negotiation_class = AnyForm

    @extend_schema(
        operation_id="predictions_retrieve",
        parameters=[FormatQuerySerializer],
        responses=ANSWERS,
    )
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        """Return the answer to an own request; 202 while it is not there."""
        return respond(request, get_request_for(request.user, pk))


class PredictionPreview(APIView):
    """The picture of a prediction."""

    @extend_schema(operation_id="predictions_preview", responses=PREVIEW)
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        """Return the middle plane as PNG of at most 1024 x 1024 pixels."""
        asked = get_request_for(request.user, pk)
        if asked.image is not None:
            return png_response(preview_of_image(asked.image))
        result = _require_result(asked)
        if not result.preview:
            raise NotFound("preview")
        return png_response(get_storage().get(result.preview))


class PredictionLabels(APIView):
    """The label image of a prediction, for drawing."""

    @extend_schema(operation_id="predictions_labels", responses=PLANE)
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        """Return the middle plane, thinned like the preview; see `plane_response`."""
        return plane_response(_require_result(get_request_for(request.user, pk)))


def respond(
    request: Request, asked: PredictionRequest, *, named: str | None = None
) -> HttpResponseBase:
    """Answer a request in the form that is wanted, or say that it is not there yet."""
    form = wanted_format(request, named)
    result = services.get_result(asked)
    address = f"/api/v1/predictions/{asked.pk}"
    if result is None or form is None:
        status = 202 if result is None else 200
        body = PredictedSerializer(describe_request(asked, result)).data
        return Response(body, status=status, headers={"Location": address})
    answer = read_answer(result, asked.model_version.project, asked.name)
    response = file_response(answer, form, asked.model_version)
    response["Location"] = address
    return response


def png_response(data: bytes) -> HttpResponse:
    """Answer with a picture that does not change."""
    response = HttpResponse(data, content_type="image/png")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def plane_response(result: PictureResult) -> HttpResponse:
    """Answer the middle plane of labels as it travels to the canvas, thinned to fit a page.

    Headers say its size (rows,columns) and that every n-th pixel was kept.
    """
    if not result.labels:
        raise NotFound("label image (this model gives classes)")
    stack = read_stack(get_storage().get(result.labels))
    times, depths, height, width = stack.shape
    step = shown_step(height, width)
    rows = (
        stack.rows(band)[-band.y0 % step :: step, ::step]
        for band in bands_of(stack.shape)
        if (band.t, band.z) == (times // 2, depths // 2)
    )
    plane = np.concatenate(list(rows))
    response = HttpResponse(pack_plane(plane), content_type="application/octet-stream")
    response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Cytoloop-Shape"] = f"{plane.shape[0]},{plane.shape[1]}"
    response["X-Cytoloop-Step"] = str(step)
    return response


def _require_result(asked: PredictionRequest) -> PictureResult:
    result = services.get_result(asked)
    if result is None:
        raise NotFound("answer yet; ask again in a moment")
    return result


def _pixels(image: Image) -> int:
    return image.size_t * image.size_z * image.size_y * image.size_x
