"""A classification with several classes goes round: answered through the API, voted, measured."""

import json
import uuid

import pytest

from annotations.models import Annotation, Consensus, GroundTruth, LabelClass, Proposal
from annotations.review.services import import_ground_truth
from tests.factories import (
    client_for,
    join_project,
    make_dataset,
    make_image,
    make_lab,
    make_project,
    make_queued_sample,
    make_sample,
    make_user,
)
from tests.training.fakes import run_queued_jobs
from training.models import ModelVersion, Snapshot
from training.snapshots.materialize import materialize_snapshot
from training.snapshots.selectors import get_manifest

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(db):
    """Classes 2 and 3 (the first was removed), two answers per picture."""
    lab = make_lab(make_user("boss"))
    dataset = make_dataset(lab)
    project = make_project(
        lab,
        datasets=[dataset],
        classes=("gone", "nucleated", "dividing"),
        manager=lab.memberships.get().user,
        task_kind="classification",
        multi_label=True,
        overlap=2,
        accept_rule="agreement",
        accept_threshold=0.5,
        queue_is_chosen=True,
        loop={"batch_size": 2, "auto": False},
    )
    LabelClass.objects.get(project=project, index=1).delete()
    for _ in range(4):
        make_queued_sample(project, make_image(dataset))
    for at in range(6):
        image = make_image(dataset, split="val")
        import_ground_truth(make_sample(project, image), object_classes={2: 2} if at else {})
    for _ in range(3):
        make_sample(project, make_image(dataset))
    return project


def _toggle(client, annotation, *payloads):
    operations = [
        {"op_id": str(uuid.uuid4()), "kind": "class", "t": 0, "z": 0, "at": 0, "payload": payload}
        for payload in payloads
    ]
    body = {"base_version": 0, "ops": operations}
    return client.post(f"/api/v1/annotations/{annotation}/ops", body)


def _answer(client, project, *, toggles=(), **answer):
    claimed = client.post(f"/api/v1/projects/{project.pk}/next").json()
    annotation = claimed["annotation"]["id"]
    if toggles:
        assert _toggle(client, annotation, *toggles).status_code == 200
    body = {"token": claimed["assignment"]["token"], "seconds": 1, **answer}
    submitted = client.post(f"/api/v1/annotations/{annotation}/submit", body)
    assert submitted.status_code == 200, submitted.json()
    return claimed["sample"]["id"], annotation


def test_people_vote_on_each_class(project):
    one, other = (client_for(join_project(project)) for _ in range(2))
    on = [{"object": index, "class_index": index} for index in (2, 3)]
    off = {"object": 3, "class_index": None}
    # Toggled on and off again, or told at the end: the same answer.
    first, mine = _answer(one, project, toggles=[*on, off])
    again, theirs = _answer(other, project, class_indexes=[2])
    assert first == again
    answers = [Annotation.objects.get(pk=pk) for pk in (mine, theirs)]
    assert [answer.object_classes for answer in answers] == [{"2": 2}] * 2
    truth = GroundTruth.objects.get(sample=first)
    assert (truth.class_index, truth.object_classes, truth.key) == (None, {"2": 2}, "")

    # Nothing of it is an answer; half of the people for a class leaves it to a reviewer.
    second, _ = _answer(one, project, class_indexes=[])
    _answer(other, project, class_indexes=[])
    assert GroundTruth.objects.get(sample=second).object_classes == {}
    third, _ = _answer(one, project, class_indexes=[2, 3])
    _answer(other, project, class_indexes=[2])
    consensus = Consensus.objects.get(sample=third)
    assert consensus.is_undecided
    assert consensus.agreement == 0.5
    assert consensus.object_classes == {"2": 2, "3": 3}
    assert not GroundTruth.objects.filter(sample=third)
    shown = client_for(project.lab.memberships.get().user).get(f"/api/v1/samples/{third}/answers")
    assert [row["classes"] for row in shown.json()] == [[2, 3], [2]]


def test_from_truth_to_proposals(project, engine_double, tmp_path):
    for sample, classes in zip(
        project.samples.filter(state="queued").order_by("pk"),
        ({2: 2}, {}, {2: 2, 3: 3}),
        strict=False,
    ):
        import_ground_truth(sample, object_classes=classes)

    manager = client_for(project.lab.memberships.get().user)
    started = manager.post(f"/api/v1/projects/{project.pk}/runs", {})
    assert started.status_code == 201, started.json()
    run_queued_jobs()
    manifest = get_manifest(Snapshot.objects.get())
    assert manifest.task_kind == "multilabel"
    folder = materialize_snapshot(manifest, tmp_path / "snapshot")
    items = json.loads((folder / "manifest.json").read_text())["items"]
    assert [item["class_indices"] for item in items] == [[0], [], [0, 1], [], *[[0]] * 5]
    assert not any(item["label"] for item in items)

    version = ModelVersion.objects.get()
    metrics = version.evaluations.get(split="val").metrics
    # The double says class 2 of every picture; one of six has none.
    assert metrics["sample_f1"] == pytest.approx(5 / 6)
    assert metrics["micro_f1"] == pytest.approx(10 / 11)
    curve = manager.get(f"/api/v1/projects/{project.pk}/learning-curve").json()
    assert curve["metric"] == "sample_f1"

    assert manager.post(f"/api/v1/projects/{project.pk}/rounds", {}).status_code == 201
    run_queued_jobs()
    proposal = Proposal.objects.filter(source="model 1").first()
    assert proposal.class_scores == {"2": 0.75, "3": 0.25}
    assert {item["class_index"] for item in proposal.objects_found} == {2}


def test_a_class_that_is_none_is_refused(project):
    client = client_for(join_project(project))
    claimed = client.post(f"/api/v1/projects/{project.pk}/next").json()
    annotation = claimed["annotation"]["id"]
    refused = _toggle(client, annotation, {"object": 1, "class_index": 1})
    assert refused.json()["code"] == "unknown_class"
    body = {"token": claimed["assignment"]["token"], "class_indexes": [1]}
    submitted = client.post(f"/api/v1/annotations/{annotation}/submit", body)
    assert submitted.json()["code"] == "unknown_class"
