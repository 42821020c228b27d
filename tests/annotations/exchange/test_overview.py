"""The overview counts right and says what to do next, to whom."""

import pytest

from annotations.models import GroundTruth
from core.jobs.models import Job
from tests.factories import (
    client_for,
    join_lab,
    join_project,
    make_annotation,
    make_dataset,
    make_image,
    make_lab,
    make_project,
    make_queued_sample,
    make_sample,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return make_user()


@pytest.fixture
def project(manager):
    return make_project(make_lab(manager), classes=("nucleus", "debris"))


def overview(project, user):
    answer = client_for(user).get(f"/api/v1/projects/{project.pk}/overview")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def next_step(project, user):
    return overview(project, user)["next_step"]["code"]


def test_it_counts_samples_images_and_classes(project, manager):
    dataset = make_dataset(project.lab)
    project.datasets.add(dataset)
    image = make_image(dataset, split="test")
    make_image(dataset, trashed_at="2026-01-01T00:00Z")
    accepted = make_sample(project, image, state="accepted")
    make_queued_sample(project)
    GroundTruth.objects.create(
        sample=accepted, version=1, source="import", object_classes={"1": 1, "2": 1, "5": 2}
    )

    body = overview(project, manager)

    assert body["samples"]["total"] == 2
    assert body["samples"]["accepted"] == body["samples"]["queued"] == 1
    assert body["samples"]["by_split"] == {"test": 1, "train": 1}
    assert body["samples"]["accepted_by_split"] == {"test": 1}
    assert body["images"] == 1
    assert [(row["class"], row["n"]) for row in body["class_counts"]] == [
        ("nucleus", 2),
        ("debris", 1),
    ]


def test_it_counts_answers_per_annotator(project, manager):
    annotator = join_project(project)
    make_annotation(
        make_sample(project), annotator, state="submitted", n_objects=3, seconds=4.5, n_operations=7
    )

    (row,) = overview(project, manager)["annotators"]

    assert row["user"]["username"] == annotator.username
    assert "email" not in row["user"]
    assert (row["submitted"], row["objects"], row["seconds"]) == (1, 3, 4.5)
    assert row["operations"] == 7


def test_the_way_of_a_new_project(project, manager):
    annotator = join_project(project)
    assert next_step(project, manager) == "add_data"

    dataset = make_dataset(project.lab)
    project.datasets.add(dataset)
    assert next_step(project, manager) == "upload"

    image = make_image(dataset, status="queued")
    assert next_step(project, manager) == "preparing"

    sample = make_queued_sample(project, image)
    assert next_step(project, manager) == next_step(project, annotator) == "annotate"

    sample.state, sample.open_slots = "in_review", 0
    sample.save()
    assert next_step(project, manager) == "review"
    assert next_step(project, annotator) != "review"

    sample.state = "pool"
    sample.save()
    assert next_step(project, manager) == "start_round"

    sample.state = "accepted"
    sample.save()
    assert next_step(project, manager) == "done"


def test_a_viewer_is_not_sent_to_annotate(project):
    make_queued_sample(project)
    member = join_lab(project.lab, make_user())

    assert next_step(project, member) not in ("annotate", "start_round")


def test_a_job_that_makes_the_samples_is_waited_for(project, manager):
    Job.objects.create(kind="annotations.sync_project", subject="1", project=project.pk)

    assert next_step(project, manager) == "preparing"


def test_cell_projects_without_cells_say_where_cells_come_from(manager):
    lab = make_lab(manager)
    dataset = make_dataset(lab)
    make_image(dataset)
    project = make_project(
        lab, datasets=[dataset], task_kind="classification", sample_unit="cell", classes=("a", "b")
    )

    assert next_step(project, manager) == "no_cells"


def test_the_overview_takes_as_many_queries_for_many_as_for_few(
    project, manager, django_assert_max_num_queries
):
    for _ in range(8):
        make_annotation(make_sample(project), state="submitted")
    client = client_for(manager)

    with django_assert_max_num_queries(20):
        client.get(f"/api/v1/projects/{project.pk}/overview")
