"""The API of an annotation's history: versions, restoring one, comparing sums."""

import uuid

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.labels import history, selectors, services
from annotations.labels.history_serializers import (
    DifferencesSerializer,
    RestoreSerializer,
    SquareSerializer,
    VerifySerializer,
    VersionSerializer,
    parse_square,
)
from annotations.labels.models import AnnotationVersion
from annotations.labels.serializers import StoredSerializer

CONFLICT = OpenApiResponse(description="version_conflict")


class VersionList(generics.ListAPIView[AnnotationVersion]):
    """The versions of an annotation that were kept."""

    serializer_class = VersionSerializer
    queryset = AnnotationVersion.objects.none()

    def get_queryset(self) -> QuerySet[AnnotationVersion]:
        """List them: of an own annotation, or of any for reviewers."""
        pk: uuid.UUID = self.kwargs["pk"]
        return history.list_versions(selectors.get_annotation_for(self.request.user, pk))

    @extend_schema(operation_id="annotations_versions")
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List versions, newest first."""
        return super().get(request, *args, **kwargs)


class RestoreView(APIView):
    """Go back to a version."""

    @extend_schema(
        operation_id="annotations_restore",
        request=RestoreSerializer,
        responses={200: StoredSerializer, 409: CONFLICT},
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Make a draft what it was at a version: as new operations, which can be undone."""
        annotation = selectors.get_own_annotation(request.user, pk)
        body = RestoreSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        stored = services.restore_version(
            annotation.pk,
            version_id=body.validated_data["version"],
            base_version=body.validated_data["base_version"],
            step=body.validated_data["step"],
            user=signed_in(request),
            now=timezone.now(),
        )
        return Response({"version": stored.version, "applied": stored.applied})


class VerifyView(APIView):
    """Compare what a browser shows with what is stored."""

    @extend_schema(
        operation_id="annotations_verify",
        request=VerifySerializer,
        responses={200: DifferencesSerializer, 409: CONFLICT},
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Return the squares of which other labels are stored than the browser has."""
        annotation = selectors.get_own_annotation(request.user, pk)
        body = VerifySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        squares = [parse_square(item) for item in body.validated_data["squares"]]
        version = body.validated_data["version"]
        differ = history.find_differences(annotation, squares, version=version)
        return Response({"differ": SquareSerializer(differ, many=True).data})
