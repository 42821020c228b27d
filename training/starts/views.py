"""The API of starts: training by hand, what it starts from, bases, comparisons."""

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.models import Project, ProjectRole
from annotations.projects.selectors import get_project_for
from training.runs.serializers import RunSerializer
from training.runs.services import RunSettings
from training.runs.views import OF_PROJECT, queried_project
from training.starts import selectors, services
from training.starts.choice import Start, resolve, setting_of
from training.starts.models import Pretraining, StartComparison
from training.starts.serializers import (
    NewPretrainingSerializer,
    NewRunSerializer,
    NewStartComparisonSerializer,
    PretrainingSerializer,
    ProjectStartSerializer,
    StartComparisonSerializer,
    StartSerializer,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet


class ProjectRuns(APIView):
    """Training by hand."""

    @extend_schema(
        operation_id="runs_create", request=NewRunSerializer, responses={201: RunSerializer}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Train on the ground truths that there are now."""
        project = get_project_for(request.user, pk, at_least=ProjectRole.MANAGER)
        body = NewRunSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data.pop("start")
        start = None if asked is None else Start(**asked)
        if start is not None:
            selectors.check_starts(request.user, project, [start])
        run = services.begin_run(
            project, settings=RunSettings(**body.validated_data), by=signed_in(request), start=start
        )
        return Response(RunSerializer(run).data, status=201)


class ProjectStart(APIView):
    """What the runs of a project start from."""

    @extend_schema(operation_id="start_retrieve", responses=ProjectStartSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return the setting, what it comes to, and what there is to choose from."""
        return self._answer(request, get_project_for(request.user, pk))

    @extend_schema(
        operation_id="start_replace", request=StartSerializer, responses=ProjectStartSerializer
    )
    def put(self, request: Request, pk: int) -> Response:
        """Let the next runs start from there."""
        project = get_project_for(request.user, pk, at_least=ProjectRole.MANAGER)
        body = StartSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        start = Start(**body.validated_data)
        selectors.check_starts(request.user, project, [start])
        services.use_start(project, start, by=signed_in(request))
        return self._answer(request, project)

    def _answer(self, request: Request, project: Project) -> Response:
        chosen = setting_of(project)
        body = {
            "chosen": chosen,
            "now": resolve(project, chosen),
            "options": selectors.list_options(request.user, project),
        }
        return Response(ProjectStartSerializer(body).data)


class ProjectPretrainings(APIView):
    """Training without labels."""

    @extend_schema(
        operation_id="pretrainings_create",
        request=NewPretrainingSerializer,
        responses={201: PretrainingSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Train without labels on the pictures of the training split."""
        project = get_project_for(request.user, pk, at_least=ProjectRole.MANAGER)
        body = NewPretrainingSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        row = services.start_pretraining(project, **body.validated_data, by=signed_in(request))
        return Response(PretrainingSerializer(row).data, status=201)


class PretrainingList(generics.ListAPIView[Pretraining]):
    """The pre-trainings of a project."""

    serializer_class = PretrainingSerializer

    def get_queryset(self) -> "QuerySet[Pretraining]":
        """Select what the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return Pretraining.objects.none()
        return selectors.list_pretrainings(self.request.user, queried_project(self.request))

    @extend_schema(operation_id="pretrainings_list", parameters=OF_PROJECT)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """List pre-trainings, newest first."""
        return super().get(request, *args, **kwargs)


class PretrainingDetail(APIView):
    """One pre-training."""

    @extend_schema(operation_id="pretrainings_retrieve", responses=PretrainingSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return a pre-training with its progress and curve."""
        return Response(PretrainingSerializer(selectors.get_pretraining_for(request.user, pk)).data)


class PretrainingCancel(APIView):
    """Stopping a pre-training."""

    @extend_schema(
        operation_id="pretrainings_cancel", request=None, responses=PretrainingSerializer
    )
    def post(self, request: Request, pk: int) -> Response:
        """Stop; one that is over stays as it is."""
        row = selectors.get_pretraining_for(request.user, pk, at_least=ProjectRole.MANAGER)
        services.cancel(row)
        return Response(PretrainingSerializer(row).data)


class ProjectStartComparisons(APIView):
    """Comparing starts."""

    @extend_schema(
        operation_id="start_comparisons_create",
        request=NewStartComparisonSerializer,
        responses={201: StartComparisonSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Train from nothing and from other starts, alike but for that."""
        project = get_project_for(request.user, pk, at_least=ProjectRole.MANAGER)
        body = NewStartComparisonSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        starts = [Start(**start) for start in body.validated_data.pop("starts")]
        selectors.check_starts(request.user, project, starts)
        settings = services.ComparisonSettings(starts=starts, **body.validated_data)
        row = services.start_comparison(project, settings=settings, by=signed_in(request))
        return Response(StartComparisonSerializer(row).data, status=201)


class StartComparisonList(generics.ListAPIView[StartComparison]):
    """The comparisons of starts of a project."""

    serializer_class = StartComparisonSerializer

    def get_queryset(self) -> "QuerySet[StartComparison]":
        """Select what the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return StartComparison.objects.none()
        return selectors.list_comparisons(self.request.user, queried_project(self.request))

    @extend_schema(operation_id="start_comparisons_list", parameters=OF_PROJECT)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """List comparisons, newest first."""
        return super().get(request, *args, **kwargs)


class StartComparisonDetail(APIView):
    """One comparison of starts."""

    @extend_schema(operation_id="start_comparisons_retrieve", responses=StartComparisonSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return a comparison with its progress and result."""
        row = selectors.get_comparison_for(request.user, pk)
        return Response(StartComparisonSerializer(row).data)


class StartComparisonCancel(APIView):
    """Stopping a comparison."""

    @extend_schema(
        operation_id="start_comparisons_cancel", request=None, responses=StartComparisonSerializer
    )
    def post(self, request: Request, pk: int) -> Response:
        """Stop; one that is over stays as it is."""
        row = selectors.get_comparison_for(request.user, pk, at_least=ProjectRole.MANAGER)
        services.cancel(row)
        return Response(StartComparisonSerializer(row).data)
