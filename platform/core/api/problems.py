"""Errors as `application/problem+json` (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from core.errors import DomainError, NotFound

DATABASE_AWAY = "The database does not answer just now. Try again in a moment."


def problem(
    status: int, code: str, detail: str, extra: dict[str, object] | None = None
) -> Response:
    """Make a problem document.

    Parameters
    ----------
    status : int
        HTTP status.
    code : str
        Stable code.
    detail : str
        What is wrong and what to do.
    extra : dict, optional
        Further members.
    """
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **(extra or {}),
    }
    return Response(body, status=status, content_type="application/problem+json")


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every error that has an answer becomes a problem document."""
    if isinstance(error, Http404):
        error = NotFound("object")
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, OperationalError | InterfaceError):
        # The answer that a client may repeat: a restarting database comes back in seconds.
        return problem(503, "database_away", DATABASE_AWAY)
    if isinstance(error, DomainError):
        return problem(error.status, error.code, error.detail, error.extra)
    if isinstance(error, exceptions.ValidationError):
        return problem(
            400,
            "invalid",
            f"Some values are not right: {_first_message(error.detail)}",
            {"errors": error.detail},
        )
    if isinstance(error, exceptions.APIException):
        response = problem(error.status_code, _code_of(error), str(error.detail))
        if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
            response["WWW-Authenticate"] = "Bearer"
        return response
    return None


def _code_of(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else "invalid"


def _first_message(detail: Any, path: str = "") -> str:  # noqa: ANN401 - DRF nests freely
    if isinstance(detail, dict) and detail:
        key, value = next(iter(detail.items()))
        name = "" if key == "non_field_errors" else str(key)
        return _first_message(value, f"{path}.{name}".strip("."))
    if isinstance(detail, list) and detail:
        return _first_message(next(item for item in detail if item), path)
    return f"{path}: {detail}" if path else str(detail)
