"""What a run's report shows: pictures of the validation split, to whoever may see the run."""

import pytest
from django.utils import timezone

from annotations.models import ProjectRole
from tests.factories import client_for, join_project, make_user
from tests.training.fakes import run_queued_jobs
from training.models import ModelVersion
from training.runs.services import RunSettings, start_run

pytestmark = pytest.mark.django_db


def line(sample, *files):
    layers = {f"layer {at}": name for at, name in enumerate(files)}
    return {"item": str(sample.pk), "layers": layers}


@pytest.fixture
def reported(setting, engine_double):
    """A run whose trainer reports on validation, training and test samples alike."""
    setting.label(*setting.train[:3])
    engine_double.report = {
        "steps": 7,
        "items": {str(setting.val[0].pk): {"ap50": 1.0}},
        "examples": {
            "looked_at": 3,
            "items": [
                line(setting.val[0], "0-picture.png", "0-truth.png"),
                line(setting.test[0], "1-picture.png"),
                line(setting.train[0], "2-picture.png"),
            ],
        },
        "classes": {"unit": "object", "matrix": [[2, 1], [0, 0]]},
        "worst": {
            "images": [line(setting.val[1])],
            "objects": [line(setting.val[0], "cell-0.png"), line(setting.test[0], "cell-1.png")],
        },
    }
    names = ("0-picture.png", "0-truth.png", "1-picture.png", "2-picture.png", "cell-0.png")
    engine_double.pictures = {name: name.encode() for name in (*names, "cell-1.png", "other.png")}
    run = start_run(setting.project, settings=RunSettings(), by=setting.manager)
    run_queued_jobs()
    run.refresh_from_db()
    return run


def test_the_report_is_shown_with_the_names_of_its_images(reported, setting):
    answer = client_for(setting.manager).get(f"/api/v1/runs/{reported.pk}").json()
    assert answer["report"]["classes"] == {"unit": "object", "matrix": [[2, 1], [0, 0]]}
    assert [row["item"] for row in answer["report"]["worst"]["images"]] == [str(setting.val[1].pk)]
    first, second = setting.val[:2]
    assert answer["samples"] == [
        {"id": first.pk, "image": first.image_id, "name": first.image.name},
        {"id": second.pk, "image": second.image_id, "name": second.image.name},
    ]
    assert answer["environment"]["packages"]["torch"]


def test_only_pictures_of_the_validation_split_are_kept(reported, setting):
    assert reported.pictures.keys() == {"0-picture.png", "0-truth.png", "cell-0.png"}
    shown = [row["item"] for row in reported.report["examples"]["items"]]
    assert shown == [str(setting.val[0].pk)]
    client = client_for(setting.manager)
    picture = client.get(f"/api/v1/runs/{reported.pk}/pictures/0-truth.png")
    assert picture.status_code == 200
    assert (picture["Content-Type"], picture.content) == ("image/png", b"0-truth.png")
    assert "private" in picture["Cache-Control"]
    for name in ("1-picture.png", "2-picture.png", "cell-1.png", "other.png", "..%2Fmodel.json"):
        answer = client.get(f"/api/v1/runs/{reported.pk}/pictures/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_who_may_see_the_run_sees_its_pictures(reported, setting):
    viewer = join_project(setting.project, role=ProjectRole.VIEWER)
    path = f"/api/v1/runs/{reported.pk}/pictures/0-picture.png"
    assert client_for(viewer).get(path).status_code == 200
    assert client_for(make_user()).get(path).status_code == 404
    assert client_for().get(path).status_code == 401


def test_images_in_the_trash_are_named_no_more(reported, setting):
    image = setting.val[0].image
    image.trashed_at = timezone.now()
    image.save(update_fields=["trashed_at"])
    answer = client_for(setting.manager).get(f"/api/v1/runs/{reported.pk}").json()
    assert [sample["id"] for sample in answer["samples"]] == [setting.val[1].pk]


def test_a_list_of_runs_and_a_model_card_are_without_single_pictures(reported, setting):
    client = client_for(setting.manager)
    runs = client.get("/api/v1/runs", {"project": setting.project.pk}).json()["results"]
    assert "report" not in runs[0]
    assert ModelVersion.objects.get().card["report"].keys() == {"steps", "classes"}


def test_the_curves_hold_the_learning_rate(reported, setting):
    points = client_for(setting.manager).get(f"/api/v1/runs/{reported.pk}/curves").json()["points"]
    assert points[2]["learning_rate"] == pytest.approx(0.03)


def test_a_run_that_is_not_over_has_no_report(setting, engine_double):
    setting.label(*setting.train[:3])
    run = start_run(setting.project, settings=RunSettings(), by=setting.manager)
    answer = client_for(setting.manager).get(f"/api/v1/runs/{run.pk}").json()
    assert (answer["report"], answer["samples"]) == ({}, [])
