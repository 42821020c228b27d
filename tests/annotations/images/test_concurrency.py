"""Many people send at once: the same bytes become one image, a group one split."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from annotations.images.ingest import Incoming, ingest
from annotations.models import Image, Upload
from core.jobs.models import Job
from tests.annotations.images import files
from tests.factories import make_dataset

pytestmark = pytest.mark.django_db(transaction=True)


def send_all(dataset, sent):
    def one(item):
        path, data, group = item
        try:
            [row] = ingest(dataset, None, Incoming(io.BytesIO(data), path, group=group))
            return row.status
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        return list(pool.map(one, sent))


def test_the_same_bytes_at_the_same_time_are_one_image():
    dataset = make_dataset()
    data = files.tiff(files.picture())
    statuses = send_all(dataset, [(f"{i}.tif", data, "") for i in range(12)])
    assert sorted(statuses) == ["accepted"] + ["duplicate"] * 11
    assert Image.objects.count() == 1
    assert Upload.objects.count() == 12
    assert Job.objects.filter(kind="annotations.build_pyramid").count() == 1


def test_a_group_that_comes_in_at_the_same_time_has_one_split():
    dataset = make_dataset()
    sent = [(f"{i}.tif", files.tiff(files.picture(seed=i)), f"plate {i % 6}") for i in range(30)]
    assert set(send_all(dataset, sent)) == {"accepted"}
    splits = set(Image.objects.values_list("group", "split"))
    assert len(splits) == 6
    assert {split for _, split in splits} == {"train", "val", "test"}
