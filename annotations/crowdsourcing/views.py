"""The API of the queue: claim, keep, give back."""

import uuid

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.accounts.models import User
from annotations.crowdsourcing import selectors, services
from annotations.crowdsourcing.serializers import (
    BatchRequestSerializer,
    EmptyReasonSerializer,
    LeasedUntilSerializer,
    NextBatchSerializer,
    NextSerializer,
    SkipSerializer,
    TokenSerializer,
    UpcomingSerializer,
    describe_item,
    describe_next,
    describe_upcoming,
)
from annotations.projects.access import allows
from annotations.projects.models import Project, ProjectRole
from annotations.projects.selectors import role_of, visible_projects
from core.errors import NotFound


def _project(user: User, project_id: int) -> tuple[Project, bool]:
    """Return a project that `user` may see, and whether they may annotate in it."""
    project = visible_projects(user).filter(pk=project_id).first()
    role = role_of(project) if project else None
    if project is None or role is None:
        raise NotFound("project")
    return project, allows(role, ProjectRole.ANNOTATOR)


def _serve(request: Request, project_id: int, count: int) -> services.Served:
    user = signed_in(request)
    project, may_annotate = _project(user, project_id)
    if not may_annotate:
        return services.Served((), selectors.reason("not_an_annotator"))
    return services.serve_next(project, user, count=count, now=timezone.now())


class NextView(APIView):
    """The next sample of a project."""

    @extend_schema(operation_id="projects_next", request=None, responses=NextSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Lease the next sample, or resume the own live lease; say why where there is none."""
        return Response(describe_next(_serve(request, pk, count=1)))


class UpcomingView(APIView):
    """What a page may load before its next sample is asked for."""

    @extend_schema(operation_id="projects_upcoming", responses=UpcomingSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Show the image that probably comes next; it is leased to nobody by this."""
        user = signed_in(request)
        project, may_annotate = _project(user, pk)
        found = selectors.peek_next(project, user) if may_annotate else None
        return Response(describe_upcoming(found))


class NextBatchView(APIView):
    """The next samples of a project, for a grid."""

    @extend_schema(
        operation_id="projects_next_batch",
        request=BatchRequestSerializer,
        responses=NextBatchSerializer,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Lease several samples at once."""
        body = BatchRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        served = _serve(request, pk, count=body.validated_data["count"])
        return Response(
            {
                "items": [describe_item(item) for item in served.items],
                "reason": EmptyReasonSerializer(served.reason).data if served.reason else None,
            }
        )


class HeartbeatView(APIView):
    """Keeping a lease."""

    @extend_schema(
        operation_id="assignments_heartbeat",
        request=TokenSerializer,
        responses=LeasedUntilSerializer,
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Extend a lease; 409 "lease_lost" when somebody else has the sample."""
        body = TokenSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        until = services.beat(
            pk, signed_in(request), token=body.validated_data["token"], now=timezone.now()
        )
        return Response(LeasedUntilSerializer({"leased_until": until}).data)


class ReleaseView(APIView):
    """Giving a sample back."""

    @extend_schema(
        operation_id="assignments_release", request=TokenSerializer, responses={204: None}
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Give a sample back unanswered."""
        body = TokenSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        services.release(
            pk, signed_in(request), token=body.validated_data["token"], now=timezone.now()
        )
        return Response(status=204)


class SkipView(APIView):
    """Passing a sample by."""

    @extend_schema(operation_id="assignments_skip", request=SkipSerializer, responses={204: None})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Give a sample back and do not ask this person again."""
        body = SkipSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        services.skip(
            pk,
            signed_in(request),
            token=body.validated_data["token"],
            why=body.validated_data["why"],
            now=timezone.now(),
        )
        return Response(status=204)
