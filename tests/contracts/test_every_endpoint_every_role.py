"""Every address of the API, with every method, against every kind of person.

An address that is not in the table of `endpoints.py` fails, so that nobody can add one without
saying who may use it.
"""

import uuid

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from tests.contracts import world as w
from tests.contracts.endpoints import ENDPOINTS, Endpoint, address
from tests.factories import client_for

pytestmark = pytest.mark.django_db

METHODS = ("get", "post", "put", "patch", "delete")
LET_IN = (200, 201, 204)


def api_routes(patterns=None, prefix=""):
    """Yield "METHOD address" for all that the resolver knows under api/v1/."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from api_routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route.startswith("api/v1/"):
            view = pattern.callback.view_class
            for method in METHODS:
                if hasattr(view, method):
                    yield f"{method.upper()} {route.removeprefix('api/v1/')}"


def test_the_table_names_every_endpoint_and_no_other():
    found = list(api_routes())

    assert len(found) == len(set(found)), "two patterns answer to the same address"
    assert set(found) - set(ENDPOINTS) == set(), "say in endpoints.py who may use these"
    assert set(ENDPOINTS) - set(found) == set(), "these are gone: take them out of endpoints.py"


def test_no_address_ends_with_a_slash():
    assert [route for route in api_routes() if route.endswith("/")] == []


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One world for all tests of this file: each test is undone on top of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield w.build_world()
        transaction.set_rollback(True)


def ask(world: w.World, actor: str, name: str, endpoint: Endpoint):
    method, template = name.split(" ", 1)
    url = address(template, world, method=method)
    client = world.client(actor)
    data = endpoint.body(world) if endpoint.body else {}
    query = endpoint.query(world) if endpoint.query else {}
    if method == "GET":
        return client.get(url, query)
    return getattr(client, method.lower())(url, data, format=endpoint.format)


def expected(endpoint: Endpoint, actor: str) -> tuple[int, ...]:
    if actor in endpoint.rule.may:
        return (*LET_IN, *endpoint.also)
    if actor == w.ANONYMOUS:
        return (401,)
    return (403,) if actor in endpoint.rule.sees else (404,)


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.parametrize("actor", w.ACTORS)
def test_endpoint(world, actor, name):
    endpoint = ENDPOINTS[name]
    answer = ask(world, actor, name, endpoint)

    text = "" if answer.streaming else answer.content[:300]
    assert answer.status_code in expected(endpoint, actor), text
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"
        assert {"status", "code", "detail", "title", "type"} <= set(answer.json())


@pytest.mark.parametrize("name", [name for name in ENDPOINTS if "pk>" in name])
def test_what_does_not_exist_is_not_found_for_everybody(world, name):
    method, template = name.split(" ", 1)
    for old, new in (("<int:pk>", "999999999"), ("<uuid:pk>", str(uuid.uuid4()))):
        template = template.replace(old, new)
    endpoint = ENDPOINTS[name]
    data = endpoint.body(world) if endpoint.body and method != "GET" else None
    request = {"format": endpoint.format} if method != "GET" else {}

    client = world.client(w.LAB_OWNER)
    url = address(template, world, method=method)
    answer = getattr(client, method.lower())(url, data, **request)

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("path", ["labs", "datasets", "images", "projects", "tokens"])
def test_lists_hold_nothing_of_other_peoples(world, path):
    outsider = world.client(w.OUTSIDER).get(f"/api/v1/{path}").json()["results"]
    owner = world.client(w.LAB_OWNER).get(f"/api/v1/{path}").json()["results"]

    assert not {row["id"] for row in outsider} & {row["id"] for row in owner}
    assert len(outsider) == (1 if path in ("labs", "projects") else 0)


@pytest.mark.parametrize("name", [name for name in ENDPOINTS if name.startswith("GET ")])
def test_lists_are_paged_by_cursor(world, name):
    answer = ask(world, w.LAB_OWNER, name, ENDPOINTS[name])

    if answer["Content-Type"] == "application/json" and "results" in answer.json():
        assert set(answer.json()) == {"next", "previous", "results"}


@pytest.mark.parametrize("name", [name for name in ENDPOINTS if not name.startswith("GET ")])
def test_what_a_session_changes_needs_the_csrf_token(world, name):
    method, template = name.split(" ", 1)
    client = client_for(world.people[w.LAB_OWNER], check_csrf=True)

    answer = getattr(client, method.lower())(address(template, world, method=method))

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


def test_only_these_addresses_need_no_account():
    free = {name for name, endpoint in ENDPOINTS.items() if w.ANONYMOUS in endpoint.rule.may}

    assert free == {
        "GET auth/session",
        "POST auth/setup",
        "POST auth/login",
        "POST auth/signup",
        "GET invitations/preview",
    }


def test_an_unknown_method_is_a_problem_document(world):
    answer = client_for().put("/api/v1/auth/session")

    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"
