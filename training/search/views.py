"""The API of searches."""

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.models import ProjectRole
from annotations.projects.selectors import get_project_for
from training.engine import advice
from training.runs.views import OF_PROJECT, queried_project
from training.search import selectors, services
from training.search.models import Search
from training.search.serializers import (
    NewSearchSerializer,
    SearchSerializer,
    SearchSpaceSerializer,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet


class SearchList(generics.ListAPIView[Search]):
    """The searches of a project."""

    serializer_class = SearchSerializer

    def get_queryset(self) -> "QuerySet[Search]":
        """Select what the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return Search.objects.none()
        return selectors.list_searches(self.request.user, queried_project(self.request))

    @extend_schema(operation_id="searches_list", parameters=OF_PROJECT)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """List searches, newest first."""
        return super().get(request, *args, **kwargs)


class ProjectSearches(APIView):
    """Searching for settings."""

    @extend_schema(
        operation_id="searches_create",
        request=NewSearchSerializer,
        responses={201: SearchSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Search for better settings on the ground truths that there are now."""
        project = get_project_for(request.user, pk, at_least=ProjectRole.MANAGER)
        body = NewSearchSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        search = services.start_search(
            project,
            settings=services.SearchSettings(**body.validated_data),
            by=signed_in(request),
        )
        return Response(SearchSerializer(search).data, status=201)


class ProjectSearchSpace(APIView):
    """What a search changes."""

    @extend_schema(operation_id="search_space_retrieve", responses=SearchSpaceSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return the space that is searched where none is given, and what may be added to it."""
        kind = get_project_for(request.user, pk).task_kind
        body = {"space": advice.default_space(kind), "further": advice.further_space(kind)}
        return Response(SearchSpaceSerializer(body).data)


class SearchDetail(APIView):
    """One search."""

    @extend_schema(operation_id="searches_retrieve", responses=SearchSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return a search with its trials."""
        return Response(SearchSerializer(selectors.get_search_for(request.user, pk)).data)


class SearchCancel(APIView):
    """Stopping a search."""

    @extend_schema(operation_id="searches_cancel", request=None, responses=SearchSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Stop a search and its trials; one that is over stays as it is."""
        search = selectors.get_search_for(request.user, pk, at_least=ProjectRole.MANAGER)
        services.cancel_search(search)
        return Response(SearchSerializer(selectors.get_search_for(request.user, pk)).data)


class SearchApply(APIView):
    """Using what a search found."""

    @extend_schema(operation_id="searches_apply", request=None, responses=SearchSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Let the project's next runs start from the best settings."""
        search = selectors.get_search_for(request.user, pk, at_least=ProjectRole.MANAGER)
        services.apply_search(search, by=signed_in(request))
        return Response(SearchSerializer(search).data)
