"""The API of clicking cells."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.models import ProjectRole
from annotations.projects.selectors import get_sample_for
from training.assist.serializers import (
    ClicksSerializer,
    OutlinedSerializer,
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
