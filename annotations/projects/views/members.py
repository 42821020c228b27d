"""The API of a project's members."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.projects import selectors, services
from annotations.projects.models import Project, ProjectMembership, ProjectRole
from annotations.projects.serializers import NewMemberSerializer, ProjectMemberSerializer


class MemberList(generics.ListAPIView[ProjectMembership]):
    """The members of a project."""

    serializer_class = ProjectMemberSerializer

    def get_queryset(self) -> QuerySet[ProjectMembership]:
        """Only managers see e-mail addresses, so only they see the list."""
        if getattr(self, "swagger_fake_view", False):
            return ProjectMembership.objects.none()
        return selectors.list_members(_managed(self.request, self.kwargs["pk"]))

    @extend_schema(operation_id="project_members_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """List the members."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="project_members_add",
        request=NewMemberSerializer,
        responses={201: ProjectMemberSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Give somebody who has an account a role."""
        project = _managed(request, pk)
        body = NewMemberSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        name = values.get("username") or values["email"]
        member = services.add_member(
            project, name=name, role=values["role"], actor=signed_in(request)
        )
        return Response(ProjectMemberSerializer(member).data, status=201)


class MemberDetail(APIView):
    """One member of a project."""

    @extend_schema(
        operation_id="project_member_update",
        request=ProjectMemberSerializer,
        responses=ProjectMemberSerializer,
    )
    def patch(self, request: Request, pk: int, user_id: int) -> Response:
        """Give the member another role."""
        project = _managed(request, pk)
        body = ProjectMemberSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        member = services.change_member(
            project, user_id, role=body.validated_data["role"], actor=signed_in(request)
        )
        return Response(ProjectMemberSerializer(member).data)

    @extend_schema(operation_id="project_member_remove", responses={204: None})
    def delete(self, request: Request, pk: int, user_id: int) -> Response:
        """Take somebody out of the project, or leave it; answers stay."""
        actor = signed_in(request)
        least = ProjectRole.VIEWER if user_id == actor.pk else ProjectRole.MANAGER
        project = selectors.get_project_for(actor, pk, at_least=least)
        services.remove_member(project, user_id, actor=actor)
        return Response(status=204)


def _managed(request: Request, pk: int) -> Project:
    return selectors.get_project_for(request.user, pk, at_least=ProjectRole.MANAGER)
