"""Labs, their members, and tokens."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from annotations.accounts import selectors, services
from annotations.accounts.authentication import signed_in
from annotations.accounts.models import ApiToken, Lab, LabMembership, LabRole
from annotations.accounts.serializers import (
    ApiTokenSerializer,
    LabMemberSerializer,
    LabSerializer,
    NewApiTokenSerializer,
)


class TokenList(generics.ListCreateAPIView[ApiToken]):
    """The reader's own tokens."""

    serializer_class = ApiTokenSerializer

    def get_queryset(self) -> QuerySet[ApiToken]:
        """List the tokens that still work."""
        return selectors.list_tokens(self.request.user)

    @extend_schema(responses={201: NewApiTokenSerializer})
    def post(self, request: Request) -> Response:
        """Make a token; its secret is shown only now."""
        values = ApiTokenSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        made = services.create_token(signed_in(request), name=values.validated_data["name"])
        row = made.token
        body = {"id": row.pk, "name": row.name, "prefix": row.prefix, "token": made.secret}
        return Response(NewApiTokenSerializer(body).data, status=201)


class TokenDetail(APIView):
    """One token."""

    @extend_schema(operation_id="tokens_revoke", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Make the token useless at once."""
        services.revoke_token(signed_in(request), pk, now=timezone.now())
        return Response(status=204)


class LabList(generics.ListCreateAPIView[Lab]):
    """The reader's labs."""

    serializer_class = LabSerializer

    def get_queryset(self) -> QuerySet[Lab]:
        """List them with the reader's role."""
        return selectors.visible_labs(self.request.user)

    def perform_create(self, serializer: BaseSerializer[Lab]) -> None:
        """Make a lab that the reader owns."""
        user = signed_in(self.request)
        lab = services.create_lab(user, name=serializer.validated_data["name"])
        serializer.instance = selectors.get_lab_for(user, lab.pk)


class LabDetail(APIView):
    """One lab."""

    @extend_schema(operation_id="labs_retrieve", responses=LabSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Show the lab."""
        return Response(LabSerializer(selectors.get_lab_for(request.user, pk)).data)

    @extend_schema(operation_id="labs_update", request=LabSerializer, responses=LabSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Give the lab another name."""
        lab = selectors.get_lab_for(request.user, pk, at_least=LabRole.OWNER)
        values = LabSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        services.rename_lab(lab, name=values.validated_data["name"], actor=signed_in(request))
        return Response(LabSerializer(selectors.get_lab_for(request.user, pk)).data)


class LabMemberList(generics.ListAPIView[LabMembership]):
    """The members of a lab."""

    serializer_class = LabMemberSerializer

    def get_queryset(self) -> QuerySet[LabMembership]:
        """List them, for any member."""
        if getattr(self, "swagger_fake_view", False):
            return LabMembership.objects.none()
        return selectors.list_lab_members(
            selectors.get_lab_for(self.request.user, self.kwargs["pk"])
        )


class LabMemberDetail(APIView):
    """One member of a lab."""

    @extend_schema(
        operation_id="lab_member_update",
        request=LabMemberSerializer,
        responses=LabMemberSerializer,
    )
    def patch(self, request: Request, pk: int, user_id: int) -> Response:
        """Give the member another role."""
        lab = selectors.get_lab_for(request.user, pk, at_least=LabRole.OWNER)
        values = LabMemberSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        member = services.change_lab_member(
            lab, user_id, role=values.validated_data["role"], actor=signed_in(request)
        )
        return Response(LabMemberSerializer(member).data)

    @extend_schema(operation_id="lab_member_remove", responses={204: None})
    def delete(self, request: Request, pk: int, user_id: int) -> Response:
        """Take a person out of the lab, or leave it."""
        lab = selectors.get_lab_for(request.user, pk)
        services.remove_lab_member(lab, user_id, actor=signed_in(request))
        return Response(status=204)
