"""The API of what spans capabilities."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.exchange.overview import get_overview
from annotations.exchange.serializers import OverviewSerializer
from annotations.projects.models import ProjectRole
from annotations.projects.selectors import get_project_for, get_role


class OverviewView(APIView):
    """A project at a glance."""

    @extend_schema(operation_id="projects_overview", responses=OverviewSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Say how far the project is, who did what, and what to do next."""
        project = get_project_for(request.user, pk)
        role = get_role(request.user, project) or ProjectRole.VIEWER
        return Response(OverviewSerializer(get_overview(project, role=role)).data)
