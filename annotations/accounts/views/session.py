"""Sign in, sign out, set up."""

from importlib import metadata

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.middleware.csrf import get_token
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts import selectors, services, throttling
from annotations.accounts.authentication import PageSessionAuthentication, signed_in
from annotations.accounts.models import User
from annotations.accounts.serializers import (
    LoginSerializer,
    PasswordChangeSerializer,
    SessionSerializer,
    SetupSerializer,
    SignedInSerializer,
)
from core.errors import DomainError


class PageView(APIView):
    """For pages only, also before somebody is signed in: always with a CSRF check."""

    authentication_classes = [PageSessionAuthentication]
    permission_classes = [AllowAny]

    def check_permissions(self, request: Request) -> None:
        """Check the CSRF token of strangers too: nobody shall be signed in by another site."""
        super().check_permissions(request)
        PageSessionAuthentication().enforce_csrf(request)


class SessionView(APIView):
    """The state of the session."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="session", responses=SessionSerializer)
    def get(self, request: Request) -> Response:
        """Say who is signed in, and hand out a CSRF token (also as a cookie)."""
        state = {
            "user": request.user if request.user.is_authenticated else None,
            "setup_needed": selectors.is_setup_needed(),
            "csrf": get_token(request._request),
            "version": _version(),
        }
        return Response(SessionSerializer(state).data)


class SetupView(PageView):
    """The first account of a new site."""

    @extend_schema(operation_id="setup", request=SetupSerializer, responses=SignedInSerializer)
    def post(self, request: Request) -> Response:
        """Make the first account and its lab; sign in."""
        values = SetupSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        user = services.set_up_site(**values.validated_data)
        return sign_in(request, user)


class LoginView(PageView):
    """Signing in."""

    @extend_schema(operation_id="login", request=LoginSerializer, responses=SignedInSerializer)
    def post(self, request: Request) -> Response:
        """Sign in with user name and password."""
        values = LoginSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        user = _authenticate(request, **values.validated_data)
        return sign_in(request, user)


class LogoutView(APIView):
    """Signing out."""

    authentication_classes = [PageSessionAuthentication]

    @extend_schema(operation_id="logout", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Sign out here; other devices stay signed in."""
        logout(request._request)
        return Response(status=204)


class PasswordView(APIView):
    """The password of one's own account."""

    authentication_classes = [PageSessionAuthentication]

    @extend_schema(
        operation_id="change_password", request=PasswordChangeSerializer, responses={204: None}
    )
    def post(self, request: Request) -> Response:
        """Change it, knowing the old one. This session goes on, all others end."""
        values = PasswordChangeSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        user = signed_in(request)
        current = values.validated_data["current"]
        if _check_password(request, user.get_username(), current) is None:
            raise DomainError("wrong_password", "This is not your current password. Try again.")
        services.change_password(user, password=values.validated_data["password"])
        update_session_auth_hash(request._request, user)
        return Response(status=204)


def sign_in(request: Request, user: User) -> Response:
    """Start a session for `user` and answer who that is."""
    login(request._request, user, backend="django.contrib.auth.backends.ModelBackend")
    return Response(SignedInSerializer({"user": user}).data)


def _authenticate(request: Request, username: str, password: str) -> User:
    # The name counts whatever its case, like where it is made.
    username = User.normalize_username(username)
    known = User.objects.filter(username__iexact=username).values_list("username", flat=True)
    user = _check_password(request, known.first() or username, password)
    if user is None:
        raise DomainError(
            "wrong_login", "User name or password is wrong. Check both and try again.", status=400
        )
    return user


def _check_password(request: Request, username: str, password: str) -> User | None:
    """Return whose password it is; guesses are counted, and too many are refused."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    now = timezone.now()
    throttling.check_login_allowed(username=username, address=address, now=now)
    user = authenticate(request._request, username=username, password=password)
    if not isinstance(user, User):
        throttling.note_failure(username=username, address=address, now=now)
        return None
    throttling.forget_failures(username=username, address=address)
    return user


def _version() -> str:
    try:
        return metadata.version("cytoloop")
    except metadata.PackageNotFoundError:
        return "development"
