"""The API of training: each endpoint for every role, and what it answers."""

import pytest

from annotations.models import ProjectRole
from tests.factories import client_for, join_project, make_user
from tests.training.fakes import run_queued_jobs
from training.active_learning.advance import advance_rounds
from training.models import ModelVersion, Round, TrainingRun
from training.runs.services import RunSettings, start_run

pytestmark = pytest.mark.django_db

RANKS = {"anonymous": -2, "outsider": -1, "viewer": 0, "annotator": 1, "reviewer": 2, "manager": 3}


@pytest.fixture
def trained(setting, engine_double):
    """A project after one round."""
    manager = client_for(setting.manager)
    assert manager.post(f"/api/v1/projects/{setting.project.pk}/rounds", {}).status_code == 201
    run_queued_jobs()
    round_ = Round.objects.get()
    setting.label_batch(round_)
    setting.project.loop["auto"] = False
    setting.project.save()
    advance_rounds()
    run_queued_jobs()
    return setting


def paths(setting):
    project = setting.project.pk
    run = TrainingRun.objects.latest("pk").pk
    model = ModelVersion.objects.latest("pk").pk
    round_ = Round.objects.latest("pk").pk
    return {
        ("GET", f"/api/v1/runs?project={project}"): "viewer",
        ("GET", f"/api/v1/runs/{run}"): "viewer",
        ("GET", f"/api/v1/runs/{run}/curves"): "viewer",
        ("GET", f"/api/v1/runs/{run}/log"): "viewer",
        ("GET", f"/api/v1/models?project={project}"): "viewer",
        ("GET", f"/api/v1/models/{model}"): "viewer",
        ("GET", f"/api/v1/rounds?project={project}"): "viewer",
        ("GET", f"/api/v1/rounds/{round_}"): "viewer",
        ("GET", f"/api/v1/projects/{project}/learning-curve"): "viewer",
        ("GET", f"/api/v1/jobs?project={project}"): "viewer",
        ("POST", f"/api/v1/projects/{project}/runs"): "manager",
        ("POST", f"/api/v1/runs/{run}/cancel"): "manager",
        ("POST", f"/api/v1/runs/{run}/retry"): "manager",
        ("POST", f"/api/v1/models/{model}/promote"): "manager",
        ("POST", f"/api/v1/models/{model}/test-look"): "manager",
        ("POST", f"/api/v1/projects/{project}/rounds"): "manager",
        ("POST", f"/api/v1/rounds/{round_}/cancel"): "manager",
        ("POST", f"/api/v1/rounds/{round_}/retry"): "manager",
    }


@pytest.mark.parametrize("role", RANKS)
def test_every_endpoint_for_every_role(trained, role):
    if role == "anonymous":
        client = client_for()
    elif role == "outsider":
        client = client_for(make_user())
    elif role == "manager":
        client = client_for(trained.manager)
    else:
        client = client_for(join_project(trained.project, role=ProjectRole(role)))
    for (method, path), needed in paths(trained).items():
        status = client.generic(
            method, path, "{}" if method == "POST" else "", content_type="application/json"
        ).status_code
        if RANKS[role] >= RANKS[needed]:
            assert status in (200, 201, 409), (method, path, status)
        elif role == "anonymous":
            assert status == 401, (method, path, status)
        else:
            assert status == (404 if role == "outsider" else 403), (method, path, status)


def test_what_is_not_there_is_404(trained):
    client = client_for(trained.manager)
    for (method, path), _ in paths(trained).items():
        if "?" not in path:
            missing = "/".join("999999" if p.isdigit() else p for p in path.split("/"))
            answer = client.generic(method, missing, "{}", content_type="application/json")
            assert answer.status_code == 404, missing
            assert answer.json()["code"] == "not_found"


def test_lists_want_a_project(trained):
    client = client_for(trained.manager)
    for name in ("runs", "models", "rounds", "jobs"):
        answer = client.get(f"/api/v1/{name}")
        assert answer.status_code == 400
        assert answer.json()["code"] == "invalid"


def test_a_run_with_its_curves_and_log(trained):
    client = client_for(trained.manager)
    (run,) = client.get(f"/api/v1/runs?project={trained.project.pk}").json()["results"]
    assert run["state"] == "done"
    assert run["snapshot"]["n_train"] == 4
    assert run["progress"]["fraction"] > 0
    assert run["model"] == ModelVersion.objects.get().pk
    assert run["attempts"] == 1
    points = client.get(f"/api/v1/runs/{run['id']}/curves").json()["points"]
    assert [point["step"] for point in points] == list(range(1, 8))
    log = client.get(f"/api/v1/runs/{run['id']}/log")
    assert log["Content-Type"].startswith("text/plain")
    assert log.content == b"trained\n"


def test_starting_cancelling_and_retrying_a_run(trained):
    client = client_for(trained.manager)
    path = f"/api/v1/projects/{trained.project.pk}/runs"
    run = client.post(path, {"minutes": 0.2, "seed": 3}).json()
    assert (run["state"], run["seed"], run["config"]["minutes"]) == ("queued", 3, 0.2)
    again = client.post(path, {})
    assert (again.status_code, again.json()["code"]) == (409, "run_in_progress")
    assert client.post(f"/api/v1/runs/{run['id']}/cancel").json()["state"] == "cancelled"
    assert client.post(f"/api/v1/runs/{run['id']}/cancel").json()["state"] == "cancelled"
    assert client.post(f"/api/v1/runs/{run['id']}/retry").json()["state"] == "queued"
    bad = client.post(path, {"minutes": "soon"})
    assert bad.status_code == 400


def test_a_model_with_gate_card_and_looks(trained):
    client = client_for(trained.manager)
    (model,) = client.get(f"/api/v1/models?project={trained.project.pk}").json()["results"]
    assert model["state"] == "champion"
    assert model["gate"]["decision"] == "promote"
    assert model["metrics"]["val"]["ap50"] == 1.0
    assert "test" not in model["metrics"]
    assert model["card"]["n_train"] == 4
    path = f"/api/v1/models/{model['id']}"
    look = client.post(f"{path}/test-look").json()
    assert look["looks"] == 1
    assert look["metrics"]["ap50"] == 1.0
    assert client.post(f"{path}/test-look").json()["looks"] == 2
    seen = client.get(path).json()
    assert seen["test_looks"] == 2
    assert "test" in seen["metrics"]
    assert client.post(f"{path}/promote").json()["state"] == "champion"


def test_a_round_with_its_arms_and_the_curve(trained):
    client = client_for(trained.manager)
    (round_,) = client.get(f"/api/v1/rounds?project={trained.project.pk}").json()["results"]
    assert (round_["state"], round_["n_samples"], round_["n_labelled"]) == ("done", 4, 4)
    arms = {arm["name"]: arm for arm in round_["arms"]}
    assert arms["control"]["strategy"] == "random"
    assert arms["strategy"]["labelled"] == 3
    assert len({*arms["strategy"]["samples"], *arms["control"]["samples"]}) == 4
    assert [e["split"] for e in round_["evaluations"]] == ["val"]
    curve = client.get(f"/api/v1/projects/{trained.project.pk}/learning-curve").json()
    assert curve["metric"] == "ap50"
    assert [(p["arm"], p["labels"], p["round"]) for p in curve["points"]] == [
        ("start", 0, None),
        ("all", 4, 1),
    ]
    assert curve["forecast"] is None


def test_a_round_is_asked_for_with_settings(trained):
    client = client_for(trained.manager)
    path = f"/api/v1/projects/{trained.project.pk}/rounds"
    assert client.post(path, {"strategy": "telepathy"}).status_code == 400
    assert client.post(path, {"batch_size": 0}).status_code == 400
    made = client.post(path, {"strategy": "core_set", "batch_size": 2, "seed": 9}).json()
    assert (made["number"], made["strategy"], made["state"]) == (2, "core_set", "scoring")
    again = client.post(path, {})
    assert (again.status_code, again.json()["code"]) == (409, "round_in_progress")
    assert client.post(f"/api/v1/rounds/{made['id']}/cancel").json()["state"] == "cancelled"


def test_jobs_are_listed(trained):
    start_run(trained.project, settings=RunSettings(), by=None)
    client = client_for(trained.manager)
    jobs = client.get(f"/api/v1/jobs?project={trained.project.pk}").json()["results"]
    assert [job["kind"] for job in jobs] == [
        "training.train_run",
        "training.evaluate_model",
        "training.train_run",
        "training.score_chunk",
    ]
