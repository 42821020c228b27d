"""From a new project to a full queue: what is enqueued, and the jobs that do it, run twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from annotations import tasks
from annotations.exchange import reference
from annotations.models import GroundTruth, Image, ImageStatus, Project, Sample
from core.jobs.models import Job, JobState
from tests.factories import (
    client_for,
    make_annotation,
    make_dataset,
    make_image,
    make_lab,
    make_mask,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)

sent: list[tuple[str, str]] = []


def remember(kind: str, job_id: str, queue: str) -> None:
    sent.append((kind, job_id))


@pytest.fixture(autouse=True)
def sender(settings):
    settings.JOB_SENDER = f"{__name__}.remember"
    sent.clear()


@pytest.fixture
def owner():
    return make_user()


@pytest.fixture
def dataset(owner):
    return make_dataset(make_lab(owner))


def new_project(owner, dataset, **values):
    body = {
        "lab": dataset.lab_id,
        "name": "Nuclei",
        "task_kind": "instance",
        "datasets": [dataset.pk],
    }
    answer = client_for(owner).post("/api/v1/projects", body | values)
    return Project.objects.get(pk=answer.json()["id"])


def run_sent(function, kind):
    ids = [job_id for sent_kind, job_id in sent if sent_kind == kind]
    for job_id in ids + ids:
        function(job_id)
    return len(ids)


def test_a_new_project_is_filled_by_a_job(owner, dataset):
    make_image(dataset, mask=make_mask(), split="test")
    make_image(dataset)
    project = new_project(owner, dataset)

    assert run_sent(tasks.sync_project, "annotations.sync_project") == 1

    assert Job.objects.get(kind="annotations.sync_project").state == JobState.DONE
    assert dict(Sample.objects.filter(project=project).values_list("split", "state")) == {
        "test": "accepted",
        "train": "queued",
    }


def test_a_picture_that_is_uploaded_later_ends_in_the_queue(owner, dataset):
    project = new_project(owner, dataset)
    image = make_image(dataset, status=ImageStatus.QUEUED)
    job = Job.objects.create(kind="annotations.build_pyramid", subject=str(image.pk))

    for _ in range(2):
        tasks.build_pyramid(str(job.pk))

    assert Image.objects.get(pk=image.pk).status == ImageStatus.READY
    assert Sample.objects.get(project=project).state == "queued"


def test_a_mask_that_is_uploaded_after_its_picture_becomes_ground_truth(owner, dataset):
    project = new_project(owner, dataset, use_reference_masks="all")
    image = make_image(dataset)
    reference.sync_image(image.pk)
    image.reference_mask = make_image(mask=make_mask()).reference_mask
    image.save()
    job = Job.objects.create(kind="annotations.sync_image", subject=str(image.pk))

    for _ in range(2):
        tasks.sync_image(str(job.pk))

    assert GroundTruth.objects.filter(sample__project=project).count() == 1


def test_a_changed_overlap_reaches_the_queue(owner, dataset):
    make_image(dataset)
    project = new_project(owner, dataset)
    run_sent(tasks.sync_project, "annotations.sync_project")
    sent.clear()

    url = f"/api/v1/projects/{project.pk}"
    client_for(owner).patch(url, {"policy": {"overlap": 3}})
    run_sent(tasks.sync_project, "annotations.sync_project")

    assert Sample.objects.get(project=project).open_slots == 3


@pytest.mark.parametrize("what", ["image", "dataset"])
def test_what_is_in_the_trash_is_not_asked_about_any_more(owner, dataset, what):
    image = make_image(dataset)
    answered = make_image(dataset)
    project = new_project(owner, dataset)
    run_sent(tasks.sync_project, "annotations.sync_project")
    make_annotation(Sample.objects.get(image=answered))
    sent.clear()

    address = f"images/{image.pk}" if what == "image" else f"datasets/{dataset.pk}"
    assert client_for(owner).delete(f"/api/v1/{address}").status_code == 204
    run_sent(tasks.sync_project, "annotations.sync_project")
    run_sent(tasks.sync_image, "annotations.sync_image")

    assert Sample.objects.get(project=project).image == answered


def test_jobs_that_run_at_the_same_moment_make_each_sample_once(owner, dataset):
    images = [make_image(dataset, mask=make_mask(), split="test") for _ in range(6)]
    project = new_project(owner, dataset)

    def work(step):
        try:
            step()
        finally:
            connection.close()

    steps = [lambda image=image: reference.sync_image(image.pk) for image in images]
    steps += [lambda: reference.sync_project(project.pk, report=lambda **_: None)] * 3
    with ThreadPoolExecutor(9) as pool:
        list(pool.map(work, steps))

    assert Sample.objects.filter(project=project).count() == 6
    assert GroundTruth.objects.filter(sample__project=project).count() == 6
    assert set(GroundTruth.objects.values_list("version", flat=True)) == {1}
