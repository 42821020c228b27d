"""The API of model versions."""

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.models import ProjectRole
from annotations.projects.selectors import get_project_for
from training.model_registry import selectors, services
from training.model_registry.models import ModelVersion
from training.model_registry.serializers import (
    ComparedQuerySerializer,
    ModelComparisonSerializer,
    ModelVersionSerializer,
    TestLookSerializer,
)
from training.runs.views import OF_PROJECT, queried_project

if TYPE_CHECKING:
    from django.db.models import QuerySet


class ModelList(generics.ListAPIView[ModelVersion]):
    """The models of a project."""

    serializer_class = ModelVersionSerializer

    def get_queryset(self) -> "QuerySet[ModelVersion]":
        """Select what the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return ModelVersion.objects.none()
        return selectors.list_models(self.request.user, queried_project(self.request))

    @extend_schema(operation_id="models_list", parameters=OF_PROJECT)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """List model versions, newest first."""
        return super().get(request, *args, **kwargs)


class ModelDetail(APIView):
    """One model version."""

    @extend_schema(operation_id="models_retrieve", responses=ModelVersionSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return a model version with its card."""
        return Response(ModelVersionSerializer(selectors.get_model_for(request.user, pk)).data)


class ModelPromote(APIView):
    """Putting a model into use."""

    @extend_schema(operation_id="models_promote", request=None, responses=ModelVersionSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Make the version the champion, whatever the gate said."""
        version = selectors.get_model_for(request.user, pk, at_least=ProjectRole.MANAGER)
        services.promote(version, by=signed_in(request))
        return Response(ModelVersionSerializer(selectors.get_model_for(request.user, pk)).data)


class ModelTestLook(APIView):
    """The locked test split."""

    @extend_schema(operation_id="models_test_look", request=None, responses=TestLookSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Look at the score on the test split; each look is counted and kept."""
        version = selectors.get_model_for(request.user, pk, at_least=ProjectRole.MANAGER)
        seen = services.look_at_test(version, by=signed_in(request))
        return Response({"metrics": seen.metrics, "looks": seen.looks})


class ProjectModelComparison(APIView):
    """Models side by side."""

    @extend_schema(
        operation_id="models_compare",
        parameters=[OpenApiParameter("models", str, required=True, description="1,2,3")],
        responses=ModelComparisonSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        """Compare models on the images that all were measured on; the first is the reference."""
        project = get_project_for(request.user, pk)
        query = ComparedQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        models = [int(model) for model in query.validated_data["models"].split(",")]
        comparison = selectors.get_comparison(project, models)
        return Response(ModelComparisonSerializer(comparison).data)
