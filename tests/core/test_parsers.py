"""The API takes JSON that Postgres can keep, and says of other what is wrong."""

import io

import pytest
from rest_framework.exceptions import ParseError

from core.api.parsers import StorableJSONParser, parse_json


@pytest.mark.parametrize("text", ['{"a": [1, 2.5, "x", null]}', '"\\\\u0000"', "7", "1e300"])
def test_json_is_read(text):
    assert parse_json(text) is not None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('{"a": "\\u0000"}', "NUL"),
        ('{"\\u0000": 1}', "NUL"),
        ('[["\\u0000"]]', "NUL"),
        ("1e999", "too large"),
        ("NaN", "no number"),
        ("[" * 100_000, "nested"),
        # Read by C, but too deep to be searched.
        ("[" * 900 + '"\\u0000"' + "]" * 900, "nested|NUL"),
        ("{", "Expecting"),
    ],
)
def test_what_cannot_be_kept_is_refused(text, wrong):
    with pytest.raises(ValueError, match=wrong):
        parse_json(text)
    with pytest.raises(ParseError, match=wrong):
        StorableJSONParser().parse(io.BytesIO(text.encode()))


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(ParseError):
        StorableJSONParser().parse(io.BytesIO(b'"\xff"'))
