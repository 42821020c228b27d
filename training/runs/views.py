"""The API of training runs and jobs."""

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.models import ProjectRole
from annotations.projects.selectors import get_project_for
from core.api.pagination import NewestFirst
from core.jobs.models import Job
from training.runs import selectors, services
from training.runs.models import TrainingRun
from training.runs.serializers import (
    CurvesSerializer,
    JobSerializer,
    OfProjectSerializer,
    RunDetailSerializer,
    RunFiguresSerializer,
    RunSerializer,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

OF_PROJECT = [OpenApiParameter("project", int, required=True)]


def queried_project(request: Request) -> int:
    """Return the project that the query names."""
    query = OfProjectSerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    project: int = query.validated_data["project"]
    return project


class RunList(generics.ListAPIView[TrainingRun]):
    """The runs of a project."""

    serializer_class = RunSerializer

    def get_queryset(self) -> "QuerySet[TrainingRun]":
        """Select what the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return TrainingRun.objects.none()
        return selectors.list_runs(self.request.user, queried_project(self.request))

    @extend_schema(operation_id="runs_list", parameters=OF_PROJECT)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """List runs, newest first."""
        return super().get(request, *args, **kwargs)


class RunDetail(APIView):
    """One run."""

    @extend_schema(operation_id="runs_retrieve", responses=RunDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return a run with its progress and its report."""
        return Response(RunDetailSerializer(selectors.get_run_for(request.user, pk)).data)


class RunPicture(APIView):
    """A picture of a run's report."""

    @extend_schema(operation_id="runs_picture", responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int, name: str) -> HttpResponse:
        """Return a picture that the report names; all are of the validation split."""
        picture = selectors.get_picture_for(request.user, pk, name)
        answer = HttpResponse(picture, content_type="image/png")
        # A retry writes other pictures under the same names.
        answer["Cache-Control"] = "private, max-age=300"
        return answer


class RunCurves(APIView):
    """Curves of a run."""

    @extend_schema(operation_id="runs_curves", responses=CurvesSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return all points so far, in the order of steps."""
        run = selectors.get_run_for(request.user, pk)
        return Response(CurvesSerializer({"points": selectors.list_curve(run)}).data)


class RunFigures(APIView):
    """Figures of a run's findings."""

    @extend_schema(operation_id="runs_figures", responses=RunFiguresSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return the evidence to look at, in the order of the run's findings."""
        run = selectors.get_run_for(request.user, pk)
        return Response(RunFiguresSerializer(run.figures).data)


class RunLog(APIView):
    """Log of a run."""

    @extend_schema(operation_id="runs_log", responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Return the end of the trainer's log."""
        run = selectors.get_run_for(request.user, pk)
        return HttpResponse(run.log, content_type="text/plain; charset=utf-8")


class RunCancel(APIView):
    """Stopping a run."""

    @extend_schema(operation_id="runs_cancel", request=None, responses=RunSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Stop; a checkpoint is kept. A run that is over stays as it is."""
        run = selectors.get_run_for(request.user, pk, at_least=ProjectRole.MANAGER)
        return Response(RunSerializer(services.cancel_run(run)).data)


class RunRetry(APIView):
    """Going on with a run."""

    @extend_schema(operation_id="runs_retry", request=None, responses=RunSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Go on from the checkpoint of a run that failed or was cancelled."""
        run = selectors.get_run_for(request.user, pk, at_least=ProjectRole.MANAGER)
        return Response(RunSerializer(services.retry_run(run)).data)


class JobList(generics.ListAPIView[Job]):
    """Background work of a project."""

    serializer_class = JobSerializer

    class pagination_class(NewestFirst):
        """Ids of jobs are random, so time orders them."""

        ordering = ("-created_at", "pk")

    def get_queryset(self) -> "QuerySet[Job]":
        """Select what the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return Job.objects.none()
        project = get_project_for(self.request.user, queried_project(self.request))
        return Job.objects.filter(project=project.pk)

    @extend_schema(operation_id="jobs_list", parameters=OF_PROJECT)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """List jobs, newest first."""
        return super().get(request, *args, **kwargs)
