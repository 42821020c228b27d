"""Clicking a cell through the API: works, invalid, not mine, wrong state, twice."""

import base64

import numpy as np
import pytest
from django.utils import timezone

from annotations.images.services import process_image
from annotations.labels import wire
from annotations.models import ImageStatus, ProjectRole
from core.storage import get_storage
from tests.factories import (
    client_for,
    join_project,
    make_dataset,
    make_image,
    make_mask,
    make_picture,
    make_project,
    make_sample,
    make_user,
    tiff_bytes,
)
from tests.training.assist.pictures import flow_maps
from training.assist.maps import drop_stale_maps
from training.decoding.maps import FrameMaps, PixelMaps, pack_maps
from training.models import ModelVersion, Prediction

pytestmark = pytest.mark.django_db

INSIDE = {"x": 24, "y": 16}


def ready(image):
    process_image(image.pk, report=lambda **_progress: None)
    image.refresh_from_db()
    return image


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def sample(project):
    # Which pixels are ground depends on the picture.
    image = make_image(
        make_dataset(project.lab), picture=make_picture(seed=1), status=ImageStatus.QUEUED
    )
    return make_sample(project, ready(image), state="queued")


@pytest.fixture
def client(project):
    return client_for(join_project(project))


def outline(client, sample, *clicks, **more):
    url = f"/api/v1/samples/{sample.pk}/outline"
    return client.post(url, {"clicks": clicks, **more}, format="json")


def mask_of(body, shape):
    """The plane that the answer's rectangle is cut from."""
    size = (body["height"], body["width"])
    crop = wire.decode_plane(base64.b64decode(body["runs"]), size)
    plane = np.zeros(shape, bool)
    plane[body["y0"] : body["y0"] + size[0], body["x0"] : body["x0"] + size[1]] = crop > 0
    return plane


def cropped(mask, x0, y0):
    height, width = mask.shape
    runs = base64.b64encode(wire.encode_plane(mask.astype(np.uint32))).decode()
    return {"x0": x0, "y0": y0, "width": width, "height": height, "runs": runs}


def keep_maps(sample, frames, *, shape, number=3, state="champion"):
    """Store what a model that sees `frames` (Z, Y, X) labels would have left behind."""
    maps = PixelMaps(
        "flow",
        0.5,
        0.1,
        shape,
        tuple(
            FrameMaps(np.stack([flow_maps(plane) for plane in frame], axis=1), 60.0)
            for frame in frames
        ),
    )
    version = ModelVersion.objects.create(
        project=sample.project, number=number, state=state, weights="0" * 64
    )
    key = get_storage().put(pack_maps(maps))
    return Prediction.objects.create(model_version=version, sample=sample, maps=key)


def test_without_a_model_the_clicked_cell_is_found_by_its_intensities(client, sample):
    answer = outline(client, sample, INSIDE)

    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert np.array_equal(mask_of(body, (24, 40)), make_mask() == 2)
    assert (body["source"], body["model"], body["area"]) == ("classical", None, 126)
    assert (body["x0"], body["y0"], body["width"], body["height"]) == (20, 12, 14, 9)
    assert outline(client, sample, INSIDE).json() == body


def test_with_a_model_its_cached_maps_decide(client, sample):
    seen = make_mask().astype(np.int32)
    seen[:, 30:] = 0
    keep_maps(sample, [seen[None]], shape=(1, 1, 24, 40))

    body = outline(client, sample, INSIDE).json()

    assert (body["source"], body["model"]) == ("features", 3)
    assert np.array_equal(mask_of(body, (24, 40)), seen == 2)


def test_where_the_model_sees_nothing_intensities_do(client, sample):
    seen = np.where(make_mask() == 1, 1, 0)
    keep_maps(sample, [seen[None]], shape=(1, 1, 24, 40))

    assert outline(client, sample, INSIDE).json()["source"] == "classical"
    assert outline(client, sample, {"x": 5, "y": 4}).json()["source"] == "features"


@pytest.mark.parametrize("split", ["val", "test"])
def test_a_model_never_helps_with_held_out_samples(client, sample, split):
    sample.split = split
    sample.save()
    keep_maps(sample, [make_mask()[None]], shape=(1, 1, 24, 40))

    assert outline(client, sample, INSIDE).json()["source"] == "classical"


def test_maps_that_were_dropped_meanwhile_are_as_none(client, sample):
    prediction = keep_maps(sample, [make_mask()[None]], shape=(1, 1, 24, 40))
    get_storage().remove(prediction.maps)

    assert outline(client, sample, INSIDE).json()["source"] == "classical"


def test_negative_clicks_boxes_and_other_cells_are_minded(client, sample):
    away = {"x": 31, "y": 16, "positive": False}
    cut = mask_of(outline(client, sample, INSIDE, away).json(), (24, 40))
    assert cut[16, 24]
    assert not cut[16, 31]

    box = {"x0": 22, "y0": 14, "x1": 30, "y1": 19}
    boxed = mask_of(outline(client, sample, box=box).json(), (24, 40))
    expected = np.zeros((24, 40), bool)
    expected[14:19, 22:30] = True
    assert np.array_equal(boxed, expected)

    taken = cropped(np.ones((24, 8), bool), 28, 0)
    beside = mask_of(outline(client, sample, INSIDE, taken=taken).json(), (24, 40))
    assert np.array_equal(beside, (make_mask() == 2) & (np.arange(40) < 28))


def test_the_channel_can_be_chosen(client, project):
    picture = np.full((2, 24, 40), 100, np.uint16)
    picture[1, 12:21, 20:34] = 4000
    picture[0, 5:22, 16:39] = 900
    image = make_image(make_dataset(project.lab), picture=picture, status=ImageStatus.QUEUED)
    sample = make_sample(project, ready(image), state="queued")

    areas = [outline(client, sample, INSIDE, channel=c).json()["area"] for c in (0, 1)]

    assert areas == [17 * 23 - 4, 9 * 14]  # smoothing takes the corners of what is dim
    answer = outline(client, sample, INSIDE, channel=2)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_click")


@pytest.fixture
def stack(project):
    """A movie of two stacks of three slices; cells lie in the second moment's last slices."""
    picture = np.full((2, 3, 1, 24, 40), 100, np.uint16)
    picture[1, 1, 0, 12:21, 20:34] = 4000
    picture[1, 2, 0, 4:9, 6:16] = 4000
    key = get_storage().put(tiff_bytes(picture, imagej=True, metadata={"axes": "TZCYX"}))
    image = make_image(
        make_dataset(project.lab), key=key, sha256=key, size_t=2, size_z=3, status="queued"
    )
    return ready(image)


def test_planes_of_stacks_and_movies(client, project, stack):
    sample = make_sample(project, stack, state="queued")

    assert outline(client, sample, INSIDE, t=1, z=1).json()["area"] == 126
    assert outline(client, sample, {"x": 10, "y": 6}, t=1, z=2).json()["area"] == 50
    assert outline(client, sample, INSIDE, t=0, z=1).json()["code"] == "nothing_found"
    answer = outline(client, sample, INSIDE, t=0, z=3)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_plane")


def test_maps_of_a_stack_are_read_at_their_slice(client, project, stack):
    sample = make_sample(project, stack, state="queued")
    frames = np.zeros((2, 3, 24, 40), np.int32)
    frames[1, 1, 12:21, 20:30] = 1
    keep_maps(sample, frames, shape=(2, 3, 24, 40))

    body = outline(client, sample, INSIDE, t=1, z=1).json()
    assert (body["source"], body["area"]) == ("features", 90)
    assert outline(client, sample, {"x": 10, "y": 6}, t=1, z=2).json()["source"] == "classical"


def test_a_region_has_coordinates_of_its_own(client, project, stack):
    sample = make_sample(project, stack, t=1, z=1, y0=10, x0=15, y1=23, x1=38, state="queued")

    body = outline(client, sample, {"x": 9, "y": 6}).json()

    assert (body["x0"], body["y0"], body["width"], body["height"]) == (5, 2, 14, 9)
    assert outline(client, sample, {"x": 9, "y": 13}).json()["code"] == "bad_click"


def test_what_cannot_be_meant_is_said(client, sample):
    def code(*clicks, **more):
        answer = outline(client, sample, *clicks, **more)
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
        return answer.json()["code"]

    assert code() == "no_positive_click"
    assert code({**INSIDE, "positive": False}) == "no_positive_click"
    assert code({"x": 40, "y": 3}) == "bad_click"
    assert code(box={"x0": 5, "y0": 5, "x1": 41, "y1": 9}) == "bad_click"
    assert code(box={"x0": 5, "y0": 5, "x1": 5, "y1": 9}) == "bad_click"
    assert code({"x": -1, "y": 3}) == "invalid"
    assert code({"x": 1}) == "invalid"
    assert code(*[INSIDE] * 33) == "invalid"
    assert code({"x": 17, "y": 10}) == "nothing_found"
    taken = {**cropped(np.ones((3, 4), bool), 0, 0), "width": 5}
    assert code(INSIDE, taken=taken) == "bad_mask"
    assert code(INSIDE, taken={**taken, "runs": "not base64!"}) == "bad_mask"
    assert code(INSIDE, taken={**taken, "width": 513}) == "invalid"


def test_clicks_for_one_cell_lie_near_each_other(client, project):
    picture = np.zeros((1, 20, 700), np.uint16)
    image = make_image(make_dataset(project.lab), picture=picture, status=ImageStatus.QUEUED)
    sample = make_sample(project, ready(image), state="queued")

    answer = outline(client, sample, {"x": 10, "y": 9}, {"x": 600, "y": 9})

    assert (answer.status_code, answer.json()["code"]) == (400, "clicks_too_far_apart")


def test_only_pictures_that_are_there_and_tasks_with_outlines(client, project, sample):
    sample.image.status = ImageStatus.QUEUED
    sample.image.save()
    answer = outline(client, sample, INSIDE)
    assert (answer.status_code, answer.json()["code"]) == (409, "image_not_ready")

    sample.image.status = ImageStatus.READY
    sample.image.trashed_at = timezone.now()
    sample.image.save()
    assert outline(client, sample, INSIDE).status_code == 409

    project.task_kind = "classification"
    project.save()
    assert outline(client, sample, INSIDE).json()["code"] == "wrong_task"


def test_only_annotators_of_the_project(project, sample):
    viewer = client_for(join_project(project, role=ProjectRole.VIEWER))

    assert outline(client_for(), sample, INSIDE).status_code == 401
    assert outline(client_for(make_user()), sample, INSIDE).status_code == 404
    assert outline(viewer, sample, INSIDE).status_code == 403


def test_maps_are_kept_for_samples_that_people_work_on_and_dropped_elsewhere(project, sample):
    shape = (1, 1, 24, 40)
    image = sample.image
    pool = make_sample(project, image, object_id=1, state="pool")
    accepted = make_sample(project, image, object_id=2, state="accepted")
    seen = make_mask()[None]
    old = keep_maps(sample, [seen], shape=shape, number=1, state="retired")
    elsewhere = Prediction(model_version=old.model_version, sample=pool, maps=old.maps)
    elsewhere.save()
    done = keep_maps(accepted, [seen * 0], shape=shape, number=2)

    assert drop_stale_maps() == 2
    kept = set(Prediction.objects.exclude(maps="").values_list("pk", flat=True))
    assert kept == {old.pk}
    assert get_storage().exists(old.maps)
    assert not get_storage().exists(done.maps)

    keep_maps(sample, [seen * 0], shape=shape, number=4, state="candidate")
    assert drop_stale_maps() == 1
    assert not get_storage().exists(old.maps)
    assert drop_stale_maps() == 0
