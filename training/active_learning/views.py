"""The API of rounds and the learning curve."""

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.models import ProjectRole
from annotations.projects.selectors import get_project_for
from training.active_learning import selectors, services
from training.active_learning.models import Round
from training.active_learning.serializers import (
    EmbeddingsQuerySerializer,
    EmbeddingsSerializer,
    LearningCurveSerializer,
    NewRoundSerializer,
    RoundSerializer,
)
from training.runs.views import OF_PROJECT, queried_project

if TYPE_CHECKING:
    from django.db.models import QuerySet


class RoundList(generics.ListAPIView[Round]):
    """The rounds of a project."""

    serializer_class = RoundSerializer

    def get_queryset(self) -> "QuerySet[Round]":
        """Select what the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return Round.objects.none()
        return selectors.list_rounds(self.request.user, queried_project(self.request))

    @extend_schema(operation_id="rounds_list", parameters=OF_PROJECT)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """List rounds, newest first."""
        return super().get(request, *args, **kwargs)


class ProjectRounds(APIView):
    """Starting a round."""

    @extend_schema(
        operation_id="rounds_create", request=NewRoundSerializer, responses={201: RoundSerializer}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Score the pool and choose what to label next."""
        project = get_project_for(request.user, pk, at_least=ProjectRole.MANAGER)
        body = NewRoundSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        settings = services.RoundSettings(**body.validated_data)
        round_ = services.start_round(project, settings=settings, by=signed_in(request))
        fresh = selectors.get_round_for(request.user, round_.pk)
        return Response(RoundSerializer(fresh).data, status=201)


class RoundDetail(APIView):
    """One round."""

    @extend_schema(operation_id="rounds_retrieve", responses=RoundSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return a round with its arms."""
        return Response(RoundSerializer(selectors.get_round_for(request.user, pk)).data)


class RoundCancel(APIView):
    """Ending a round."""

    @extend_schema(operation_id="rounds_cancel", request=None, responses=RoundSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """End the round; what was labelled stays, what nobody began goes back to the pool."""
        round_ = selectors.get_round_for(request.user, pk, at_least=ProjectRole.MANAGER)
        services.cancel_round(round_)
        return Response(RoundSerializer(selectors.get_round_for(request.user, pk)).data)


class RoundRetry(APIView):
    """Going on with a round."""

    @extend_schema(operation_id="rounds_retry", request=None, responses=RoundSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Go on with a round that failed."""
        round_ = selectors.get_round_for(request.user, pk, at_least=ProjectRole.MANAGER)
        services.retry_round(round_)
        return Response(RoundSerializer(selectors.get_round_for(request.user, pk)).data)


class LearningCurveView(APIView):
    """The learning curve of a project."""

    @extend_schema(operation_id="projects_learning_curve", responses=LearningCurveSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return measured points and what more labels should bring."""
        project = get_project_for(request.user, pk)
        return Response(LearningCurveSerializer(selectors.get_learning_curve(project)).data)


class EmbeddingsView(APIView):
    """Where the newest scoring places samples."""

    @extend_schema(
        operation_id="projects_embeddings",
        parameters=[
            OpenApiParameter("samples", str, required=True, description="ids, with commas")
        ],
        responses=EmbeddingsSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        """Return the embeddings of up to 100 samples by the newest round that scored any."""
        project = get_project_for(request.user, pk)
        query = EmbeddingsQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = selectors.get_embeddings(project, query.validated_data["samples"])
        return Response(EmbeddingsSerializer(found).data)
