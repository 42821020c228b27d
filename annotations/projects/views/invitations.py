"""The API of invitations."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.accounts.models import Invitation, Lab, LabRole
from annotations.accounts.selectors import get_lab_for
from annotations.accounts.views.session import PageView, sign_in
from annotations.projects import selectors
from annotations.projects.models import ProjectRole
from annotations.projects.serializers import (
    InvitationSerializer,
    InvitationTokenSerializer,
    JoinedSerializer,
    NewInvitationSerializer,
    PreviewSerializer,
    SignUpSerializer,
)
from annotations.projects.services import invitations


class InvitationList(generics.ListAPIView[Invitation]):
    """The invitations of a lab."""

    serializer_class = InvitationSerializer

    def get_queryset(self) -> QuerySet[Invitation]:
        """All for owners, those to their projects for managers."""
        if getattr(self, "swagger_fake_view", False):
            return Invitation.objects.none()
        return selectors.list_invitations(self.request.user, self.kwargs["pk"])

    @extend_schema(operation_id="invitations_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        """List invitations, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="invitations_create",
        request=NewInvitationSerializer,
        responses={201: InvitationSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Make a link: owners to the lab, managers to their projects."""
        user = signed_in(request)
        selectors.list_invitations(user, pk)
        body = NewInvitationSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        values = {name: value for name, value in body.validated_data.items() if value is not None}
        if values.get("role"):
            get_lab_for(user, pk, at_least=LabRole.OWNER)
        if "project" in values:
            values["project"] = selectors.get_project_for(
                user, values["project"], at_least=ProjectRole.MANAGER
            )
        made = invitations.create_invitation(
            Lab.objects.get(pk=pk), user, invitations.NewInvitation(**values), now=timezone.now()
        )
        answer = InvitationSerializer(made, context={"request": request})
        return Response(answer.data, status=201)


class InvitationDetail(APIView):
    """One invitation."""

    @extend_schema(operation_id="invitations_revoke", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Make the link useless."""
        invitation = selectors.get_invitation_for(request.user, pk)
        invitations.revoke_invitation(invitation, actor=signed_in(request), now=timezone.now())
        return Response(status=204)


class InvitationPreview(APIView):
    """What a link is to."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="invitations_preview",
        parameters=[OpenApiParameter("token", str, required=True)],
        responses=PreviewSerializer,
    )
    def get(self, request: Request) -> Response:
        """Say what the link grants and whether it holds; needs no account."""
        query = InvitationTokenSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        invitation = invitations.find_invitation(query.validated_data["token"])
        reason = invitations.why_not(invitation, now=timezone.now())
        preview = {
            "lab": invitation.lab.name,
            "project": invitation.project.name if invitation.project else None,
            "role": invitation.role or None,
            "project_role": invitation.project_role or None,
            "valid": not reason,
            "reason": invitations.REASONS.get(reason, ""),
        }
        return Response(PreviewSerializer(preview).data)


class InvitationAccept(APIView):
    """Joining with an account that is there."""

    @extend_schema(
        operation_id="invitations_accept",
        request=InvitationTokenSerializer,
        responses=JoinedSerializer,
    )
    def post(self, request: Request) -> Response:
        """Join; a higher role that one has stays."""
        body = InvitationTokenSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = signed_in(request)
        invitation = invitations.accept_invitation(
            user, body.validated_data["token"], now=timezone.now()
        )
        joined = {"user": user, "redirect": _page(invitation)}
        return Response(JoinedSerializer(joined).data)


class SignUpView(PageView):
    """Joining with a new account."""

    @extend_schema(operation_id="signup", request=SignUpSerializer, responses=JoinedSerializer)
    def post(self, request: Request) -> Response:
        """Make an account through an invitation; sign in."""
        body = SignUpSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user, invitation = invitations.sign_up(**body.validated_data, now=timezone.now())
        sign_in(request, user)
        joined = {"user": user, "redirect": _page(invitation)}
        return Response(JoinedSerializer(joined).data)


def _page(invitation: Invitation) -> str:
    if invitation.project_id is not None:
        return f"/projects/{invitation.project_id}"
    return f"/labs/{invitation.lab_id}"
