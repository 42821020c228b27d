"""The API of clicking cells, and of what a model is unsure of."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.models import ProjectRole
from annotations.projects.selectors import get_sample_for
from training.assist.maps import get_doubt_plane
from training.assist.serializers import (
    ClicksSerializer,
    OutlinedSerializer,
    PlaneSerializer,
    describe,
    parse_clicks,
)
from training.assist.services import outline_clicked


class SampleOutline(APIView):
    """The cell that is clicked."""

    @extend_schema(
        operation_id="samples_outline",
        request=ClicksSerializer,
        responses={
            200: OutlinedSerializer,
            400: OpenApiResponse(description="nothing_found, clicks_too_far_apart, bad_click"),
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        """Outline one cell by clicks; nothing is stored, so it may be asked again and again."""
        sample = get_sample_for(request.user, pk, at_least=ProjectRole.ANNOTATOR)
        body = ClicksSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        found = outline_clicked(sample, parse_clicks(body.validated_data))
        return Response(OutlinedSerializer(describe(found)).data)


class SampleUncertainty(APIView):
    """How unsure the newest model is of each pixel."""

    @extend_schema(
        operation_id="samples_uncertainty",
        parameters=[PlaneSerializer],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            204: OpenApiResponse(description="No model has told it, or the sample is held out."),
        },
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Return one plane as uint8, row by row, 255 = as unsure as can be.

        `X-Cytoloop-Shape` has its rows and columns: of very large planes it is coarser.
        """
        sample = get_sample_for(request.user, pk)
        query = PlaneSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        t, z = query.validated_data["t"], query.validated_data["z"]
        found = get_doubt_plane(sample, t=t, z=z)
        if found is None:
            return HttpResponse(status=204)
        number, plane = found
        response = HttpResponse(plane.data, content_type="application/octet-stream")
        response["Content-Encoding"] = "gzip"
        response["Cache-Control"] = "no-store"
        response["X-Cytoloop-Shape"] = f"{plane.shape[0]},{plane.shape[1]}"
        response["X-Cytoloop-Source"] = f"model {number}"
        return response
