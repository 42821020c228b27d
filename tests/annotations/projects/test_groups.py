"""A group that lies in two splits is given to one of them, in every project that asks about it."""

import pytest

from annotations.models import Image, ProjectRole, Sample
from core.models import AuditEvent
from tests.factories import (
    client_for,
    join_project,
    make_dataset,
    make_image,
    make_lab,
    make_project,
    make_sample,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def torn():
    """Group "plate 7" with two pictures in training, labelled, and one in test; two projects."""
    manager = make_user("manager")
    dataset = make_dataset(make_lab())
    projects = [make_project(dataset.lab, datasets=[dataset], manager=manager) for _ in "ab"]
    for split in ("train", "train", "test"):
        image = make_image(dataset, group="plate 7", split=split)
        for project in projects:
            make_sample(project, image, state="accepted")
    make_sample(projects[0], make_image(dataset, group="plate 8", split="val"))
    return manager, dataset, projects


def move(user, project, group, split, **more):
    body = {"group": group, "split": split, **more}
    return client_for(user).post(f"/api/v1/projects/{project.pk}/move-group", body, format="json")


def splits(model, **wanted):
    return sorted(model.objects.filter(group="plate 7", **wanted).values_list("split", flat=True))


def test_test_pictures_leave_their_split_only_when_that_is_confirmed(torn):
    manager, dataset, (project, other) = torn
    group = f"{dataset.pk}/plate 7"

    asked = move(manager, project, group, "train")
    assert (asked.status_code, asked.json()["code"]) == (409, "leaves_test")
    assert asked.json()["detail"].startswith("1 pictures")
    assert splits(Image) == ["test", "train", "train"]

    done = move(manager, project, group, "train", confirmed=True)
    assert done.json() == {"group": group, "split": "train", "images": 1, "samples": 2}
    for found in (splits(Image), splits(Sample, project=project), splits(Sample, project=other)):
        assert found == ["train"] * 3
    assert Image.objects.get(group="plate 8").split == "val"
    event = AuditEvent.objects.get(verb="group.moved")
    assert event.data["from"] == {"train": 2, "test": 1}
    again = move(manager, project, group, "train")
    assert (again.status_code, again.json()["images"]) == (200, 0)
    assert AuditEvent.objects.filter(verb="group.moved").count() == 1


def test_what_models_have_learnt_becomes_held_out_only_when_that_is_confirmed(torn):
    manager, dataset, (project, _) = torn
    group = f"{dataset.pk}/plate 7"
    asked = move(manager, project, group, "test")
    assert (asked.status_code, asked.json()["code"]) == (409, "was_trained_on")
    # Two labelled pictures, each asked about by two projects.
    assert asked.json()["detail"].startswith("2 labelled pictures")
    assert move(manager, project, group, "test", confirmed=True).json()["images"] == 2
    assert splits(Image) == ["test"] * 3


def test_a_group_that_is_not_there_and_somebody_who_manages_one_project_only(torn):
    manager, dataset, (project, _) = torn
    for group in (f"{dataset.pk}/plate 9", "plate 7", "x/plate 7", f"{dataset.pk + 1}/plate 7"):
        assert move(manager, project, group, "train", confirmed=True).status_code == 404
    one = join_project(project, make_user(), ProjectRole.MANAGER)
    refused = move(one, project, f"{dataset.pk}/plate 7", "train", confirmed=True)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert splits(Image) == ["test", "train", "train"]
