"""The API of images, their pyramids, and uploads."""

import re
from typing import IO, TYPE_CHECKING, cast

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.accounts.models import LabRole
from annotations.datasets.selectors import get_dataset_for
from annotations.images import selectors, services
from annotations.images.ingest import Incoming, ingest
from annotations.images.models import Image, Upload
from annotations.images.serializers import (
    DigestsSerializer,
    HistogramSerializer,
    ImageQuerySerializer,
    ImageSerializer,
    KnownSerializer,
    NewUploadSerializer,
    UploadResultsSerializer,
    UploadSerializer,
)
from core.errors import NotFound
from core.storage import get_storage

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

# Metadata, and chunks level/t/c/z/y/x: nothing else is ever asked of the storage.
PYRAMID_FILE = re.compile(r"\.zattrs|\.zgroup|\d{1,3}/(?:\.zarray|\.zattrs|\d{1,9}(?:/\d{1,9}){4})")
IMMUTABLE = "private, max-age=31536000, immutable"


class ImageList(generics.ListAPIView[Image]):
    """The images that the reader may see."""

    serializer_class = ImageSerializer

    def get_queryset(self) -> QuerySet[Image]:
        """List them, narrowed by the query."""
        query = ImageQuerySerializer(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return selectors.list_images(self.request.user, **query.validated_data)

    @extend_schema(parameters=[ImageQuerySerializer])
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List images, newest first."""
        return super().get(request, *args, **kwargs)


class ImageDetail(APIView):
    """One image."""

    @extend_schema(operation_id="images_retrieve", responses=ImageSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Show an image."""
        return Response(ImageSerializer(selectors.get_image_for(request.user, pk)).data)

    @extend_schema(operation_id="images_trash", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Put an image in the trash (members of the lab)."""
        image = selectors.get_image_for(request.user, pk, at_least=LabRole.MEMBER)
        services.trash_image(image, by=signed_in(request), now=timezone.now())
        return Response(status=204)


class ImageThumbnail(APIView):
    """A small picture of an image."""

    @extend_schema(
        operation_id="images_thumbnail", responses={(200, "image/png"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return a PNG of at most 256 x 256 pixels, contrast stretched."""
        image = selectors.get_image_for(request.user, pk)
        if not image.thumbnail:
            raise NotFound("thumbnail (it is made soon after the upload)")
        tag = f'"{image.thumbnail}"'
        if request.headers.get("If-None-Match") == tag:
            return _with_tag(HttpResponseNotModified(), tag)
        data = get_storage().get(image.thumbnail)
        return _with_tag(HttpResponse(data, content_type="image/png"), tag)


class ImageHistogram(APIView):
    """Intensities of an image."""

    @extend_schema(operation_id="images_histogram", responses=HistogramSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return 256 counts per channel."""
        image = selectors.get_image_for(request.user, pk)
        if not image.histogram:
            raise NotFound("histogram (it is made soon after the upload)")
        return Response(HistogramSerializer({"channels": image.histogram}).data)


class ImageZarr(APIView):
    """The pyramid of an image, file by file, as zarr readers ask for it."""

    @extend_schema(
        operation_id="images_zarr",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int, path: str) -> HttpResponseBase:
        """Return one file of the OME-Zarr; 404 for a chunk that is all 0."""
        image = selectors.get_image_for(request.user, pk)
        if not PYRAMID_FILE.fullmatch(path):
            raise NotFound("file in the pyramid")
        if not image.pyramid:
            raise NotFound("pyramid (it is made soon after the upload)")
        tag = f'"{image.sha256[:16]}/{path}"'
        if request.headers.get("If-None-Match") == tag:
            return _with_tag(HttpResponseNotModified(), tag)
        try:
            data = get_storage().read_tree_file(f"{image.pyramid}/{path}")
        except FileNotFoundError as error:
            raise NotFound("file in the pyramid") from error
        name = path.rsplit("/", 1)[-1]
        kind = "application/json" if name.startswith(".z") else "application/octet-stream"
        return _with_tag(HttpResponse(data, content_type=kind), tag)


class UploadList(generics.ListAPIView[Upload]):
    """Files that were sent to a data set."""

    serializer_class = UploadSerializer
    parser_classes = [MultiPartParser]

    def get_queryset(self) -> QuerySet[Upload]:
        """List what became of each."""
        if getattr(self, "swagger_fake_view", False):
            return Upload.objects.none()
        dataset = get_dataset_for(self.request.user, self.kwargs["pk"], at_least=LabRole.MEMBER)
        return selectors.list_uploads(dataset)

    @extend_schema(
        operation_id="uploads_create",
        request={"multipart/form-data": NewUploadSerializer},
        responses={201: UploadResultsSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Take in a picture, a label image, or a zip archive; a refused file is a row, no error."""
        user = signed_in(request)
        dataset = get_dataset_for(user, pk, at_least=LabRole.MEMBER)
        values = NewUploadSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        found = values.validated_data
        sent: UploadedFile[bytes] = found["file"]
        incoming = Incoming(
            stream=cast("IO[bytes]", sent.file),
            path=found.get("path") or sent.name or "",
            role=found.get("role", ""),
            group=found.get("group", ""),
        )
        rows = ingest(dataset, user, incoming)
        return Response(UploadResultsSerializer({"results": rows}).data, status=201)


class UploadCheck(APIView):
    """Which files need not be sent."""

    @extend_schema(
        operation_id="uploads_check", request=DigestsSerializer, responses=KnownSerializer
    )
    def post(self, request: Request, pk: int) -> Response:
        """Say which of these files the data set has, so that an import can be resumed."""
        dataset = get_dataset_for(request.user, pk, at_least=LabRole.MEMBER)
        values = DigestsSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        known = selectors.find_known(dataset, values.validated_data["sha256"])
        return Response(KnownSerializer({"known": known}).data)


def _with_tag(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    response["ETag"] = tag
    response["Cache-Control"] = IMMUTABLE
    return response
