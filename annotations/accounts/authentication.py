"""Who is asking: a session of a page, or a token of a script."""

import hashlib
from datetime import timedelta

from django.utils import timezone
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from annotations.accounts.models import ApiToken, User

USE_NOTED_EVERY = timedelta(minutes=1)


def signed_in(request: Request) -> User:
    """Return who is asking.

    Raises
    ------
    NotAuthenticated
        Nobody is signed in.
    """
    if not isinstance(request.user, User):
        raise exceptions.NotAuthenticated
    return request.user


class PageSessionAuthentication(SessionAuthentication):
    """Session cookie with CSRF check; answers 401, not 403, to strangers."""

    def authenticate_header(self, request: Request) -> str:
        """Name a scheme, so that an anonymous request is answered with 401."""
        return "Session"

    def enforce_csrf(self, request: Request) -> None:
        """Check the CSRF token of a page.

        Raises
        ------
        PermissionDenied
            The token is missing or stale.
        """
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            raise exceptions.PermissionDenied(
                "The page's security token is missing or out of date. Reload the page and try "
                "again; scripts send a token of their own instead (Authorization: Bearer).",
                code="csrf_failed",
            ) from error


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer cyt_...` with a token that is neither unknown nor revoked."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the token's user.

        Raises
        ------
        AuthenticationFailed
            The token is unknown or revoked, or its user was switched off.
        """
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        digest = hashlib.sha256(secret.strip().encode()).hexdigest()
        token = (
            ApiToken.objects.select_related("user")
            .filter(digest=digest, revoked_at=None, user__is_active=True)
            .first()
        )
        if token is None:
            raise exceptions.AuthenticationFailed(
                "This token is unknown or revoked. Make a new one in your account settings.",
                code="bad_token",
            )
        now = timezone.now()
        if token.last_used_at is None or token.last_used_at < now - USE_NOTED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme for 401 answers."""
        return "Bearer"
