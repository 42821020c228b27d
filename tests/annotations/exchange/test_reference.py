"""Pictures become samples and masks become ground truth, however often it is done."""

import numpy as np
import pytest

from annotations.exchange import reference
from annotations.models import GroundTruth, Project, Sample, SampleState
from annotations.review.selectors import get_current_ground_truth
from tests.factories import (
    make_dataset,
    make_image,
    make_lab,
    make_mask,
    make_project,
    make_queued_sample,
    make_sample,
)

pytestmark = pytest.mark.django_db


def quiet(**_progress):
    pass


def sync(project):
    reference.sync_project(project.pk, report=quiet)


@pytest.fixture
def dataset():
    return make_dataset(make_lab())


def project_of(dataset, **fields) -> Project:
    return make_project(dataset.lab, datasets=[dataset], **fields)


def test_every_ready_picture_of_every_split_becomes_one_sample(dataset):
    for split in ("train", "val", "test"):
        make_image(dataset, split=split, group=f"well {split}")
    make_image(dataset, status="queued")
    make_image(dataset, status="failed")
    make_image()
    project = project_of(dataset)

    sync(project)
    sync(project)

    samples = Sample.objects.filter(project=project)
    assert sorted(samples.values_list("split", "group")) == [
        ("test", "well test"),
        ("train", "well train"),
        ("val", "well val"),
    ]
    assert set(samples.values_list("y0", "object_id")) == {(None, None)}


def test_training_samples_are_asked_at_once_and_held_out_ones_are_not(dataset):
    for split in ("train", "val", "test"):
        make_image(dataset, split=split)
    project = project_of(dataset)

    sync(project)

    states = dict(Sample.objects.filter(project=project).values_list("split", "state"))
    assert states == {"train": "queued", "val": "pool", "test": "pool"}


def test_a_stack_is_one_sample(dataset):
    make_image(dataset, size_z=7, size_t=3)
    project = project_of(dataset)

    sync(project)

    sample = Sample.objects.get(project=project)
    assert (sample.t, sample.z, sample.y0) == (None, None, None)


@pytest.mark.parametrize(
    ("use", "splits"),
    [("none", set()), ("holdout", {"val", "test"}), ("all", {"train", "val", "test"})],
)
def test_masks_become_ground_truth_where_the_project_says_so(dataset, use, splits):
    for split in ("train", "val", "test"):
        make_image(dataset, split=split, mask=make_mask())
    make_image(dataset, split="test")
    project = project_of(dataset, use_reference_masks=use)

    sync(project)
    sync(project)

    truths = GroundTruth.objects.filter(sample__project=project)
    assert set(truths.values_list("sample__split", flat=True)) == splits
    assert truths.count() == len(splits)
    assert set(truths.values_list("source", "n_objects", "sample__state")) <= {
        ("import", 2, "accepted")
    }


def test_a_sample_that_somebody_has_begun_keeps_its_answers(dataset):
    image = make_image(dataset, mask=make_mask())
    project = project_of(dataset, use_reference_masks="all")
    sample = make_queued_sample(project, image)
    sample.annotations.create(user=project.lab.members.get())

    sync(project)

    assert get_current_ground_truth(sample) is None


def test_a_picture_that_comes_later_is_brought_to_all_projects(dataset):
    first = project_of(dataset, use_reference_masks="all")
    second = project_of(dataset)
    archived = project_of(dataset, archived_at="2026-01-01T00:00Z")
    image = make_image(dataset, mask=make_mask())

    reference.sync_image(image.pk)
    reference.sync_image(image.pk)

    assert Sample.objects.get(project=first).state == SampleState.ACCEPTED
    assert Sample.objects.get(project=second).state == SampleState.QUEUED
    assert not Sample.objects.filter(project=archived).exists()


def test_untouched_samples_of_pictures_that_went_away_are_dropped(dataset):
    trashed = make_image(dataset, trashed_at="2026-01-01T00:00Z")
    elsewhere = make_image()
    project = project_of(dataset)
    make_sample(project, trashed)
    make_sample(project, elsewhere)
    answered = make_sample(project, make_image(), state=SampleState.ANSWERED)

    sync(project)

    assert list(Sample.objects.filter(project=project)) == [answered]


def test_cells_are_square_crops_inside_the_picture_around_each_object(dataset):
    mask = np.zeros((64, 100), np.uint16)
    mask[0:10, 0:30] = 7
    mask[40:60, 50:60] = 9
    make_image(dataset, picture=np.zeros((1, 64, 100), np.uint16), mask=mask)
    project = project_of(
        dataset, task_kind="classification", sample_unit="cell", classes=("a", "b")
    )

    sync(project)
    sync(project)

    rows = Sample.objects.filter(project=project).order_by("object_id")
    assert list(rows.values_list("object_id", "t", "z", "y0", "x0", "y1", "x1")) == [
        (7, 0, 0, 0, 0, 45, 45),
        (9, 0, 0, 34, 40, 64, 70),
    ]


def test_cells_of_a_stack_are_asked_in_their_middle_slice(dataset):
    mask = np.zeros((5, 24, 40), np.uint16)
    mask[1:4, 4:8, 4:8] = 3
    make_image(dataset, size_z=5, mask=mask)
    project = project_of(
        dataset, task_kind="classification", sample_unit="cell", classes=("a", "b")
    )

    sync(project)

    assert Sample.objects.get(project=project).z == 2


def test_cells_come_from_another_projects_ground_truth_where_there_is_no_mask(dataset):
    image = make_image(dataset)
    outlines = project_of(dataset, use_reference_masks="none")
    sample = make_sample(outlines, image)
    reference.review.import_ground_truth(sample, labels=make_mask()[None, None])
    project = project_of(
        dataset, task_kind="classification", sample_unit="cell", classes=("a", "b")
    )

    sync(project)

    assert Sample.objects.filter(project=project).count() == 2
