"""Submitting, reviewing and ground truth through the API, by every kind of person."""

import uuid

import numpy as np
import pytest

from annotations.labels import wire
from annotations.labels.services import put_proposal
from annotations.models import Annotation, GroundTruth
from annotations.review.services import import_ground_truth
from tests.factories import (
    client_for,
    join_lab,
    join_project,
    make_mask,
    make_project,
    make_queued_sample,
    make_sample,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project(accept_rule="reviewer")


@pytest.fixture
def reviewer(project):
    return join_project(project, role="reviewer")


def answered(project, *, user=None):
    """A sample with one submitted answer, through the API."""
    sample = make_queued_sample(project)
    put_proposal(sample, source="classical", labels=make_mask()[None, None])
    client = client_for(user or join_project(project))
    served = client.post(f"/api/v1/projects/{project.pk}/next").json()
    assert served["sample"]["id"] == sample.pk
    url = f"/api/v1/annotations/{served['annotation']['id']}/submit"
    body = {"token": served["assignment"]["token"], "seconds": 4.0}
    assert client.post(url, body).status_code == 200
    return sample


def plane_of(response):
    height, width = map(int, response["X-Cytoloop-Shape"].split(","))
    return wire.unpack_plane(response.content, (height, width))


def people(project):
    return {
        "manager": join_project(project, role="manager"),
        "reviewer": join_project(project, role="reviewer"),
        "annotator": join_project(project),
        "viewer": join_project(project, role="viewer"),
        "lab member": join_lab(project.lab, make_user()),
        "outsider": make_user(),
        "anonymous": None,
    }


REVIEWERS_ONLY = {
    "manager": 200,
    "reviewer": 200,
    "annotator": 403,
    "viewer": 403,
    "lab member": 403,
    "outsider": 404,
    "anonymous": 401,
}


def test_the_review_queue(project, reviewer):
    unsure, sure = (answered(project) for _ in range(2))
    for sample, agreement in ((sure, 0.9), (unsure, 0.2)):
        sample.refresh_from_db()
        sample.agreement = agreement
        sample.save(update_fields=["agreement"])
    url = f"/api/v1/projects/{project.pk}/review-queue"
    page = client_for(reviewer).get(url).json()
    assert [row["id"] for row in page["results"]] == [unsure.pk, sure.pk]
    assert page["results"][0]["n_answers"] == 1
    for role, person in people(project).items():
        assert client_for(person).get(url).status_code == REVIEWERS_ONLY[role], role


@pytest.mark.parametrize("part", ["answers", "consensus", "consensus/labels", "answer labels"])
def test_what_reviewers_see(project, reviewer, part):
    sample = answered(project)
    annotation = Annotation.objects.get()
    if part == "answer labels":
        part = f"answers/{annotation.pk}/labels"
    url = f"/api/v1/samples/{sample.pk}/{part}"
    response = client_for(reviewer).get(url)
    if part.endswith("labels"):
        np.testing.assert_array_equal(plane_of(response), make_mask())
    elif part == "answers":
        (row,) = response.json()
        assert (row["annotation"], row["objects"], row["seconds"]) == (str(annotation.pk), 2, 4.0)
        assert row["user"]["id"] == annotation.user_id
    else:
        found = response.json()
        assert (found["version"], found["method"], found["disputed"]) == (1, "majority", [])
        assert [item["id"] for item in found["objects"]] == [1, 2]
    for role, person in people(project).items():
        assert client_for(person).get(url).status_code == REVIEWERS_ONLY[role], role


def test_what_is_not_there(project, reviewer):
    sample = make_sample(project)
    client = client_for(reviewer)
    base = f"/api/v1/samples/{sample.pk}"
    for part in ("consensus", "ground-truth", f"answers/{uuid.uuid4()}/labels"):
        assert client.get(f"{base}/{part}").status_code == 404
    assert client.get(f"{base}/answers").json() == []
    response = client.post(f"{base}/review", {"decision": "accept"})
    assert (response.status_code, response.json()["code"]) == (409, "nothing_to_accept")


def test_decisions(project, reviewer):
    client = client_for(reviewer)
    sample = answered(project)
    url = f"/api/v1/samples/{sample.pk}/review"
    assert client.post(url, {"decision": "accept"}).json()["state"] == "accepted"
    body = {"decision": "accept_answer", "annotation": str(Annotation.objects.get().pk)}
    assert client.post(url, body).json()["state"] == "accepted"
    assert GroundTruth.objects.count() == 2
    body = {"decision": "send_back", "note": "look again"}
    assert client.post(url, body).json()["state"] == "queued"
    assert Annotation.objects.get().note == "look again"
    for bad in ({}, {"decision": "maybe"}, {"decision": "accept_answer"}):
        assert client.post(url, bad).status_code == 400
    body = {"decision": "accept_answer", "annotation": str(uuid.uuid4())}
    assert client.post(url, body).status_code == 404
    for role, person in people(project).items():
        status = client_for(person).post(url, {"decision": "accept"}).status_code
        assert status == REVIEWERS_ONLY[role], role


def test_correcting(project, reviewer):
    sample = answered(project)
    client = client_for(reviewer)
    draft = client.post(f"/api/v1/samples/{sample.pk}/correct").json()
    assert (draft["assignment"], draft["sample"]["id"]) == (None, sample.pk)
    base = f"/api/v1/annotations/{draft['annotation']['id']}"
    np.testing.assert_array_equal(plane_of(client.get(f"{base}/labels")), make_mask())
    for _ in range(2):
        assert client.post(f"{base}/submit", {"seconds": 1}).json()["state"] == "submitted"
    truth = client.get(f"/api/v1/samples/{sample.pk}/ground-truth").json()
    assert (truth["version"], truth["source"], truth["n_objects"]) == (1, "review", 2)
    assert truth["objects"] == [{"id": 1, "class_index": 1}, {"id": 2, "class_index": 1}]
    for role, person in people(project).items():
        status = client_for(person).post(f"/api/v1/samples/{sample.pk}/correct").status_code
        assert status == REVIEWERS_ONLY[role], role


def test_submitting_a_class():
    project = make_project(task_kind="classification", classes=("a", "b"))
    make_queued_sample(project)
    client = client_for(join_project(project))
    served = client.post(f"/api/v1/projects/{project.pk}/next").json()
    url = f"/api/v1/annotations/{served['annotation']['id']}/submit"
    token = {"token": served["assignment"]["token"]}
    assert client.post(url, token).json()["code"] == "no_answer"
    assert client.post(url, token | {"class_index": 7}).json()["code"] == "unknown_class"
    assert client.post(url, token | {"seconds": -1}).status_code == 400
    assert client.post(url, token | {"class_index": 2}).json() == {
        "state": "submitted",
        "extra_vote": False,
        "next": None,
    }
    assert GroundTruth.objects.get().class_index == 2


def test_only_the_annotator_submits(project):
    make_queued_sample(project)
    mine = join_project(project)
    served = client_for(mine).post(f"/api/v1/projects/{project.pk}/next").json()
    url = f"/api/v1/annotations/{served['annotation']['id']}/submit"
    expected = REVIEWERS_ONLY | {
        "manager": 403,
        "reviewer": 403,
        "annotator": 404,
        "viewer": 404,
        "lab member": 404,
    }
    for role, person in people(project).items():
        assert client_for(person).post(url, {"seconds": 1}).status_code == expected[role], role
    assert Annotation.objects.get().state == "draft"


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_the_truth_of_the_test_split_is_for_reviewers(project, split):
    sample = make_sample(project, split=split)
    import_ground_truth(sample, labels=make_mask()[None, None])
    seen = 404 if split == "test" else 200
    expected = REVIEWERS_ONLY | dict.fromkeys(("annotator", "viewer", "lab member"), seen)
    for role, person in people(project).items():
        for part in ("ground-truth", "ground-truth/labels"):
            response = client_for(person).get(f"/api/v1/samples/{sample.pk}/{part}")
            assert response.status_code == expected[role], role
