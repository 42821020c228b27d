"""What runs start from: bases trained without labels, comparisons, and who may choose what."""

import json

import pytest

from annotations.models import ProjectRole
from core.storage import get_storage
from tests.factories import (
    client_for,
    join_project,
    make_image,
    make_lab,
    make_picture,
    make_project,
    make_sample,
    make_user,
)
from tests.training.fakes import run_queued_jobs
from training.model_registry.services import promote
from training.models import ModelVersion, Pretraining, StartComparison
from training.runs.services import RunSettings, cancel_run
from training.starts.choice import Start, resolve
from training.starts.services import begin_run

pytestmark = pytest.mark.django_db

NETWORK = {"channels": [8, 16], "strides": [2]}


@pytest.fixture
def labelled(setting, engine_double):
    setting.label(*setting.train[:3])
    return setting


def add_version(project, number=1, **fields):
    card = {"model": {"config": {"network": NETWORK, "head": "distance"}}}
    weights = get_storage().put(f"weights {project.pk} {number}".encode())
    return ModelVersion.objects.create(
        project=project, number=number, weights=weights, **{"card": card, **fields}
    )


def pretrain(labelled, **body):
    path = f"/api/v1/projects/{labelled.project.pk}/pretrainings"
    return client_for(labelled.manager).post(path, {"minutes": 1, **body}, format="json")


def run_from(labelled, **start):
    path = f"/api/v1/projects/{labelled.project.pk}/runs"
    body = {"minutes": 1, "start": start} if start else {"minutes": 1}
    answer = client_for(labelled.manager).post(path, body, format="json")
    run_queued_jobs()
    return answer


def test_pretraining_sees_the_pictures_of_the_training_split_alone(labelled, engine_double):
    answer = pretrain(labelled, pretext="denoising", seed=4)
    assert (answer.status_code, answer.json()["state"]) == (201, "queued")
    again = pretrain(labelled)
    assert (again.status_code, again.json()["code"]) == (409, "pretraining_in_progress")
    seen = {}
    pretrain_for_real = engine_double.pretrain

    def look(request, *, watch):
        seen.update(json.loads((request.pictures / "manifest.json").read_text()))
        return pretrain_for_real(request, watch=watch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.bases.pretrain", look)
        run_queued_jobs()
    assert {item["id"] for item in seen["items"]} == {str(s.pk) for s in labelled.train}
    assert all(item["label"] is None for item in seen["items"])
    request = engine_double.pretrained[0]
    assert request.config == {"pretrain": {"pretext": "denoising"}}
    row = client_for(labelled.manager).get(f"/api/v1/pretrainings/{answer.json()['id']}").json()
    assert (row["state"], row["pretext"], row["facts"]["metrics"]) == (
        "done", "denoising", {"explained": 0.5},
    )  # fmt: skip
    assert [point["step"] for point in row["curve"]] == [1, 2]
    assert not request.out.exists(), "its folder is cleared"


def test_without_a_picture_there_is_nothing_to_learn_from(make_setting, engine_double):
    made = make_setting(n_train=0, n_val=1)
    assert pretrain(made).json()["code"] == "no_pictures"
    assert pretrain(made, minutes=1e9).json()["code"] == "bad_budget"
    assert pretrain(made, pretext="magic").status_code == 400


def test_a_cancelled_pretraining_is_no_base(labelled, engine_double):
    pk = pretrain(labelled).json()["id"]
    client = client_for(labelled.manager)
    assert client.post(f"/api/v1/pretrainings/{pk}/cancel").json()["state"] == "cancelled"
    run_queued_jobs()
    assert resolve(labelled.project, Start()).why == "nothing"
    answer = run_from(labelled, kind="pretraining", id=pk)
    assert answer.json()["code"] == "not_pretrained"


@pytest.mark.slow
def test_runs_start_from_the_base_and_not_from_the_last_model(labelled, engine_double):
    pretrain(labelled)
    run_queued_jobs()
    base = Pretraining.objects.get()
    first = run_from(labelled).json()
    promote(ModelVersion.objects.get(run=first["id"]), by=labelled.manager)
    second = run_from(labelled).json()
    for run in (first, second):
        assert (run["start"], run["pretraining"], run["warm_start"]) == (
            "pretraining", base.pk, None,
        )  # fmt: skip
    request = engine_double.trained[-1]
    assert request.config["network"] == NETWORK, "its weights fit no other network"
    assert "head" not in request.config, "a base has no head to keep"
    assert request.init is not None
    assert run_from(labelled, kind="scratch").json()["start"] == "scratch"
    assert engine_double.trained[-1].init is None
    third = run_from(labelled, kind="champion").json()
    assert third["start"] == "champion"
    assert ModelVersion.objects.get(pk=third["warm_start"]).run_id == first["id"]
    assert ModelVersion.objects.get(run=third["id"]).card["start"] == "champion"


def test_a_pretraining_that_learnt_nothing_is_started_from_only_where_it_is_asked_for(
    labelled, engine_double
):
    engine_double.explained = -0.02
    pretrain(labelled)
    run_queued_jobs()
    assert run_from(labelled).json()["start"] == "scratch"
    asked = run_from(labelled, kind="pretraining", id=Pretraining.objects.get().pk)
    assert asked.json()["start"] == "pretraining"


def test_the_newest_of_what_was_brought_is_the_base(labelled, engine_double):
    brought = add_version(labelled.project, 7, origin="adopted")
    foreign = {"model": {"foreign": {}}}
    add_version(labelled.project, 8, origin="imported", card=foreign)
    found = resolve(labelled.project, Start())
    assert (found.kind, found.base, found.why) == ("model", brought, "base")
    run = begin_run(labelled.project, settings=RunSettings(config={"head": "flow"}), by=None)
    assert run.config["network"] == NETWORK
    assert run.config["head"] == "flow", "what is asked of this run comes last"
    assert run.warm_start == brought


def test_a_classifier_that_starts_from_a_base_is_a_network(make_setting, engine_double):
    made = make_setting(task_kind="classification")
    made.label(*made.train[:3], *made.val)
    plain = begin_run(made.project, settings=RunSettings(), by=None)
    assert plain.config["model"] == "softmax"
    cancel_run(plain)
    pretrain(made)
    run_queued_jobs()
    run = begin_run(made.project, settings=RunSettings(), by=None)
    assert run.config["model"] == "network"
    cancel_run(run)
    # A regression is the champion: it has no network to begin with.
    add_version(made.project, state="champion", card={"model": {"config": {"model": "softmax"}}})
    assert resolve(made.project, Start("champion")).kind == "scratch"


def test_the_setting_decides_and_survives_what_it_names(labelled, engine_double):
    client = client_for(labelled.manager)
    path = f"/api/v1/projects/{labelled.project.pk}/start"
    assert client.get(path).json()["now"] == {"kind": "scratch", "id": None, "why": "nothing"}
    version = add_version(labelled.project)
    chosen = client.put(path, {"kind": "model", "id": version.pk}, format="json").json()
    assert chosen["chosen"] == {"kind": "model", "id": version.pk}
    assert chosen["now"] == {"kind": "model", "id": version.pk, "why": "chosen"}
    assert [option["id"] for option in chosen["options"]] == [version.pk]
    client.put(path, {"kind": "champion"}, format="json")
    assert client.get(path).json()["now"]["kind"] == "scratch", "there is no champion yet"
    client.put(path, {"kind": "model", "id": version.pk}, format="json")
    assert run_from(labelled).json()["warm_start"] == version.pk
    version.delete()
    assert client.get(path).json()["chosen"] == {"kind": "auto", "id": None}
    for body in ({"kind": "model"}, {"kind": "scratch", "id": 1}, {"kind": "magic"}):
        assert client.put(path, body, format="json").status_code == 400


def test_models_of_other_projects_of_the_lab_that_one_may_see(labelled, engine_double):
    lab = labelled.project.lab
    sister = make_project(lab, manager=labelled.manager)
    champion = add_version(sister, state="champion")
    add_version(sister, 2)
    assert run_from(labelled, kind="model", id=champion.pk).json()["warm_start"] == champion.pk
    start = f"/api/v1/projects/{labelled.project.pk}/start"
    options = client_for(labelled.manager).get(start).json()["options"]
    others = [option for option in options if option["project"] == sister.pk]
    assert [option["id"] for option in others] == [champion.pk], "champions alone"

    hidden = make_project(make_lab(), manager=make_user())
    away = make_project(make_lab(), manager=labelled.manager)
    crops = make_project(lab, manager=labelled.manager, task_kind="classification")
    brought = add_version(labelled.project, 9, origin="imported", card={"model": {"foreign": {}}})
    for version, code in (
        (add_version(hidden), "not_found"),
        (add_version(away), "start_of_other_lab"),
        (add_version(crops), "other_task"),
        (brought, "not_trainable"),
    ):
        assert run_from(labelled, kind="model", id=version.pk).json()["code"] == code


def compare(labelled, *starts, **more):
    path = f"/api/v1/projects/{labelled.project.pk}/start-comparisons"
    body = {"starts": [{"kind": k, "id": i} for k, i in starts], "minutes": 1, **more}
    return client_for(labelled.manager).post(path, body, format="json")


def test_a_comparison_that_tells_decides_what_the_next_runs_start_from(labelled, engine_double):
    pretrain(labelled)
    run_queued_jobs()
    base = Pretraining.objects.get()
    champion = add_version(labelled.project, state="champion")
    engine_double.best, engine_double.gains = "champion", {"champion": (0.01, 0.05)}
    answer = compare(labelled, ("pretraining", base.pk), ("champion", None), seeds=2)
    assert answer.status_code == 201
    again = compare(labelled, ("champion", None))
    assert again.json()["code"] == "comparison_in_progress"
    run_queued_jobs()
    request = engine_double.compared[0]
    assert list(request.starts) == [f"pretraining-{base.pk}", "champion"]
    assert list(request.seeds) == [0, 1]
    assert "network" not in request.config, "from nothing, as the project's runs are"
    pk = answer.json()["id"]
    row = client_for(labelled.manager).get(f"/api/v1/start-comparisons/{pk}").json()
    assert (row["state"], row["fraction"]) == ("done", 0.25)
    assert row["result"]["best"] == "champion"
    gain = row["result"]["rows"][2]["difference"]
    assert gain == {"mean": pytest.approx(0.03), "low": 0.01, "high": 0.05}
    found = resolve(labelled.project, Start())
    assert (found.kind, found.base, found.why) == ("champion", champion, "compared")

    # A newer comparison that does not tell leaves the word to the one before.
    engine_double.best = None
    compare(labelled, ("champion", None))
    run_queued_jobs()
    assert resolve(labelled.project, Start()).why == "compared"
    engine_double.best = "scratch"
    compare(labelled, ("champion", None))
    run_queued_jobs()
    found = resolve(labelled.project, Start())
    assert (found.kind, found.base, found.why) == ("scratch", None, "compared")


def test_refuses_comparisons_of_nothing(labelled, make_setting, engine_double):
    assert compare(labelled, ("champion", None)).json()["code"] == "nothing_to_compare"
    assert compare(labelled, ("auto", None)).json()["code"] == "nothing_to_compare"
    assert compare(labelled).status_code == 400
    unmeasured = make_setting()
    unmeasured.label(*unmeasured.train[:2])
    add_version(unmeasured.project, state="champion")
    assert compare(unmeasured, ("champion", None)).json()["code"] == "no_validation"
    assert not StartComparison.objects.exists()


def test_a_start_that_is_gone_fails_the_comparison(labelled, engine_double):
    version = add_version(labelled.project)
    pk = compare(labelled, ("model", version.pk)).json()["id"]
    version.delete()
    run_queued_jobs()
    row = client_for(labelled.manager).get(f"/api/v1/start-comparisons/{pk}").json()
    assert (row["state"], row["code"]) == ("failed", "start_gone")


def test_pictures_that_came_after_the_asking_are_left_out(labelled, engine_double):
    pretrain(labelled)
    dataset = labelled.train[0].image.dataset
    make_sample(labelled.project, make_image(dataset, split="train", picture=make_picture(20, 30)))
    run_queued_jobs()
    assert Pretraining.objects.get().samples == sorted(s.pk for s in labelled.train)


def test_who_only_looks_starts_nothing(labelled, engine_double):
    viewer = make_user()
    join_project(labelled.project, viewer, ProjectRole.VIEWER)
    path = f"/api/v1/projects/{labelled.project.pk}/start"
    client = client_for(viewer)
    assert client.get(path).status_code == 200
    assert client.put(path, {"kind": "scratch"}, format="json").status_code == 403
