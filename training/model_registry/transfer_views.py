"""The API of model cards, of packages, and of models that are brought in."""

from typing import IO, TYPE_CHECKING, Any, cast

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.models import ProjectRole
from annotations.projects.selectors import get_project_for
from core.errors import Conflict
from core.storage import get_storage
from training.cards import render_markdown
from training.model_registry import selectors, transfer
from training.model_registry.card import make_card
from training.model_registry.models import ModelExport, ModelImport, ModelVersion
from training.model_registry.serializers import ModelVersionSerializer
from training.model_registry.transfer_serializers import (
    AboutSerializer,
    AdoptSerializer,
    CardSerializer,
    ModelExportSerializer,
    ModelImportSerializer,
    NewExportSerializer,
    NewImportSerializer,
)

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import QuerySet


def _card(version: ModelVersion) -> Response:
    card = make_card(version)
    return Response(CardSerializer({**card.to_json(), "markdown": render_markdown(card)}).data)


class ModelCard(APIView):
    """What is said of a model."""

    @extend_schema(operation_id="models_card", responses=CardSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return the card, in parts and as Markdown."""
        return _card(selectors.get_model_for(request.user, pk))

    @extend_schema(
        operation_id="models_describe", request=AboutSerializer, responses=CardSerializer
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Write intended use, licence and authors."""
        version = selectors.get_model_for(request.user, pk, at_least=ProjectRole.MANAGER)
        body = AboutSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return _card(transfer.describe_model(version, body.validated_data, by=signed_in(request)))


class ModelExports(generics.ListAPIView[ModelExport]):
    """Packages of a model."""

    serializer_class = ModelExportSerializer

    def get_queryset(self) -> "QuerySet[ModelExport]":
        """Select what the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return ModelExport.objects.none()
        return selectors.list_exports(self.request.user, self.kwargs["pk"])

    @extend_schema(operation_id="model_exports_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """List packages, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="model_exports_create",
        request=NewExportSerializer,
        responses={201: ModelExportSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Have a package written by a job."""
        version = selectors.get_model_for(request.user, pk, at_least=ProjectRole.MANAGER)
        body = NewExportSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        row = transfer.request_export(
            version, export=body.validated_data["format"], by=signed_in(request)
        )
        return Response(ModelExportSerializer(row).data, status=201)


class ModelExportFile(APIView):
    """A package itself."""

    @extend_schema(
        operation_id="model_exports_file",
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int) -> FileResponse:
        """Return the zip file."""
        row = selectors.get_export_for(request.user, pk)
        if not row.key:
            raise Conflict(
                "not_written", "The package is not written yet, or could not be. See its state."
            )
        name = f"model-{row.model_version.number}-{row.format}.zip"
        return FileResponse(
            get_storage().open(row.key),
            as_attachment=True,
            filename=name,
            content_type="application/zip",
        )


class ModelImports(generics.ListAPIView[ModelImport]):
    """Files that are brought in as models."""

    serializer_class = ModelImportSerializer
    parser_classes = [MultiPartParser]

    def get_queryset(self) -> "QuerySet[ModelImport]":
        """Select what the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return ModelImport.objects.none()
        return selectors.list_imports(self.request.user, self.kwargs["pk"])

    @extend_schema(operation_id="model_imports_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """List what was brought in, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="model_imports_create",
        request={"multipart/form-data": NewImportSerializer},
        responses={201: ModelImportSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Send a package or a network; a job looks at it in a sandbox and keeps it."""
        project = get_project_for(request.user, pk, at_least=ProjectRole.MANAGER)
        body = NewImportSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        sent: UploadedFile[bytes] = body.validated_data["file"]
        row = transfer.request_import(
            project,
            cast("IO[bytes]", sent.file),
            described=transfer.Described(
                filename=sent.name or "model",
                form=body.validated_data["form"],
                measure=body.validated_data["measure"],
            ),
            by=signed_in(request),
        )
        return Response(ModelImportSerializer(row).data, status=201)


class ModelAdopt(APIView):
    """Models of other projects."""

    @extend_schema(
        operation_id="models_adopt",
        request=AdoptSerializer,
        responses={201: ModelVersionSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Take over a model of another project of the lab, as a candidate."""
        project = get_project_for(request.user, pk, at_least=ProjectRole.MANAGER)
        body = AdoptSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        version = selectors.get_model_for(request.user, body.validated_data["model"])
        taken = transfer.adopt(project, version, by=signed_in(request))
        return Response(
            ModelVersionSerializer(selectors.get_model_for(request.user, taken.pk)).data, status=201
        )


class ModelMeasure(APIView):
    """Measuring a model again."""

    @extend_schema(operation_id="models_measure", request=None, responses=ModelVersionSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Measure on the ground truths of now, and let the gate decide; for models from elsewhere.

        A model that was trained here is measured on those of its own snapshot.
        """
        version = selectors.get_model_for(request.user, pk, at_least=ProjectRole.MANAGER)
        transfer.measure_again(version)
        return Response(ModelVersionSerializer(version).data)
