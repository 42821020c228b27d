"""Data sets over the API: made, listed, described, trashed, by whom it may."""

import pytest

from annotations.datasets.services import restore_dataset
from annotations.models import DataSet, ProjectRole
from core.audit import AuditEvent
from core.errors import Conflict
from tests.factories import (
    client_for,
    join_lab,
    join_project,
    make_dataset,
    make_image,
    make_lab,
    make_project,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def lab(user):
    return make_lab(user)


def test_a_data_set_is_made_and_shown(user, lab):
    body = {
        "lab": lab.pk,
        "name": "HeLa",
        "licence": "CC0",
        "modality": "fluorescence",
        "organism": "human",
        "stain": "DAPI",
        "pixel_size_um": 0.65,
    }
    made = client_for(user).post("/api/v1/datasets", body)
    assert made.status_code == 201
    shown = client_for(user).get(f"/api/v1/datasets/{made.json()['id']}").json()
    assert shown == made.json()
    assert {key: shown[key] for key in body} == body
    assert (shown["n_images"], shown["n_failed"], shown["role"]) == (0, 0, "owner")


def test_images_are_counted(user, lab):
    dataset = make_dataset(lab)
    make_image(dataset)
    make_image(dataset, status="failed")
    make_image(dataset, trashed_at=dataset.created_at)
    project = make_project(lab, datasets=[dataset])
    for _ in range(3):
        join_project(project, make_user(), ProjectRole.ANNOTATOR)
    [row] = client_for(user).get("/api/v1/datasets").json()["results"]
    assert (row["n_images"], row["n_failed"]) == (2, 1)


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": "x" * 201}, {"name": "a", "pixel_size_um": -1}],
)
def test_nonsense_is_refused(user, lab, body):
    answer = client_for(user).post("/api/v1/datasets", {"lab": lab.pk, **body})
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


def test_names_are_unique_in_a_lab_but_free_again_after_trashing(user, lab):
    client = client_for(user)
    first = client.post("/api/v1/datasets", {"lab": lab.pk, "name": "a"}).json()
    again = client.post("/api/v1/datasets", {"lab": lab.pk, "name": "a"})
    assert (again.status_code, again.json()["code"]) == (409, "name_taken")
    assert client.delete(f"/api/v1/datasets/{first['id']}").status_code == 204
    assert client.get(f"/api/v1/datasets/{first['id']}").status_code == 404
    assert AuditEvent.objects.filter(verb="dataset.trashed").count() == 1
    assert client.post("/api/v1/datasets", {"lab": lab.pk, "name": "a"}).status_code == 201
    with pytest.raises(Conflict):
        restore_dataset(DataSet.objects.get(pk=first["id"]), by=user)


def test_a_data_set_comes_back_from_the_trash(user, lab):
    dataset = make_dataset(lab)
    client_for(user).delete(f"/api/v1/datasets/{dataset.pk}")
    dataset.refresh_from_db()
    restore_dataset(dataset, by=user)
    assert client_for(user).get(f"/api/v1/datasets/{dataset.pk}").status_code == 200


def test_a_description_is_changed_and_the_split_stays(user, lab):
    made = client_for(user).post("/api/v1/datasets", {"lab": lab.pk, "name": "a"}).json()
    url = f"/api/v1/datasets/{made['id']}"
    answer = client_for(user).patch(url, {"name": "b", "stain": "H&E", "lab": 99})
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["stain"], answer.json()["lab"]) == (
        "b",
        "H&E",
        lab.pk,
    )
    assert DataSet.objects.get(pk=made["id"]).split_salt == "a"


def test_who_may_do_what(user, lab):
    dataset = make_dataset(lab)
    member = join_lab(lab, make_user())
    project = make_project(lab, datasets=[dataset])
    manager = join_project(project, make_user(), ProjectRole.MANAGER)
    outsider = make_user()
    url = f"/api/v1/datasets/{dataset.pk}"
    for who, role in ((user, "owner"), (member, "member"), (manager, "viewer")):
        assert client_for(who).get(url).json()["role"] == role
        assert [row["id"] for row in client_for(who).get("/api/v1/datasets").json()["results"]]
    assert client_for(outsider).get(url).status_code == 404
    assert client_for(outsider).get("/api/v1/datasets").json()["results"] == []
    assert client_for().get(url).status_code == 401
    assert client_for(member).patch(url, {"stain": "x"}).status_code == 200
    assert client_for(manager).patch(url, {"stain": "x"}).status_code == 403
    assert client_for(outsider).patch(url, {"stain": "x"}).status_code == 404
    assert client_for(member).delete(url).status_code == 403
    made = client_for(outsider).post("/api/v1/datasets", {"lab": lab.pk, "name": "a"})
    assert made.status_code == 404
    assert (
        client_for(member).post("/api/v1/datasets", {"lab": lab.pk, "name": "a"}).status_code == 201
    )


def test_lists_are_narrowed_to_a_lab(user, lab):
    here, there = make_dataset(lab), make_dataset(make_lab(user))
    client = client_for(user)
    ids = [row["id"] for row in client.get("/api/v1/datasets").json()["results"]]
    assert ids == [there.pk, here.pk]
    found = client.get(f"/api/v1/datasets?lab={lab.pk}").json()["results"]
    assert [row["id"] for row in found] == [here.pk]
    assert client.get("/api/v1/datasets?lab=x").status_code == 400
