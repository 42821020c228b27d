"""What is generated from code is up to date: migrations, the API document, its types."""

import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

API = Path(__file__).resolve().parents[2] / "frontend" / "src" / "api"
HOW = "run `make check`, look at the difference and commit it"


@pytest.fixture(scope="module")
def document():
    """The OpenAPI document; a warning of the generator fails."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", out)
        call_command("spectacular", validate=True, fail_on_warn=True, format="openapi-json")
    return json.loads(out.getvalue())


@pytest.mark.django_db
def test_migrations_are_complete(capsys):
    call_command("makemigrations", "--check", "--dry-run", verbosity=1)

    assert "No changes detected" in capsys.readouterr().out


def test_the_front_end_has_the_newest_api_document(document):
    kept = json.loads((API / "openapi.json").read_text())

    assert kept == document, HOW


def test_the_front_ends_types_were_made_from_the_api_document(document):
    types = (API / "schema.d.ts").read_text()
    addresses = set(re.findall(r'^    "(/[^"]*)": \{$', types, re.MULTILINE))
    names = set(re.findall(r"^        (\w+): ", types.split("schemas: {", 1)[1], re.MULTILINE))

    assert addresses == set(document["paths"]), HOW
    assert set(document["components"]["schemas"]) <= names, HOW


def test_every_operation_says_what_it_does_and_has_a_name_of_its_own(document):
    operations = [
        (f"{method} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    ]
    names = [operation["operationId"] for _, operation in operations]

    assert len(names) == len(set(names))
    assert [where for where, operation in operations if not operation.get("description")] == []


def test_the_document_names_both_ways_to_sign_in(document):
    schemes = document["components"]["securitySchemes"]

    assert schemes["session"]["in"] == "cookie"
    assert schemes["bearer"]["scheme"] == "bearer"
