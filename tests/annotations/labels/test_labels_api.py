"""Drafts, operations and proposals through the API: works, invalid, not mine, closed, twice."""

import base64
import uuid

import numpy as np
import pytest

from annotations.labels import wire
from annotations.labels.services import put_proposal
from annotations.models import Annotation
from tests.factories import (
    HEIGHT,
    WIDTH,
    client_for,
    join_lab,
    join_project,
    make_annotation,
    make_mask,
    make_project,
    make_queued_sample,
    make_sample,
    make_user,
)

pytestmark = pytest.mark.django_db

PATCH = base64.b64encode(
    wire.encode_patch(np.zeros((HEIGHT, WIDTH), np.uint32), make_mask().astype(np.uint32))
).decode()


def operation(**fields):
    return {"op_id": str(uuid.uuid4()), "kind": "patch", "t": 0, "z": 0, "patch": PATCH, **fields}


@pytest.fixture
def project():
    return make_project(classes=("a", "b"))


@pytest.fixture
def draft(project):
    return make_annotation(make_sample(project))


@pytest.fixture
def client(draft):
    return client_for(draft.user)


def address(draft, part=""):
    return f"/api/v1/annotations/{draft.pk}{part}"


def plane_of(response):
    height, width = map(int, response["X-Cytoloop-Shape"].split(","))
    assert (response["Content-Type"], response["Content-Encoding"]) == (
        "application/octet-stream",
        "gzip",
    )
    return wire.unpack_plane(response.content, (height, width))


def test_an_annotation(client, draft):
    Annotation.objects.update(object_classes={"7": 2}, seconds=3.5, n_operations=4, n_objects=2)
    assert client.get(address(draft)).json() == {
        "id": str(draft.pk),
        "sample": draft.sample_id,
        "user": draft.user_id,
        "state": "draft",
        "version": 0,
        "is_correction": False,
        "extra_vote": False,
        "class_index": None,
        "object_classes": {"7": 2},
        "effort": {"seconds": 3.5, "operations": 4, "objects": 2},
        "note": "",
    }


def test_a_fresh_draft_is_empty(client, draft):
    response = client.get(address(draft, "/labels"))
    assert response["X-Cytoloop-Version"] == "0"
    assert not plane_of(response).any()


@pytest.mark.parametrize("kind", ["patch", "undo", "redo"])
def test_operations_are_stored_and_played(client, draft, kind):
    one = operation(kind=kind, at=1_700_000_000_123)
    response = client.post(address(draft, "/ops"), {"base_version": 0, "ops": [one]})
    assert response.json() == {"version": 1, "applied": [one["op_id"]]}
    stored = draft.operations.get()
    assert stored.made_at.isoformat() == "2023-11-14T22:13:20.123000+00:00"
    np.testing.assert_array_equal(plane_of(client.get(address(draft, "/labels"))), make_mask())


def test_classes_and_answers(client, draft):
    ops = [
        operation(kind="class", patch="", payload={"object": 1, "class_index": 2}),
        operation(kind="answer", patch="", payload={"class_index": 1}, at="2026-01-02T03:04:05Z"),
    ]
    assert client.post(address(draft, "/ops"), {"base_version": 0, "ops": ops}).status_code == 200
    answer = client.get(address(draft)).json()
    assert (answer["object_classes"], answer["class_index"]) == ({"1": 2}, 1)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"patch": "!"}, "bad_patch"),
        ({"patch": "/w=="}, "bad_patch"),
        ({"z": 1}, "bad_patch"),
        ({"t": -1}, "invalid"),
        ({"op_id": "x"}, "invalid"),
        ({"kind": "explode"}, "invalid"),
        ({"at": "yesterday"}, "invalid"),
        ({"at": 1e300}, "invalid"),
        ({"payload": [1]}, "invalid"),
        ({"kind": "class"}, "bad_operation"),
        ({"kind": "class", "payload": {"object": 0, "class_index": 1}}, "bad_operation"),
        ({"kind": "class", "payload": {"object": 1, "class_index": "1"}}, "bad_operation"),
        ({"kind": "class", "payload": {"object": 1, "class_index": 9}}, "unknown_class"),
        ({"kind": "answer", "payload": {}}, "bad_operation"),
    ],
    ids=str,
)
def test_bad_operations(client, draft, fields, code):
    body = {"base_version": 0, "ops": [operation(), operation(**fields)]}
    response = client.post(address(draft, "/ops"), body)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert response["Content-Type"] == "application/problem+json"
    assert not draft.operations.exists()


def test_a_conflict_names_the_version(client, draft):
    body = {"base_version": 0, "ops": [operation()]}
    client.post(address(draft, "/ops"), body)
    response = client.post(address(draft, "/ops"), {"base_version": 0, "ops": [operation()]})
    assert response.status_code == 409
    answer = response.json()
    assert (answer["code"], answer["version"], answer["applied"]) == ("version_conflict", 1, [])


def test_a_submitted_answer_is_closed(client, draft):
    Annotation.objects.update(state="submitted")
    response = client.post(address(draft, "/ops"), {"base_version": 0, "ops": [operation()]})
    assert (response.status_code, response.json()["code"]) == (409, "annotation_submitted")


@pytest.mark.parametrize("query", ["?t=1", "?z=1"])
def test_planes_that_are_not_there(client, draft, query):
    response = client.get(address(draft, f"/labels{query}"))
    assert (response.status_code, response.json()["code"]) == (404, "no_such_plane")
    assert client.get(address(draft, "/labels?t=x")).status_code == 400


def statuses(user, draft):
    client = client_for(user)
    body = {"base_version": 0, "ops": [operation()]}
    return [
        client.get(address(draft)).status_code,
        client.get(address(draft, "/labels")).status_code,
        client.post(address(draft, "/ops"), body).status_code,
    ]


def test_who_may_see_and_who_may_edit(project, draft):
    assert statuses(draft.user, draft) == [200, 200, 200]
    assert statuses(join_project(project, role="reviewer"), draft) == [200, 200, 403]
    assert statuses(join_project(project, role="manager"), draft) == [200, 200, 403]
    assert statuses(join_project(project), draft) == [404, 404, 404]
    assert statuses(join_project(project, role="viewer"), draft) == [404, 404, 404]
    assert statuses(join_lab(project.lab, make_user()), draft) == [404, 404, 404]
    assert statuses(make_user(), draft) == [404, 404, 404]
    assert statuses(None, draft) == [401, 401, 401]


def test_who_is_no_annotator_any_more(project, draft):
    draft.user.project_memberships.update(role="viewer")
    assert statuses(draft.user, draft) == [200, 200, 403]
    draft.user.project_memberships.all().delete()
    assert statuses(draft.user, draft) == [404, 404, 404]


def test_no_such_annotation(client):
    assert client.get(f"/api/v1/annotations/{uuid.uuid4()}").status_code == 404


def test_proposals(project):
    sample = make_sample(project)
    client = client_for(join_project(project, role="viewer"))
    base = f"/api/v1/samples/{sample.pk}/proposal"
    assert client.get(base).status_code == client.get(f"{base}/info").status_code == 404
    put_proposal(sample, source="scores", class_scores={1: 0.75}, reason="unsure")
    assert client.get(base).status_code == 404
    assert client.get(f"{base}/info").json() == {
        "source": "scores",
        "reason": "unsure",
        "objects": [],
        "class_scores": {"1": 0.75},
    }
    found = [{"id": 1, "class_index": 2, "confidence": 0.5}]
    put_proposal(sample, source="v2", labels=make_mask()[None, None], objects=found)
    response = client.get(f"{base}?t=0&z=0")
    assert response["X-Cytoloop-Source"] == "v2"
    np.testing.assert_array_equal(plane_of(response), make_mask())
    assert client.get(f"{base}/info").json()["objects"] == found
    assert client_for(make_user()).get(base).status_code == 404
    assert client_for().get(base).status_code == 401


class TestMarks:
    """Which proposed objects were looked at and found right."""

    @pytest.fixture
    def draft(self, project):
        sample = make_sample(project)
        objects = [{"id": number, "confidence": 0.5} for number in (3, 7, 12)]
        labels = make_mask()[None, None]
        proposal = put_proposal(sample, source="test", labels=labels, objects=objects)
        return make_annotation(sample, shown_proposal=proposal)

    def test_add_up_on_two_devices_in_any_order(self, client, draft):
        other = client_for(draft.user)
        first = {"seen": [7], "confirmed": []}
        second = {"seen": [12], "confirmed": [3]}
        for device, marks in ((client, first), (other, second), (client, first)):
            answer = device.post(address(draft, "/marks"), marks, format="json")
            assert answer.status_code == 200

        assert answer.json() == {"seen": [3, 7, 12], "confirmed": [3]}
        assert Annotation.objects.get().version == 0

    def test_leave_out_what_was_not_proposed(self, client, draft):
        marks = {"seen": [1, 7], "confirmed": [99]}
        answer = client.post(address(draft, "/marks"), marks, format="json")
        assert answer.json() == {"seen": [7], "confirmed": []}

    def test_come_with_the_draft(self, project):
        person = join_project(project)
        sample = make_queued_sample(project)
        labels = make_mask()[None, None]
        objects = [{"id": 3, "confidence": 0.5}]
        put_proposal(sample, source="test", labels=labels, objects=objects)
        client = client_for(person)
        claim = f"/api/v1/projects/{project.pk}/next"
        first = client.post(claim, {}, format="json").json()["annotation"]
        assert first["marks"] == {"seen": [], "confirmed": []}

        client.post(f"/api/v1/annotations/{first['id']}/marks", {"confirmed": [3]}, format="json")

        again = client.post(claim, {}, format="json").json()["annotation"]
        assert again["marks"] == {"seen": [3], "confirmed": [3]}
