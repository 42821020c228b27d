"""In which form somebody wants an answer: the parameter `format`, else the Accept header."""

import tempfile
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import IO, cast

from django.http import FileResponse
from django.http.response import HttpResponseBase
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from training.model_registry.models import ModelVersion
from training.serving.answers import card_digest
from training.serving.formats import FORMATS, Answer, Format
from training.serving.serializers import JSON, FormatQuerySerializer


class AnyForm(BaseContentNegotiation):
    """Leave the Accept header to the view; errors are JSON whatever was asked for."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """Choose by the content type."""
        sent = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == sent), None)

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """Take the first."""
        first = next(iter(renderers))
        return first, str(first.media_type)


def wanted_format(request: Request, named: str | None = None) -> Format | None:
    """Return the form that is asked for; nothing for JSON.

    Parameters
    ----------
    request : Request
        Its query and its Accept header are looked at.
    named : str, optional
        What the body names, which goes first.
    """
    query = FormatQuerySerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    name = named or query.validated_data.get("format")
    if name is not None:
        return None if name == JSON else FORMATS[name]
    by_type = {form.media_type: form for form in reversed(FORMATS.values())}
    for media_type in _accepted(request.headers.get("Accept", "")):
        if media_type in by_type:
            return by_type[media_type]
        if media_type in ("application/json", "*/*"):
            return None
    return None


def file_response(answer: Answer, form: Format, version: ModelVersion) -> HttpResponseBase:
    """Answer with a file."""
    target = tempfile.NamedTemporaryFile()  # noqa: SIM115 - the response closes it
    form.write(answer, cast("IO[bytes]", target))
    target.seek(0)
    response = FileResponse(
        target,
        as_attachment=True,
        filename=f"{PurePosixPath(answer.name).stem}{form.suffix}",
        content_type=form.media_type,
    )
    response["X-Cytoloop-Model"] = str(version.number)
    response["X-Cytoloop-Card"] = card_digest(version)
    return response


def _accepted(header: str) -> list[str]:
    """Media types of an Accept header, the most wanted first."""
    found: list[tuple[float, str]] = []
    for part in header.split(","):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
        if quality > 0:
            found.append((quality, media_type.lower()))
    return [media_type for _, media_type in sorted(found, key=lambda pair: -pair[0])]
