"""The page that loads the front end, the health check, and answers where there is nothing."""

from http import HTTPStatus

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

NOT_BUILT = (
    "<!doctype html><title>Cytoloop</title><p>The front end is not built yet. "
    "Run <code>make up</code>, or <code>npm run build</code> in the folder frontend."
)


@require_safe
@ensure_csrf_cookie
def front_end(request: HttpRequest) -> HttpResponse:
    """Answer the front end's index page for every address that it routes itself."""
    index = settings.FRONTEND_DIST / "index.html"
    if not index.is_file():
        return HttpResponse(NOT_BUILT, status=503)
    return HttpResponse(index.read_bytes(), headers={"Cache-Control": "no-cache"})


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Say whether the web process and its database work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer addresses that do not exist, as a problem document."""
    return _problem(404, "not_found", "There is nothing at this address. Check it.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when something broke, as a problem document."""
    return _problem(
        500,
        "internal_error",
        "Something broke that should not have. Try again; the server's log has the details.",
    )


def _problem(status: int, code: str, detail: str) -> JsonResponse:
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")
