"""A model is asked about pictures: at once or by a job, and the answer comes in any form."""

import io
import zipfile
from datetime import timedelta

import imagecodecs
import numpy as np
import pyarrow.parquet as pq
import pytest
import tifffile
import zarr
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from annotations.accounts.services import create_token
from annotations.labels import wire
from annotations.models import ProjectRole
from core.jobs.models import Job
from core.storage import get_storage
from tests import factories as make
from tests.training.fakes import run_queued_jobs
from training.models import ModelVersion, PictureResult, PredictionRequest
from training.serving.answers import card_digest
from training.serving.services import drop_forgotten_uploads, upload_path

HEIGHT, WIDTH = 26, 44


@pytest.fixture
def site(db, engine_double):
    """A site whose workers are the test itself: nobody waits for them."""
    return engine_double


@pytest.fixture
def world(db):
    return make_world()


def make_world(task_kind="instance", classes=("nucleus",)):
    lab = make.make_lab()
    dataset = make.make_dataset(lab, pixel_size_um=0.5)
    project = make.make_project(lab, datasets=[dataset], task_kind=task_kind, classes=classes)
    version = ModelVersion.objects.create(
        project=project,
        number=3,
        weights=get_storage().put(b"weights"),
        card={"model": {"kind": "fake"}, "classes": list(range(1, len(classes) + 1))},
    )
    person = make.join_project(project, role=ProjectRole.ANNOTATOR)
    return {"project": project, "dataset": dataset, "version": version, "person": person}


def picture_file(seed=7, name="field.tif", **options):
    data = make.tiff_bytes(make.make_picture(HEIGHT, WIDTH, seed=seed)[0], **options)
    return SimpleUploadedFile(name, data)


def post(world, body=None, query="", **headers):
    client = make.client_for(world["person"])
    body = {"file": picture_file()} if body is None else body
    form = "json" if "image" in body else "multipart"
    address = f"/api/v1/models/{world['version'].pk}/predict{query}"
    return client.post(address, body, format=form, headers=headers)


def ask(world, body=None, **headers):
    """Ask, let the job be done where there is one, and ask for the answer."""
    answer = post(world, body, **headers)
    if answer.status_code != 202:
        return answer
    run_queued_jobs()
    query = {"format": body["format"]} if body and "format" in body else {}
    client = make.client_for(world["person"])
    return client.get(answer.headers["Location"], query, headers=headers)


def content_of(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_file_is_answered_with_its_cells(site, world):
    answer = ask(world)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["state"], body["name"], body["image"]) == ("done", "field.tif", None)
    assert body["model"] == {
        "id": world["version"].pk, "number": 3, "card_sha256": card_digest(world["version"]),
    }  # fmt: skip
    assert body["shape"] == [1, 1, 1, HEIGHT, WIDTH]
    mask = make.make_mask(HEIGHT, WIDTH)
    assert body["n_objects"] == 2
    assert [row["area_px2"] for row in body["objects"]] == [(mask == n).sum() for n in (1, 2)]
    assert [row["class"] for row in body["objects"]] == ["nucleus"] * 2
    assert [row["confidence"] for row in body["objects"]] == [0.5, 0.9]
    assert body["objects"][0]["mean_above_background_channel_1"] == pytest.approx(3000, abs=40)
    units = {column["name"]: column["unit"] for column in body["columns"]}
    assert units["area_px2"] == "px2"
    assert answer.headers["Location"] == f"/api/v1/predictions/{body['id']}"


def test_pixels_are_answered_by_the_indexes_of_their_classes(site):
    world = make_world("semantic", classes=("gone", "cell", "bright"))
    world["project"].classes.get(index=1).delete()
    ModelVersion.objects.filter(pk=world["version"].pk).update(
        card={"model": {"kind": "fake"}, "classes": [2, 3]}
    )
    body = ask(world).json()
    assert [(row["label"], row["class"]) for row in body["objects"]] == [(3, "bright")]
    labels = imagecodecs.png_decode(content_of(post(world, query="?format=png")))
    assert set(np.unique(labels)) == {0, 3}


def test_the_card_tells_the_calibration_in_which_predictions_are_given(world):
    calibration = {
        "classes": {
            "used": True, "n": 90, "before": {"ece_width": 0.2}, "after": {"ece_width": 0.05},
        },
        "pixels": {"used": False, "n": 40, "before": {"ece_width": 0.1}, "after": {}},
    }  # fmt: skip
    version = world["version"]
    version.card |= {"report": {"calibration": calibration}}
    version.save()
    card = make.client_for(world["person"]).get(f"/api/v1/models/{version.pk}/card").json()
    assert card["calibration"] == {
        "classes: expected calibration error": 0.05,
        "classes: expected calibration error as the network says": 0.2,
        "classes: cases": 90,
        "pixels: expected calibration error": 0.1,
        "pixels: cases": 40,
    }


def test_an_image_of_the_lab_is_measured_in_micrometres(site, world):
    image = make.make_image(world["dataset"], picture=make.make_picture(HEIGHT, WIDTH))
    body = ask(world, {"image": image.pk}).json()
    area = (make.make_mask(HEIGHT, WIDTH) == 1).sum()
    assert body["objects"][0]["area_um2"] == area * 0.25
    assert body["image"] == image.pk


@pytest.mark.django_db(transaction=True)
def test_a_small_picture_is_waited_for(engine_double, settings):
    settings.JOB_SENDER = "tests.training.fakes.answer_at_once"
    settings.PREDICT_WAIT_SECONDS = 60.0
    world = make_world()
    answer = post(world)
    assert (answer.status_code, answer.json()["n_objects"]) == (200, 2)
    assert answer.headers["Location"] == f"/api/v1/predictions/{answer.json()['id']}"
    image = make.make_image(world["dataset"], picture=make.make_picture(HEIGHT, WIDTH, seed=3))
    assert post(world, {"image": image.pk}, accept="image/png").status_code == 200


@pytest.mark.parametrize("how", ["accept", "query", "body"])
def test_label_images_come_as_png_of_16_bit(site, world, how):
    ask(world)
    if how == "accept":
        answer = post(world, accept="text/html;q=0.5, image/png, application/json;q=0.9")
    elif how == "query":
        answer = post(world, query="?format=png")
    else:
        answer = post(world, {"file": picture_file(), "format": "png"})
    assert answer.status_code == 200, content_of(answer)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Cytoloop-Model"] == "3"
    labels = imagecodecs.png_decode(content_of(answer))
    assert labels.dtype == np.uint16
    np.testing.assert_array_equal(labels, make.make_mask(HEIGHT, WIDTH))


def test_label_images_come_as_ome_tiff_and_zarr(site, world, tmp_path):
    image = make.make_image(world["dataset"], picture=make.make_picture(HEIGHT, WIDTH))
    mask = make.make_mask(HEIGHT, WIDTH)
    answer = ask(world, {"image": image.pk, "format": "ome-tiff"})
    with tifffile.TiffFile(io.BytesIO(content_of(answer))) as tiff:
        np.testing.assert_array_equal(tiff.asarray().squeeze(), mask)
        assert 'PhysicalSizeX="0.5"' in tiff.ome_metadata
    answer = ask(world, {"image": image.pk}, accept="application/zip")
    zipfile.ZipFile(io.BytesIO(content_of(answer))).extractall(tmp_path)
    group = zarr.open_group(tmp_path, mode="r", zarr_format=2)
    scales = group.attrs["multiscales"][0]["datasets"][0]["coordinateTransformations"]
    assert scales == [{"type": "scale", "scale": [1.0, 1.0, 0.5, 0.5]}]
    np.testing.assert_array_equal(group["0"][0, 0], mask)


def test_cells_come_as_csv_and_parquet(site, world):
    lines = content_of(ask(world, accept="text/csv")).decode().splitlines()
    assert lines[0].startswith("label,class,confidence,area_px2,")
    assert len(lines) == 3
    answer = ask(world, {"file": picture_file(), "format": "parquet"})
    table = pq.read_table(io.BytesIO(content_of(answer)))
    assert table.column("label").to_pylist() == [1, 2]
    assert table.schema.field("area_px2").metadata[b"unit"] == b"px2"


def test_a_map_of_uncertainty_is_made_where_it_is_asked_for(site, world):
    ask(world)
    address = post(world).headers["Location"]
    client = make.client_for(world["person"])
    refused = client.get(address, {"format": "uncertainty"})
    assert (refused.status_code, refused.json()["code"]) == (406, "no_uncertainty")
    wanted = {"file": picture_file(), "format": "uncertainty"}
    with tifffile.TiffFile(io.BytesIO(content_of(ask(world, wanted)))) as tiff:
        np.testing.assert_array_equal(tiff.asarray(), np.full((HEIGHT, WIDTH), 60, np.uint8))
    assert len(site.predicted) == 2
    # All that it said before is still there, and the map is not made again.
    assert client.get(f"{address}/preview").status_code == 200
    assert post(world, wanted | {"file": picture_file()}).status_code == 200
    assert (
        post(world, accept="image/tiff").headers["Content-Disposition"].endswith('field.ome.tif"')
    )
    assert len(site.predicted) == 2


def test_who_asks_for_json_may_have_the_map_made_too(site, world):
    assert not ask(world).json()["uncertainty"]
    response = ask(world, {"file": picture_file(), "uncertainty": True})
    assert response.json()["uncertainty"]
    address = f"/api/v1/predictions/{response.json()['id']}"
    client = make.client_for(world["person"])
    assert client.get(address, {"format": "uncertainty"}).status_code == 200
    assert len(site.predicted) == 2


def test_a_model_that_tells_no_map_is_asked_once(site, db):
    world = make_world("classification", ("round", "long"))
    site.tells_doubt = False
    for _ in range(2):
        refused = ask(world, {"file": picture_file(), "format": "uncertainty"})
        assert (refused.status_code, refused.json()["code"]) == (406, "no_uncertainty")
    assert len(site.predicted) == 1


def test_the_same_picture_is_not_predicted_twice(site, world):
    first, second = ask(world), post(world)
    assert second.status_code == 200
    assert first.json()["objects"] == second.json()["objects"]
    assert first.json()["id"] != second.json()["id"]
    assert len(site.predicted) == 1
    assert PictureResult.objects.count() == 1


def test_new_classes_ask_again(site, world):
    ask(world)
    world["project"].classes.update(name="cell")
    assert ask(world).json()["objects"][0]["class"] == "cell"


def test_a_classification_answers_probabilities(site, db):
    world = make_world("classification", ("round", "long"))
    body = ask(world).json()
    assert body["class_probabilities"] == [
        {"index": 1, "name": "round", "probability": 0.75},
        {"index": 2, "name": "long", "probability": 0.25},
    ]
    assert body["objects"] == []
    lines = content_of(ask(world, accept="text/csv")).decode().splitlines()
    assert lines == ["class,confidence,probability_round,probability_long", "round,0.75,0.75,0.25"]
    refused = ask(world, accept="image/png")
    assert (refused.status_code, refused.json()["code"]) == (406, "no_labels")


def test_a_large_picture_is_a_job_that_one_asks_about(site, world, settings):
    settings.PREDICT_SYNC_MEGAPIXELS = 0.001
    settings.PREDICT_WAIT_SECONDS = 3600.0
    answer = post(world)
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    client = make.client_for(world["person"])
    address = answer.headers["Location"]
    assert client.get(address).status_code == 202
    assert client.get(f"{address}/labels").status_code == 404
    request = PredictionRequest.objects.get()
    with get_storage().open_tree_file(upload_path(request)) as kept:
        assert kept.read() == picture_file().read()
    run_queued_jobs()
    done = client.get(address)
    assert (done.status_code, done.json()["n_objects"]) == (200, 2)
    with pytest.raises(FileNotFoundError):
        get_storage().open_tree_file(upload_path(request))


def test_preview_and_labels_are_there_for_drawing(site, world):
    ask(world)
    address = post(world).headers["Location"]
    client = make.client_for(world["person"])
    picture = imagecodecs.png_decode(client.get(f"{address}/preview").content)
    assert picture.shape[:2] == (HEIGHT, WIDTH)
    answer = client.get(f"{address}/labels")
    assert answer.headers["X-Cytoloop-Shape"] == f"{HEIGHT},{WIDTH}"
    assert answer.headers["X-Cytoloop-Step"] == "1"
    plane = wire.unpack_plane(answer.content, (HEIGHT, WIDTH))
    np.testing.assert_array_equal(plane, make.make_mask(HEIGHT, WIDTH))
    image = make.make_image(world["dataset"], picture=make.make_picture(HEIGHT, WIDTH, seed=8))
    address = post(world, {"image": image.pk}).headers["Location"]
    assert client.get(f"{address}/preview").headers["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid"),
        ({"image": 10**6}, 404, "not_found"),
        ({"file": SimpleUploadedFile("a.png", b"words")}, 422, "not_an_image"),
        ({"file": SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n")}, 422, None),
        ({"file": SimpleUploadedFile("a.tif", b"")}, 400, "invalid"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_code(site, world, body, status, code):
    answer = ask(world, body)
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert code is None or answer.json()["code"] == code
    assert PredictionRequest.objects.count() == 0


def test_an_unknown_form_is_refused(site, world):
    answer = ask(world, {"file": picture_file(), "format": "gif"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_failure_says_its_code(site, world):
    site.fail_prediction = ("channel_mismatch", "field.tif has 1 channels; the model wants 2.")
    answer = ask(world)
    assert (answer.status_code, answer.json()["code"]) == (422, "channel_mismatch")
    site.fail_prediction = None
    assert ask(world).status_code == 200, "a failure is not kept"


def test_too_many_in_a_minute_are_refused(site, world, settings):
    settings.PREDICT_MOST_PER_MINUTE = 2
    assert [ask(world).status_code for _ in range(3)] == [200, 200, 429]
    assert post(world).json()["code"] == "too_many_predictions"
    PredictionRequest.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    assert ask(world).status_code == 200


def test_few_wait_at_once(site, world, settings):
    settings.PREDICT_MOST_WAITING = 1
    post(world, {"file": picture_file(seed=1)})
    settings.PREDICT_WAIT_SECONDS = 3600.0
    assert post(world, {"file": picture_file(seed=2)}).status_code == 202, "would wait for an hour"


def test_others_do_not_see_a_prediction(site, world):
    address = post(world).headers["Location"]
    other = make.join_project(world["project"], role=ProjectRole.MANAGER)
    for path in ("", "/preview", "/labels"):
        assert make.client_for(other).get(address + path).status_code == 404


def test_a_token_may_ask(site, world):
    secret = create_token(world["person"], name="script").secret
    answer = make.client_for(None).post(
        f"/api/v1/models/{world['version'].pk}/predict",
        {"file": picture_file()},
        format="multipart",
        headers={"authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 202


def test_files_that_nobody_fetched_are_dropped(site, world):
    post(world)
    request = PredictionRequest.objects.get()
    Job.objects.update(state="failed")
    assert drop_forgotten_uploads(now=timezone.now()) == 0
    assert drop_forgotten_uploads(now=timezone.now() + timedelta(days=2)) == 1
    assert not PredictionRequest.objects.exists()
    with pytest.raises(FileNotFoundError):
        get_storage().open_tree_file(upload_path(request))
