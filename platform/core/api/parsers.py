"""JSON that can be stored: numbers are finite, texts hold no NUL, nothing is nested without end."""

import codecs
import json
import math
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


def parse_json(text: str) -> Any:  # noqa: ANN401
    """Read JSON that Postgres takes.

    Parameters
    ----------
    text : str
        One value.

    Returns
    -------
    object
        Plain values.

    Raises
    ------
    ValueError
        For what is no JSON, holds NaN, infinity or a NUL, or is nested too deeply.
    """
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        # NUL can only come escaped, so that most texts need no second look.
        if "\\u0000" in text and _holds_nul(value):
            raise ValueError("it holds a NUL character")
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value


class StorableJSONParser(JSONParser):
    """The parser of the API."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        """Read a request's body."""
        encoding = (parser_context or {}).get("encoding", "utf-8")
        try:
            return parse_json(codecs.getreader(encoding)(stream).read())
        except ValueError as error:
            raise ParseError(f"The request is not JSON that can be kept: {error}.") from error


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:20]} is too large")
    return number


def _holds_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(inner) for pair in value.items() for inner in pair)
    return isinstance(value, list) and any(map(_holds_nul, value))
