"""What is served beside the API: health, the front end, the admin, problem documents."""

import pytest
from django.test import Client

from core import audit
from core.api.problems import problem
from core.audit import AuditEvent
from core.errors import Conflict, DomainError, Forbidden, NotFound
from tests.factories import client_for, make_image, make_lab, make_project, make_user

pytestmark = pytest.mark.django_db


def test_health_asks_the_database(django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = Client().get("/healthz")

    assert answer.json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/", "/projects/3/annotate", "/join"])
def test_every_page_is_the_front_end_and_brings_the_csrf_cookie(path, settings, tmp_path):
    (tmp_path / "index.html").write_text("<!doctype html><p>front end")
    settings.FRONTEND_DIST = tmp_path

    answer = Client().get(path)

    assert b"front end" in answer.content
    assert answer.cookies["csrftoken"].value
    assert answer["Cache-Control"] == "no-cache"


def test_a_front_end_that_is_not_built_says_what_to_do(settings, tmp_path):
    settings.FRONTEND_DIST = tmp_path

    answer = Client().get("/")

    assert answer.status_code == 503
    assert b"make up" in answer.content


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/nothing", "/static/nothing.js"])
def test_what_is_no_page_is_not_answered_with_the_front_end(path):
    answer = Client().get(path)

    assert answer.status_code == 404
    assert b"front end" not in answer.content


def test_an_address_of_the_api_that_is_not_there_is_a_problem_document():
    answer = Client().get("/api/v1/nothing")

    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


def test_what_breaks_is_a_problem_document_and_tells_no_secrets(monkeypatch):
    def breaks():
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("annotations.accounts.selectors.is_setup_needed", breaks)

    answer = Client(raise_request_exception=False).get("/api/v1/auth/session")

    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert b"secret" not in answer.content


def test_the_admin_lists_everything_and_changes_nothing():
    admin = make_user("root", is_staff=True, is_superuser=True)
    lab = make_lab(admin)
    project = make_project(lab)
    make_image()
    audit.record("lab.created", lab, actor=admin)
    client = Client()
    client.force_login(admin)

    for model in ("user", "lab", "project", "dataset", "image", "invitation"):
        assert client.get(f"/admin/annotations/{model}/").status_code == 200, model
    assert client.get("/admin/core/job/").status_code == 200
    assert client.get("/admin/core/auditevent/").status_code == 200
    assert client.get("/admin/annotations/project/add/").status_code == 403
    assert client.post(f"/admin/annotations/project/{project.pk}/delete/").status_code == 403
    client.post(f"/admin/annotations/lab/{lab.pk}/change/", {"name": "x"})
    lab.refresh_from_db()
    assert lab.name != "x"


def test_the_admins_styles_are_served():
    assert Client().get("/static/admin/css/base.css").status_code == 200


def test_the_admin_is_for_staff():
    client = Client()
    client.force_login(make_user())

    assert client.get("/admin/annotations/lab/").status_code == 302


def test_an_audit_event_remembers_who_did_what():
    user = make_user()
    lab = make_lab(user)

    audit.record("lab.renamed", lab, actor=user, data={"name": "New"})

    event = AuditEvent.objects.get()
    assert (event.actor, event.verb, event.subject_kind, event.subject_id, event.data) == (
        user,
        "lab.renamed",
        "annotations.lab",
        str(lab.pk),
        {"name": "New"},
    )


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("sample"), 404, "not_found"),
        (Forbidden("Ask a manager."), 403, "forbidden"),
        (Conflict("taken", "Take another one."), 409, "taken"),
        (DomainError("odd", "Make it even.", status=422), 422, "odd"),
    ],
)
def test_domain_errors_know_their_answer(error, status, code):
    assert (error.status, error.code) == (status, code)
    assert error.code in str(error)


def test_a_problem_document_has_all_members_and_more():
    answer = problem(409, "version_conflict", "Fetch the newest.", {"version": 7})

    assert answer.data == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "code": "version_conflict",
        "detail": "Fetch the newest.",
        "version": 7,
    }


@pytest.mark.parametrize(
    ("body", "content_type"),
    [("{", "application/json"), ("[]", "application/json"), ("a=1", "text/plain")],
)
def test_bodies_that_cannot_be_read_are_problems_too(body, content_type):
    client = client_for(make_user())

    answer = client.post("/api/v1/labs", data=body, content_type=content_type)

    assert answer.status_code in (400, 415)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_an_invalid_value_is_named():
    answer = client_for(make_user()).post("/api/v1/labs", {"name": ""})

    body = answer.json()
    assert body["code"] == "invalid"
    assert "name" in body["detail"]
    assert body["errors"]["name"]
