"""Claiming and giving back through the API, by every kind of person."""

import uuid

import pytest

from annotations.models import Assignment, Sample
from tests.factories import (
    client_for,
    join_lab,
    join_project,
    make_project,
    make_queued_sample,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def client(project):
    return client_for(join_project(project))


def claim(client, project):
    return client.post(f"/api/v1/projects/{project.pk}/next").json()


def test_the_next_sample(client, project):
    sample = make_queued_sample(project, reason="far from all others")
    served = claim(client, project)
    lease = Assignment.objects.get()
    assert served["assignment"]["id"] == str(lease.pk)
    assert served["assignment"]["token"] == 1
    assert served["sample"]["reason"] == "far from all others"
    assert (served["sample"]["n_answers"], served["sample"]["region"]) == (0, None)
    assert served["image"]["id"] == sample.image_id
    assert served["annotation"]["version"] == 0
    assert served["proposal"] is None
    assert served["reason"] is None


def test_nothing_to_do(client, project):
    served = claim(client, project)
    assert served["assignment"] is served["sample"] is served["image"] is None
    assert served["reason"]["code"] == "no_samples"
    assert served["reason"]["detail"]
    batch = client.post(f"/api/v1/projects/{project.pk}/next-batch", {"count": 3}).json()
    assert (batch["items"], batch["reason"]["code"]) == ([], "no_samples")


def test_a_batch(client, project):
    samples = [make_queued_sample(project, priority=-n) for n in range(4)]
    url = f"/api/v1/projects/{project.pk}/next-batch"
    items = client.post(url, {"count": 3}).json()["items"]
    assert [item["sample"]["id"] for item in items] == [sample.pk for sample in samples[:3]]
    assert client.post(url, {"count": 3}).json()["items"][0]["annotation"] == items[0]["annotation"]
    for count in (0, 61, "x"):
        assert client.post(url, {"count": count}).status_code == 400


def test_who_is_served(project):
    make_queued_sample(project, open_slots=5)
    people = {
        join_project(project, role="manager"): (200, None),
        join_project(project, role="reviewer"): (200, None),
        join_project(project, role="annotator"): (200, None),
        join_project(project, role="viewer"): (200, "not_an_annotator"),
        join_lab(project.lab, make_user()): (200, "not_an_annotator"),
        make_user(): (404, None),
        None: (401, None),
    }
    for user, (status, code) in people.items():
        response = client_for(user).post(f"/api/v1/projects/{project.pk}/next")
        assert response.status_code == status
        if status == 200:
            reason = response.json()["reason"]
            assert (reason and reason["code"]) == code


def test_keeping_releasing_and_skipping(client, project):
    make_queued_sample(project)
    lease = claim(client, project)["assignment"]
    base = f"/api/v1/assignments/{lease['id']}"
    token = {"token": lease["token"]}
    kept = client.post(f"{base}/heartbeat", token)
    assert kept.json()["leased_until"] >= lease["leased_until"]
    assert client.post(f"{base}/release", token).status_code == 204
    assert Sample.objects.get().open_slots == 1
    gone = client.post(f"{base}/heartbeat", token)
    assert (gone.status_code, gone.json()["code"]) == (409, "lease_lost")
    lease = claim(client, project)["assignment"]
    token = {"token": lease["token"], "why": "out of focus"}
    assert client.post(f"{base}/skip", token).status_code == 204
    assert claim(client, project)["reason"]["code"] == "all_seen_by_you"


@pytest.mark.parametrize("act", ["heartbeat", "release", "skip"])
def test_leases_of_others_and_wrong_tokens(client, project, act):
    make_queued_sample(project)
    lease = claim(client, project)["assignment"]
    url = f"/api/v1/assignments/{lease['id']}/{act}"
    body = {"token": lease["token"]}
    for user, status in (
        (join_project(project, role="manager"), 404),
        (make_user(), 404),
        (None, 401),
    ):
        assert client_for(user).post(url, body).status_code == status
    assert client.post(url, {"token": 99}).json()["code"] == "lease_lost"
    assert client.post(url, {}).status_code == 400
    assert client.post(f"/api/v1/assignments/{uuid.uuid4()}/{act}", body).status_code == 404
    assert Assignment.objects.get().state == "active"


def upcoming(client, project):
    return client.get(f"/api/v1/projects/{project.pk}/upcoming").json()


def test_what_comes_next_is_told_without_leasing_it(client, project):
    last = make_queued_sample(project, priority=1)
    region = {"t": None, "z": 2, "y0": 4, "x0": 8, "y1": 20, "x1": 32}
    first = make_queued_sample(project, priority=2, **region)
    told = upcoming(client, project)
    assert (told["image"]["id"], told["region"]) == (first.image_id, region)
    assert not Assignment.objects.exists()
    assert claim(client, project)["sample"]["id"] == first.pk
    assert upcoming(client, project)["image"]["id"] == last.image_id
    assert upcoming(client, project)["region"] is None
    claim_and_skip(client, project)
    assert claim(client, project)["sample"]["id"] == last.pk
    assert upcoming(client, project) == {"image": None, "region": None}


def claim_and_skip(client, project):
    lease = claim(client, project)["assignment"]
    url = f"/api/v1/assignments/{lease['id']}/skip"
    assert client.post(url, {"token": lease["token"]}).status_code == 204


def test_nothing_comes_for_who_may_not_annotate(project):
    make_queued_sample(project)
    viewer = client_for(join_project(project, make_user(), "viewer"))
    assert upcoming(viewer, project) == {"image": None, "region": None}
