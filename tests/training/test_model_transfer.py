"""Models taken away, brought in and taken over, through the API, with the jobs done here."""

import hashlib
import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotations.models import ProjectRole
from core.jobs.models import Job
from core.storage import get_storage
from tests.factories import client_for, join_project, make_lab, make_project, make_user
from tests.training.ml.synthetic import TINY, instance_snapshot, several_snapshot
from tests.training.transfer.networks import save_onnx
from training import tasks
from training.ml.config_io import config_from_dict
from training.ml.export import EXPORTS, export_model
from training.ml.manifest import read_snapshot
from training.ml.run import train
from training.models import (
    Evaluation,
    ModelImport,
    ModelState,
    ModelVersion,
    Snapshot,
    TrainingRun,
)
from training.snapshots.services import freeze

pytestmark = pytest.mark.django_db

FORM = {
    "outputs": ["foreground"],
    "multiple": 1,
    "normalisation": {"kind": "linear", "gain": [1 / 3000], "offset": [0.0]},
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Folder of a model that was trained for a few steps."""
    folder = tmp_path_factory.mktemp("trained")
    settings = json.loads(json.dumps(TINY)) | {"steps": 4, "validations": 1}
    data = instance_snapshot(folder / "data", train=2)
    train(read_snapshot(data), config_from_dict(settings), folder / "model")
    return folder / "model"


@pytest.fixture
def labelled(make_setting):
    setting = make_setting(n_train=2, n_val=6, n_test=1)
    setting.label(*setting.train, *setting.val)
    return setting


def register(project, folder) -> ModelVersion:
    snapshot = freeze(project)
    run = TrainingRun.objects.create(
        project=project, snapshot=snapshot, seed=3, config={"minutes": 2.0},
        findings=[{"code": "x", "evidence": "Loss rose.", "meaning": "m", "remedy": "r"}],
    )  # fmt: skip
    model = json.loads((folder / "model.json").read_text())
    return ModelVersion.objects.create(
        project=project, run=run, number=1,
        weights=get_storage().put((folder / "weights.safetensors").read_bytes()),
        card={"model": model, "classes": [1], "seed": 3, "report": {"steps": 4}},
    )  # fmt: skip


def do(kind) -> Job:
    job = Job.objects.filter(kind=kind, state="queued").latest("created_at")
    getattr(tasks, kind.split(".")[1])(str(job.pk))
    job.refresh_from_db()
    return job


def send(client, project, data, *, more=None, **form):
    body = {"file": SimpleUploadedFile("net.onnx", data), "form": json.dumps(form), **(more or {})}
    return client.post(f"/api/v1/projects/{project.pk}/model-imports", body, format="multipart")


def test_a_package_is_written_fetched_and_comes_back_as_weights_to_train_from(labelled, trained):
    version = register(labelled.project, trained)
    client = client_for(labelled.manager)
    url = f"/api/v1/models/{version.pk}"
    client.patch(f"{url}/card", {"intended_use": "Counting.", "licence": "CC0-1.0"}, format="json")

    made = client.post(f"{url}/exports", {"format": "safetensors"}, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "queued")
    package = f"/api/v1/model-exports/{made.json()['id']}/file"
    assert client.get(package).json()["code"] == "not_written"
    assert do("training.export_model").state == "done"
    row = client.get(f"{url}/exports").json()["results"][0]
    answer = client.get(package)
    data = b"".join(answer.streaming_content)
    assert (row["state"], row["size_bytes"]) == ("done", len(data))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "Counting." in archive.read("card.md").decode()

    assert send(client, labelled.project, data).status_code == 201
    assert do("training.import_model").state == "done"
    taken = ModelVersion.objects.get(number=2)
    assert (taken.origin, taken.trainable, taken.weights) == ("imported", True, version.weights)
    assert taken.about["licence"] == "CC0-1.0"
    assert ModelImport.objects.get().model_version == taken


def test_a_strangers_network_is_judged_on_the_validation_split_and_can_be_champion(
    labelled, tmp_path
):
    client = client_for(labelled.manager)
    network = save_onnx(tmp_path / "n.onnx").read_bytes()
    send(client, labelled.project, network, **FORM)
    assert do("training.import_model").state == "done"
    assert do("training.evaluate_model").state == "done"

    version = ModelVersion.objects.get()
    assert (version.origin, version.trainable) == ("imported", False)
    assert version.gate["n"] == 6
    found = Evaluation.objects.get(model_version=version, split="val")
    assert found.metrics["ap50"] > 0.9
    assert version.state in (ModelState.CHAMPION, ModelState.REJECTED)
    card = client.get(f"/api/v1/models/{version.pk}/card").json()
    assert card["origin"]["file"] == "net.onnx"
    assert card["metrics"]["val"]["mean per image"]["groups"] == 6
    refused = client.post(f"/api/v1/models/{version.pk}/exports", {"format": "onnx"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_ours")


def test_a_file_can_be_looked_at_before_it_is_judged(labelled, tmp_path):
    client = client_for(labelled.manager)
    network = save_onnx(tmp_path / "n.onnx").read_bytes()
    send(client, labelled.project, network, more={"measure": "false"}, **FORM)
    assert do("training.import_model").state == "done"

    assert not Job.objects.filter(kind="training.evaluate_model").exists()
    row = client.get(f"/api/v1/projects/{labelled.project.pk}/model-imports").json()["results"][0]
    found = row["found"]
    assert row["sha256"] == hashlib.sha256(network).hexdigest() == found["spec"]["sha256"]
    assert (found["trainable"], found["spec"]["axes"]) == (False, "bcyx")
    # Sides are one step times two and three; the network keeps them.
    assert found["checked"] == {
        "by": "made_up_picture", "input": [1, 1, 3, 2], "output": [1, 1, 3, 2],
    }  # fmt: skip
    client.post(f"/api/v1/models/{row['model_version']}/measure")
    assert do("training.evaluate_model").state == "done"


def test_a_model_of_several_classes_comes_to_a_project_of_several_classes_only(
    labelled, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("several")
    data = several_snapshot(folder / "data", each=4)
    settings = json.loads(json.dumps(TINY)) | {"steps": 2, "validations": 1, "data": {"crop": 32}}
    train(read_snapshot(data), config_from_dict(settings), folder / "model")
    package = folder / "ours.zip"
    export_model(EXPORTS["safetensors"], folder / "model", package)
    names = tuple(json.loads((folder / "model" / "model.json").read_text())["classes"])
    lab, manager = labelled.project.lab, labelled.manager
    several, one = (
        make_project(
            lab, manager=manager, task_kind="classification", classes=names, multi_label=multi
        )
        for multi in (True, False)
    )
    client = client_for(manager)

    send(client, several, package.read_bytes())
    assert do("training.import_model").state == "done"
    taken = ModelVersion.objects.get(project=several)
    assert taken.trainable
    send(client, one, package.read_bytes())
    refused = do("training.import_model")
    assert (refused.state, refused.code) == ("failed", "other_task")
    url = f"/api/v1/projects/{one.pk}/adopt-model"
    answer = client.post(url, {"model": taken.pk}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "other_task")


@pytest.mark.parametrize(("told_apart", "classes"), [(True, [2, 1]), (False, [1, 2])])
def test_classes_of_objects_go_by_name_where_a_model_tells_them_apart(
    labelled, trained, told_apart, classes
):
    version = register(labelled.project, trained)
    model = {"classes": ["mitotic", "resting"], "settings": {"object_classes": told_apart}}
    ModelVersion.objects.update(card={**version.card, "model": model, "classes": [1, 2]})
    lab, manager = labelled.project.lab, labelled.manager
    project, other = (
        make_project(lab, manager=manager, task_kind="instance", classes=names)
        for names in (("resting", "mitotic"), ("resting", "dead"))
    )
    client, body = client_for(manager), {"model": version.pk}
    assert client.post(f"/api/v1/projects/{project.pk}/adopt-model", body, format="json").data
    assert ModelVersion.objects.get(project=project).card["classes"] == classes
    answer = client.post(f"/api/v1/projects/{other.pk}/adopt-model", body, format="json")
    assert answer.data.get("code") == ("other_classes" if told_apart else None)


def test_without_labels_a_strangers_network_waits(make_setting, tmp_path):
    setting = make_setting(n_train=1, n_val=1, n_test=0)
    client = client_for(setting.manager)
    send(client, setting.project, save_onnx(tmp_path / "n.onnx").read_bytes(), **FORM)
    do("training.import_model")
    do("training.evaluate_model")

    version = ModelVersion.objects.get()
    assert (version.state, version.gate["decision"]) == (ModelState.CANDIDATE, "not_enough")
    setting.label(*setting.val)
    assert client.post(f"/api/v1/models/{version.pk}/measure").status_code == 200
    do("training.evaluate_model")
    version.refresh_from_db()
    assert version.gate["n"] == 1


@pytest.mark.parametrize(
    ("data", "form", "code"),
    [
        (b"\x80\x04 pickle", {}, "pickle_refused"),
        (b"nothing", {}, "unknown_network"),
        (b"\x08 onnx", {"outputs": ["magic"]}, "bad_network_form"),
    ],
)
def test_what_is_refused_says_why(labelled, data, form, code):
    client = client_for(labelled.manager)
    send(client, labelled.project, data, **form)
    do("training.import_model")

    row = client.get(f"/api/v1/projects/{labelled.project.pk}/model-imports").json()["results"][0]
    assert (row["state"], row["code"], row["model_version"]) == ("failed", code, None)
    assert not ModelVersion.objects.exists()


def test_a_model_is_taken_over_within_the_lab_only(labelled, trained):
    version = register(labelled.project, trained)
    client = client_for(labelled.manager)
    sister = make_project(labelled.project.lab, manager=labelled.manager)
    stranger = make_project(make_lab(), manager=labelled.manager)
    other = make_project(labelled.project.lab, manager=labelled.manager, task_kind="classification")
    body = {"model": version.pk}

    taken = client.post(f"/api/v1/projects/{sister.pk}/adopt-model", body, format="json")
    assert taken.status_code == 201
    copy = ModelVersion.objects.get(project=sister)
    assert (copy.origin, copy.weights, copy.number) == ("adopted", version.weights, 1)
    assert copy.about["origin"]["project"] == labelled.project.name
    for project, code in (
        (stranger, "model_of_other_lab"),
        (other, "other_task"),
        (labelled.project, "same_project"),
    ):
        answer = client.post(f"/api/v1/projects/{project.pk}/adopt-model", body, format="json")
        assert (answer.status_code, answer.json()["code"]) == (409, code)


def test_who_may_not_see_the_other_project_takes_nothing_from_it(labelled, trained):
    version = register(labelled.project, trained)
    person = make_user()
    own = make_project(labelled.project.lab)
    join_project(own, person, ProjectRole.MANAGER)

    answer = client_for(person).post(
        f"/api/v1/projects/{own.pk}/adopt-model", {"model": version.pk}, format="json"
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_card_says_what_is_known_and_keeps_the_test_split_sealed(labelled, trained):
    version = register(labelled.project, trained)
    lines = [
        {"sample": n, "group": str(n // 2), "value": value}
        for n, value in enumerate((0.5, 0.9, 0.6, 0.8))
    ]
    for split in ("val", "test"):
        Evaluation.objects.create(
            project=version.project, model_version=version, split=split,
            metrics={"ap50": 0.7}, per_image=lines,
        )  # fmt: skip
    card = client_for(labelled.manager).get(f"/api/v1/models/{version.pk}/card").json()

    assert set(card["metrics"]) == {"val"}
    row = card["metrics"]["val"]["mean per image"]
    assert (row["value"], row["n"], row["groups"]) == (pytest.approx(0.7), 4, 2)
    # Both groups have the mean 0.7; single images reach from 0.5 to 0.9.
    assert row["low"] == row["high"] == pytest.approx(0.7)
    assert 0.5 < row["images_low"] < 0.7 < row["images_high"] < 0.9
    assert card["data"]["counts"]["train"]["images"] == 2
    assert card["limits"]["height"] == [26, 27]
    assert card["limits"]["channels"] == 1
    assert "Loss rose." in card["markdown"]
    assert Snapshot.objects.get().content_hash in card["markdown"]
