"""From an upload over the API to pixels over the API."""

import gzip
import hashlib
import json

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotations.images.services import fail_lost_images
from annotations.models import Image, Project, ProjectRole, Sample, Upload
from annotations.tasks import build_pyramid
from core.jobs.models import Job, JobState
from tests.annotations.images import files
from tests.factories import (
    client_for,
    join_lab,
    join_project,
    make_dataset,
    make_lab,
    make_project,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def dataset(user):
    return make_dataset(make_lab(user))


def send(user, dataset, name, data, **fields):
    answer = client_for(user).post(
        f"/api/v1/datasets/{dataset.pk}/uploads",
        {"file": SimpleUploadedFile(name, data), **fields},
        format="multipart",
    )
    assert answer.status_code == 201, answer.content
    return answer.json()["results"]


def run_jobs():
    for job in Job.objects.filter(state=JobState.QUEUED, kind="annotations.build_pyramid"):
        build_pyramid(str(job.pk))


def test_an_upload_becomes_an_image_with_pyramid_thumbnail_and_histogram(user, dataset):
    pixels = files.picture(700, 1100)
    [row] = send(user, dataset, "cells.tif", files.tiff(pixels))

    assert (row["status"], row["code"], row["filename"]) == ("accepted", "", "cells.tif")
    client = client_for(user)
    image = client.get(f"/api/v1/images/{row['image']}").json()
    assert image["status"] == "queued"
    assert client.get(f"/api/v1/images/{row['image']}/thumbnail").status_code == 404

    run_jobs()

    image = client.get(f"/api/v1/images/{row['image']}").json()
    assert image["status"] == "ready"
    assert image["size"] == {"t": 1, "c": 1, "z": 1, "y": 700, "x": 1100}
    assert image["dtype"] == "uint16"
    assert image["levels"] == [{"y": 700, "x": 1100}, {"y": 350, "x": 550}, {"y": 175, "x": 275}]
    assert image["channels"][0]["low"] < image["channels"][0]["high"]
    base = f"/api/v1/images/{row['image']}"
    meta = json.loads(client.get(f"{base}/zarr/0/.zarray").content)
    assert meta["compressor"] == {"id": "gzip", "level": 1}
    assert (meta["dtype"], meta["dimension_separator"]) == ("<u2", "/")
    chunk = client.get(f"{base}/zarr/0/0/0/0/1/2")
    values = np.frombuffer(gzip.decompress(chunk.content), "<u2").reshape(512, 512)
    np.testing.assert_array_equal(values[:188, :76], pixels[512:, 1024:])
    assert "immutable" in chunk["Cache-Control"]
    again = client.get(f"{base}/zarr/0/0/0/0/1/2", HTTP_IF_NONE_MATCH=chunk["ETag"])
    assert again.status_code == 304
    assert client.get(f"{base}/zarr/0/0/0/0/9/9").status_code == 404
    for strange in ("../../blobs", "0", "0/0", "%00", "x" * 3000, "0/0/0/0/1/2/", ".zattrs/0"):
        assert client.get(f"{base}/zarr/{strange}").status_code == 404
    assert client.get(f"{base}/thumbnail")["Content-Type"] == "image/png"
    [histogram] = client.get(f"{base}/histogram").json()["channels"]
    assert sum(histogram["bins"]) == 700 * 1100
    assert histogram["low"] == pixels.min()


def test_running_the_job_twice_changes_nothing(user, dataset):
    [row] = send(user, dataset, "cells.tif", files.tiff(files.picture()))
    run_jobs()
    before = Image.objects.values().get(pk=row["image"])
    Job.objects.update(state=JobState.QUEUED)
    run_jobs()
    assert Image.objects.values().get(pk=row["image"]) == before


def test_the_same_bytes_twice_give_one_image(user, dataset):
    data = files.tiff(files.picture())
    [first] = send(user, dataset, "a.tif", data)
    [second] = send(user, dataset, "b.tif", data)

    assert (second["status"], second["code"]) == ("duplicate", "duplicate")
    assert second["image"] == first["image"]
    assert Image.objects.count() == 1
    assert Upload.objects.count() == 2


def test_the_same_bytes_in_another_data_set_are_not_processed_again(user, dataset):
    data = files.tiff(files.picture())
    [first] = send(user, dataset, "a.tif", data)
    run_jobs()
    [second] = send(user, make_dataset(dataset.lab), "a.tif", data)
    run_jobs()
    one, two = Image.objects.get(pk=first["image"]), Image.objects.get(pk=second["image"])
    assert two.status == "ready"
    assert (one.pyramid, one.histogram) == (two.pyramid, two.histogram)


def test_known_files_need_not_be_sent_again(user, dataset):
    data = files.tiff(files.picture())
    [row] = send(user, dataset, "a.tif", data)
    digest = hashlib.sha256(data).hexdigest()
    answer = client_for(user).post(
        f"/api/v1/datasets/{dataset.pk}/uploads/check", {"sha256": [digest, "0" * 64]}
    )
    assert answer.json() == {"known": {digest: row["image"]}}
    bad = client_for(user).post(
        f"/api/v1/datasets/{dataset.pk}/uploads/check", {"sha256": ["nonsense"]}
    )
    assert bad.status_code == 400


def test_a_trashed_image_is_gone_and_comes_back_with_its_bytes(user, dataset):
    data = files.tiff(files.picture())
    [row] = send(user, dataset, "a.tif", data)
    client = client_for(user)
    assert client.delete(f"/api/v1/images/{row['image']}").status_code == 204
    assert client.get(f"/api/v1/images/{row['image']}").status_code == 404
    assert client.get(f"/api/v1/images?dataset={dataset.pk}").json()["results"] == []
    [back] = send(user, dataset, "a.tif", data)
    assert (back["status"], back["code"], back["image"]) == ("accepted", "restored", row["image"])
    assert client.get(f"/api/v1/images/{row['image']}").status_code == 200


def test_a_failed_image_is_tried_again_when_it_is_sent_again(user, dataset):
    data = files.tiff(files.picture())
    [row] = send(user, dataset, "a.tif", data)
    Image.objects.update(status="failed", code="internal_error")
    Job.objects.update(state=JobState.FAILED)
    send(user, dataset, "a.tif", data)
    run_jobs()
    assert Image.objects.get(pk=row["image"]).status == "ready"


def test_images_are_listed_and_narrowed(user, dataset):
    for number in range(3):
        send(user, dataset, f"f_{number}.tif", files.tiff(files.picture(seed=number)))
    client = client_for(user)

    def names(query):
        return {i["name"] for i in client.get(f"/api/v1/images?{query}").json()["results"]}

    assert names(f"dataset={dataset.pk}") == {"f_0.tif", "f_1.tif", "f_2.tif"}
    assert names("search=F_1") == {"f_1.tif"}
    assert names("status=ready") == set()
    assert client.get("/api/v1/images?split=nonsense").status_code == 400


def test_who_may_see_and_who_may_send(user, dataset):
    data = files.tiff(files.picture())
    [row] = send(user, dataset, "a.tif", data)
    run_jobs()
    project = make_project(dataset.lab, datasets=[dataset])
    annotator = join_project(project, make_user(), ProjectRole.ANNOTATOR)
    member = join_lab(dataset.lab, make_user())
    outsider = make_user()
    paths = ["", "/thumbnail", "/histogram", "/zarr/.zattrs"]
    for path in paths:
        url = f"/api/v1/images/{row['image']}{path}"
        assert client_for(member).get(url).status_code == 200
        assert client_for(annotator).get(url).status_code == 200
        assert client_for(outsider).get(url).status_code == 404
        assert client_for().get(url).status_code == 401
    url = f"/api/v1/datasets/{dataset.pk}/uploads"
    for who, code in ((annotator, 403), (outsider, 404), (None, 401)):
        form = {"file": SimpleUploadedFile("b.tif", data)}
        client = client_for(who) if who else client_for()
        assert client.post(url, form, format="multipart").status_code == code
        assert client.get(url).status_code == code
        check = client.post(f"{url}/check", {"sha256": []})
        assert check.status_code == code
        assert client.delete(f"/api/v1/images/{row['image']}").status_code == code
    assert client_for(member).get(url).json()["results"][0]["id"] == row["id"]


def test_a_new_image_becomes_a_sample_of_the_data_sets_projects(user, dataset):
    project = make_project(dataset.lab, datasets=[dataset])
    [row] = send(user, dataset, "a.tif", files.tiff(files.picture()))
    assert not Sample.objects.exists()
    run_jobs()
    sample = Sample.objects.get(project=Project.objects.get(pk=project.pk))
    assert sample.image_id == row["image"]
    assert sample.split == Image.objects.get(pk=row["image"]).split


def test_an_upload_without_a_file_is_an_error(user, dataset):
    answer = client_for(user).post(
        f"/api/v1/datasets/{dataset.pk}/uploads", {"group": "a"}, format="multipart"
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


def test_an_image_whose_worker_died_is_marked_failed(user, dataset):
    [row] = send(user, dataset, "a.tif", files.tiff(files.picture()))
    assert fail_lost_images() == 0
    Job.objects.update(state=JobState.FAILED, code="worker_lost", detail="It died.")
    assert fail_lost_images() == 1
    image = Image.objects.get(pk=row["image"])
    assert (image.status, image.code, image.detail) == ("failed", "worker_lost", "It died.")
    send(user, dataset, "a.tif", files.tiff(files.picture()))
    assert fail_lost_images() == 0
    run_jobs()
    image.refresh_from_db()
    assert (image.status, image.code) == ("ready", "")


def test_an_empty_file_is_a_row_and_no_error(user, dataset):
    [row] = send(user, dataset, "empty.png", b"")
    assert (row["status"], row["code"]) == ("refused", "empty_file")


def test_folders_come_along_in_a_field_of_their_own(user, dataset):
    data = files.tiff(files.picture())
    [row] = send(user, dataset, "a.tif", data, path="plate 7/images/a.tif")
    [mask] = send(user, dataset, "a.tif", files.tiff(files.labels()), path="plate 7/masks/a.tif")
    image = Image.objects.get(pk=row["image"])
    assert (image.name, image.group) == ("plate 7/a.tif", "plate 7")
    assert (mask["role"], mask["status"], mask["image"]) == ("mask", "accepted", image.pk)
    assert client_for(user).get(f"/api/v1/images/{image.pk}").json()["has_reference_mask"] is True
