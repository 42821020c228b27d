"""The API of projects and samples."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.accounts.selectors import get_lab_for
from annotations.projects import selectors, services
from annotations.projects.models import Project, ProjectRole, Sample
from annotations.projects.serializers import (
    MovedGroupSerializer,
    MoveGroupSerializer,
    NewProjectSerializer,
    ProjectChangesSerializer,
    ProjectQuerySerializer,
    ProjectSerializer,
    SampleQuerySerializer,
    SampleSerializer,
)
from core.api.pagination import OldestFirst


class ProjectList(generics.ListAPIView[Project]):
    """The projects that the reader may see."""

    serializer_class = ProjectSerializer

    def get_queryset(self) -> QuerySet[Project]:
        """Filter by lab; archived ones only where asked for."""
        query = ProjectQuerySerializer(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return selectors.list_projects(self.request.user, **query.validated_data)

    @extend_schema(operation_id="projects_list", parameters=[ProjectQuerySerializer])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """List projects, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="projects_create",
        request=NewProjectSerializer,
        responses={201: ProjectSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a project; the reader becomes its manager."""
        body = NewProjectSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        values = _with_classes(body.validated_data)
        lab = get_lab_for(request.user, values.pop("lab"))
        project = services.create_project(lab, signed_in(request), services.NewProject(**values))
        return _answer(request, project.pk, status=201)


class ProjectDetail(APIView):
    """One project."""

    @extend_schema(operation_id="projects_retrieve", responses=ProjectSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Show the project."""
        return _answer(request, pk)

    @extend_schema(
        operation_id="projects_update",
        request=ProjectChangesSerializer,
        responses=ProjectSerializer,
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is given; `archived: false` brings an archived project back."""
        project = selectors.get_project_for(request.user, pk, at_least=ProjectRole.MANAGER)
        body = ProjectChangesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        changes = services.ProjectChanges(**_with_classes(body.validated_data))
        services.update_project(project, changes, actor=signed_in(request), now=timezone.now())
        return _answer(request, pk)

    @extend_schema(operation_id="projects_archive", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Put the project away; nothing is lost."""
        project = selectors.get_project_for(request.user, pk, at_least=ProjectRole.MANAGER)
        services.archive_project(project, actor=signed_in(request), now=timezone.now())
        return Response(status=204)


class ProjectMoveGroup(APIView):
    """The split of a group of pictures."""

    @extend_schema(
        operation_id="projects_move_group",
        request=MoveGroupSerializer,
        responses=MovedGroupSerializer,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Give a whole group to one split, in every project that asks about its pictures.

        Where that changes what scores mean, it is refused with the reason until it is confirmed.
        """
        body = MoveGroupSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        project = selectors.get_project_of_group(request.user, pk, body.validated_data["group"])
        moved = services.move_group(project, **body.validated_data, by=signed_in(request))
        return Response(MovedGroupSerializer(moved).data)


class SampleList(generics.ListAPIView[Sample]):
    """The samples of a project."""

    serializer_class = SampleSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> QuerySet[Sample]:
        """Filter by state and split."""
        if getattr(self, "swagger_fake_view", False):
            return Sample.objects.none()
        query = SampleQuerySerializer(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        wanted = dict(query.validated_data)
        project = selectors.get_project_for(self.request.user, wanted.pop("project"))
        return selectors.list_samples(project, **wanted)

    @extend_schema(operation_id="samples_list", parameters=[SampleQuerySerializer])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """List samples, oldest first."""
        return super().get(request, *args, **kwargs)


class SampleDetail(APIView):
    """One sample."""

    @extend_schema(operation_id="samples_retrieve", responses=SampleSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Show the sample."""
        sample = selectors.get_sample_for(request.user, pk)
        shown = selectors.with_answers(Sample.objects.filter(pk=sample.pk)).get()
        return Response(SampleSerializer(shown).data)


def _answer(request: Request, pk: int, *, status: int = 200) -> Response:
    project = selectors.show_project(request.user, pk)
    return Response(ProjectSerializer(project).data, status=status)


def _with_classes(values: dict[str, Any]) -> dict[str, Any]:
    if "classes" not in values:
        return dict(values)
    return {**values, "classes": [services.ClassValues(**row) for row in values["classes"]]}
