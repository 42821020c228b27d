"""Many images given to a model: in chunks, gone on with where it stopped, taken away as one zip."""

import csv
import io
import zipfile

import imagecodecs
import numpy as np
import pyarrow.parquet as pq
import pytest
import tifffile

from annotations.models import ProjectRole, SampleState
from core.errors import Conflict, DomainError
from core.jobs.models import Job
from core.jobs.runner import JobCancelledError
from core.jobs.services import fail
from core.storage import get_storage
from tests import factories as make
from tests.training.fakes import make_context, run_queued_jobs
from training.models import BatchChunk, ModelVersion, PictureResult, PredictionBatch
from training.serving import batches
from training.serving.selectors import describe_state, get_batch_for, list_batches, with_counts

pytestmark = pytest.mark.django_db
HEIGHT, WIDTH = 26, 44


@pytest.fixture
def world(setting, engine_double, monkeypatch):
    """Five images in a data set, a model, and chunks of two images."""
    monkeypatch.setattr(batches, "CHUNK_IMAGES", 2)
    version = ModelVersion.objects.create(
        project=setting.project,
        number=1,
        weights=get_storage().put(b"weights"),
        card={"model": {"kind": "fake"}, "classes": [1]},
    )
    dataset = make.make_dataset(setting.project.lab, name="Plate 7")
    setting.project.datasets.add(dataset)
    images = [
        make.make_image(dataset, picture=make.make_picture(HEIGHT, WIDTH + n, seed=n))
        for n in range(5)
    ]
    return {"setting": setting, "version": version, "dataset": dataset, "images": images,
            "engine": engine_double}  # fmt: skip


def start(world, dataset="dataset"):
    by = world["setting"].manager
    return batches.start_batch(world["version"], world.get(dataset), by=by)


def counted(batch):
    return with_counts(PredictionBatch.objects.filter(pk=batch.pk)).get()


def test_a_data_set_is_predicted_in_chunks_and_progress_is_counted(world):
    batch = start(world)
    assert (batch.n_images, batch.chunks.count()) == (5, 3)
    assert describe_state(counted(batch)) == "queued"
    job = Job.objects.get(kind=batches.CHUNK_JOB, subject=str(batch.chunks.get(number=0).pk))
    assert (job.queue, job.project) == ("predict", world["setting"].project.pk)
    batches.predict_chunk(batch.chunks.get(number=0), make_context())
    assert (counted(batch).n_done, describe_state(counted(batch))) == (2, "running")
    run_queued_jobs()
    done = counted(batch)
    assert (done.n_done, done.n_refused, describe_state(done)) == (5, 0, "done")
    assert len(world["engine"].predicted) == 5


def test_only_a_few_chunks_wait_at_the_same_time(world, settings):
    settings.PREDICT_BATCH_PARALLEL = 1
    batch = start(world)
    chunk_jobs = Job.objects.filter(kind=batches.CHUNK_JOB)
    assert chunk_jobs.count() == 1
    run_queued_jobs()
    assert chunk_jobs.count() == 3
    assert describe_state(counted(batch)) == "done"


def test_a_second_batch_of_the_same_model_predicts_nothing_again(world):
    start(world)
    run_queued_jobs()
    again = start(world)
    run_queued_jobs()
    assert counted(again).n_done == 5
    assert len(world["engine"].predicted) == 5
    assert PictureResult.objects.count() == 5


def test_a_job_that_died_goes_on_with_the_next_picture(world):
    batch = start(world)
    chunk = batch.chunks.get(number=0)
    context = make_context()
    reports = []

    def stop_after_one(**progress):
        reports.append(progress)
        raise JobCancelledError

    context.report = stop_after_one
    with pytest.raises(JobCancelledError):
        batches.predict_chunk(chunk, context)
    assert reports == [{"done": 1, "total": 2}]
    assert counted(batch).n_done == 1
    batches.predict_chunk(BatchChunk.objects.get(pk=chunk.pk), make_context())
    assert len(world["engine"].predicted) == 2


def test_a_picture_that_does_not_suit_is_noted_and_stops_no_other(world):
    bad = make.make_image(world["dataset"], key=get_storage().put(b"no picture"))
    batch = start(world)
    run_queued_jobs()
    done = counted(batch)
    assert (done.n_done, done.n_refused, describe_state(done)) == (5, 1, "done")
    assert batch.items.get(image=bad).code == "not_an_image"
    client = make.client_for(world["setting"].manager)
    answer = client.get(f"/api/v1/prediction-batches/{batch.pk}/images/{bad.pk}")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_an_image")
    batches.retry_batch(batch)
    assert describe_state(counted(batch)) in ("queued", "running")
    run_queued_jobs()
    assert counted(batch).n_refused == 1


def test_cancelling_keeps_what_is_there_and_going_on_does_the_rest(world):
    batch = start(world)
    batches.predict_chunk(batch.chunks.get(number=0), make_context())
    client = make.client_for(world["setting"].manager)
    address = f"/api/v1/prediction-batches/{batch.pk}"
    assert client.post(f"{address}/cancel").json()["state"] == "cancelled"
    # A piece whose worker has not noticed yet.
    waiting = Job.objects.get(pk=batch.chunks.get(number=1).job_id)
    Job.objects.filter(pk=waiting.pk).update(state="running", finished_at=None)
    assert client.post(f"{address}/retry").json()["code"] == "batch_stopping"
    waiting.save()
    run_queued_jobs()
    assert counted(batch).n_done == 2
    assert client.post(f"{address}/retry").json()["state"] == "running"
    run_queued_jobs()
    assert client.get(address).json()["state"] == "done"
    assert client.get(address).json()["n_done"] == 5
    assert client.post(f"{address}/cancel").json()["state"] == "done"
    assert client.post(f"{address}/retry").json()["code"] == "batch_not_over"


def test_a_chunk_whose_worker_died_too_often_fails_the_batch_with_its_code(world, settings):
    settings.PREDICT_BATCH_PARALLEL = 1
    batch = start(world)
    job = batch.chunks.get(number=0).job
    Job.objects.filter(pk=job.pk).update(state="running")
    job.refresh_from_db()
    fail(job, code="worker_lost", detail="It died.", now=job.created_at)
    body = (
        make.client_for(world["setting"].manager)
        .get(f"/api/v1/prediction-batches/{batch.pk}")
        .json()
    )
    assert (body["state"], body["code"], body["detail"]) == ("failed", "worker_lost", "It died.")
    batches.retry_batch(batch)
    run_queued_jobs()
    assert describe_state(counted(batch)) == "done"


def test_the_pool_is_what_nobody_labelled(world):
    setting = world["setting"]
    batch = start(world, dataset="pool")
    assert batch.dataset is None
    pool = setting.project.samples.filter(state=SampleState.POOL)
    assert {item.image_id for item in batch.items.all()} == {s.image_id for s in pool}


def test_nothing_to_predict_and_another_lab_are_refused(world):
    empty = make.make_dataset(world["setting"].project.lab)
    elsewhere = make.make_image(make.make_dataset()).dataset
    for dataset, code in ((empty, "no_images"), (elsewhere, "dataset_of_other_lab")):
        with pytest.raises(DomainError) as caught:
            batches.start_batch(world["version"], dataset, by=world["setting"].manager)
        assert caught.value.code == code


def test_a_batch_of_a_data_set_is_hidden_from_who_may_not_see_the_data_set(world):
    setting = world["setting"]
    batch = start(world)
    guest = make.join_project(setting.project, role=ProjectRole.VIEWER)
    assert get_batch_for(guest, batch.pk) == batch
    setting.project.datasets.remove(world["dataset"])
    assert list(list_batches(guest, setting.project.pk)) == []
    answer = make.client_for(guest).get(f"/api/v1/prediction-batches/{batch.pk}")
    assert answer.status_code == 404


@pytest.mark.parametrize("form", ["png", "ome-tiff"])
def test_the_zip_holds_label_images_and_one_table(world, form):
    batch = start(world)
    run_queued_jobs()
    client = make.client_for(world["setting"].manager)
    answer = client.get(f"/api/v1/prediction-batches/{batch.pk}/download?labels={form}")
    assert answer.headers["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    rows = list(csv.DictReader(io.StringIO(archive.read("cells.csv").decode())))
    assert len(rows) == 10
    pictures = list(csv.DictReader(io.StringIO(archive.read("images.csv").decode())))
    assert [row["image_id"] for row in pictures] == [str(image.pk) for image in world["images"]]
    assert all(row["objects"] == "2" for row in pictures)
    read = (
        imagecodecs.png_decode if form == "png" else lambda data: tifffile.imread(io.BytesIO(data))
    )
    for image, row in zip(world["images"], pictures, strict=True):
        labels = read(archive.read(row["file"])).squeeze()
        np.testing.assert_array_equal(labels, make.make_mask(image.size_y, image.size_x))
    table = pq.read_table(io.BytesIO(archive.read("cells.parquet")))
    assert table.column("image").to_pylist() == [row["image"] for row in rows]
    assert table.column("area_px2").to_pylist() == [float(row["area_px2"]) for row in rows]
    assert "README.txt" in archive.namelist()


def test_maps_of_uncertainty_lie_in_the_zip_where_they_were_asked_for(world):
    client = make.client_for(world["setting"].manager)
    address = f"/api/v1/models/{world['version'].pk}/batches"
    start(world)
    run_queued_jobs()
    asked = {"dataset": world["dataset"].pk, "uncertainty": True}
    batch = client.post(address, asked, format="json").json()
    assert batch["uncertainty"]
    run_queued_jobs()
    assert len(world["engine"].predicted) == 10
    answer = client.get(f"/api/v1/prediction-batches/{batch['id']}/download")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    names = [name for name in archive.namelist() if name.startswith("uncertainty/")]
    assert len(names) == 5
    shapes = {tifffile.imread(io.BytesIO(archive.read(name))).shape for name in names}
    assert shapes == {(HEIGHT, WIDTH + n) for n in range(5)}
    one = client.get(
        f"/api/v1/prediction-batches/{batch['id']}/images/{world['images'][0].pk}",
        {"format": "uncertainty"},
    )
    assert one.status_code == 200


def test_the_zip_comes_piece_by_piece(world):
    batch = start(world)
    run_queued_jobs()
    answer = make.client_for(world["setting"].manager).get(
        f"/api/v1/prediction-batches/{batch.pk}/download"
    )
    assert answer.streaming
    pieces = [len(piece) for piece in answer.streaming_content]
    assert len(pieces) > 10
    assert max(pieces) < sum(pieces) / 2


def test_one_image_of_a_batch_is_shown_and_taken_away(world):
    batch = start(world)
    run_queued_jobs()
    client = make.client_for(world["setting"].manager)
    address = f"/api/v1/prediction-batches/{batch.pk}/images"
    listed = client.get(address).json()["results"]
    assert {row["image"] for row in listed} == {image.pk for image in world["images"]}
    assert all(row["done"] and row["n_objects"] == 2 for row in listed)
    one = f"{address}/{world['images'][0].pk}"
    assert client.get(one).json()["objects"][1]["label"] == 2
    assert client.get(one, headers={"accept": "image/png"}).headers["Content-Type"] == "image/png"
    assert client.get(f"{one}/preview").headers["Content-Type"] == "image/png"
    assert client.get(f"{one}/labels").headers["X-Cytoloop-Shape"] == f"{HEIGHT},{WIDTH}"
    assert client.get(f"{address}/999999").status_code == 404


def test_going_on_with_a_running_batch_is_a_conflict(world):
    batch = start(world)
    with pytest.raises(Conflict):
        batches.retry_batch(batch)
