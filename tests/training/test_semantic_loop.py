"""A semantic segmentation goes round: painted through the API, voted, trained, judged, proposed."""

import base64
import json
import uuid

import numpy as np
import pytest
import tifffile

from annotations.exchange.reference import sync_project
from annotations.labels import wire
from annotations.labels.selectors import read_labels
from annotations.models import Consensus, GroundTruth, Project, ProjectRole, Proposal
from annotations.review.services import import_ground_truth, settle_sample
from tests.factories import (
    client_for,
    join_project,
    make_dataset,
    make_image,
    make_lab,
    make_sample,
    make_user,
)
from tests.training.fakes import run_queued_jobs
from training.models import ModelVersion, Snapshot
from training.snapshots.materialize import materialize_snapshot
from training.snapshots.selectors import get_manifest
from training.snapshots.services import freeze

pytestmark = pytest.mark.django_db

SHAPE = (48, 72)
DISC, BAND = 2, 3


def _scene(rng):
    """Picture (C, Y, X) and the class index of each pixel: discs, and a brighter band."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    classes = np.zeros(SHAPE, np.uint32)
    for _ in range(3):
        cy, cx = rng.uniform(8, 40), rng.uniform(8, 64)
        classes[(y - cy) ** 2 + (x - cx) ** 2 < 49] = DISC
    start = int(rng.integers(5, 55))
    classes[:, start : start + 12] = BAND
    picture = rng.normal(200, 20, SHAPE)
    picture[classes == DISC] += 1000
    picture[classes == BAND] += 3000
    return picture.clip(0).astype(np.uint16)[None], classes


@pytest.fixture
def scenes(db):
    """A lab's data set: eight pictures to be painted, six with a mask of classes to measure on."""
    lab = make_lab(make_user("boss"))
    dataset = make_dataset(lab)
    rng = np.random.default_rng(1)
    truth = {}
    for at in range(14):
        picture, classes = _scene(rng)
        split = "train" if at < 8 else "val"
        mask = classes.astype(np.uint16) if split == "val" else None
        image = make_image(dataset, picture=picture, mask=mask, split=split)
        truth[image.pk] = classes
    return lab, dataset, truth


def _make_project(client, lab, dataset):
    classes = [{"name": n, "color": "#11aa22", "key": k} for n, k in zip("xyz", "123", strict=True)]
    made = client.post(
        "/api/v1/projects",
        {
            "lab": lab.pk,
            "name": "Tissue",
            "task_kind": "semantic",
            "datasets": [dataset.pk],
            "classes": classes,
            "overlap": 2,
        },
    )
    assert made.status_code == 201, made.json()
    pk = made.json()["id"]
    # The first class goes: what networks count and what the project counts differ from now on.
    kept = made.json()["classes"][1:]
    changes = {"classes": kept, "policy": {"accept_threshold": 0.5}, "loop": {"batch_size": 2}}
    assert client.patch(f"/api/v1/projects/{pk}", changes).status_code == 200
    sync_project(pk, report=lambda **_: None)
    return Project.objects.get(pk=pk)


def _paint(client, project, truth, *, in_pieces):
    """Claim, paint and submit one sample; in pieces, each half of a class is an object."""
    claimed = client.post(f"/api/v1/projects/{project.pk}/next").json()
    sample = claimed["sample"]
    classes = truth[sample["image"]]
    labels = classes.copy()
    if in_pieces:
        labels[:, : SHAPE[1] // 2][classes[:, : SHAPE[1] // 2] > 0] += 10
    patch = base64.b64encode(wire.encode_patch(np.zeros_like(labels), labels)).decode()
    operations = [{"kind": "patch", "patch": patch}]
    for number in np.unique(labels[labels > 0]).tolist():
        payload = {"object": number, "class_index": number % 10}
        operations.append({"kind": "class", "payload": payload})
    for operation in operations:
        operation |= {"op_id": str(uuid.uuid4()), "t": 0, "z": 0, "at": 0}
    address = f"/api/v1/annotations/{claimed['annotation']['id']}"
    stored = client.post(f"{address}/ops", {"base_version": 0, "ops": operations})
    assert stored.status_code == 200, stored.json()
    body = {"token": claimed["assignment"]["token"], "seconds": 3}
    assert client.post(f"{address}/submit", body).status_code == 200
    return sample["id"]


@pytest.mark.slow
def test_from_paint_to_proposals(scenes, engine_double):
    lab, dataset, truth = scenes
    manager = client_for(lab.memberships.get().user)
    project = _make_project(manager, lab, dataset)
    # Masks that came with held-out pictures hold class indexes, and are their ground truth.
    imported = GroundTruth.objects.filter(sample__project=project)
    assert imported.count() == 6
    assert all(set(t.object_classes.values()) <= {DISC, BAND} for t in imported)

    people = [client_for(join_project(project, role=ProjectRole.ANNOTATOR)) for _ in range(2)]
    for _ in range(6):
        done = {_paint(p, project, truth, in_pieces=p is people[0]) for p in people}
        (sample,) = done
        settle_sample(sample)
        consensus = Consensus.objects.get(sample=sample)
        assert consensus.agreement == 1.0
        assert consensus.object_classes == {"2": DISC, "3": BAND}
        voted = read_labels(consensus.key, consensus.sample)
        np.testing.assert_array_equal(voted[0, 0], truth[consensus.sample.image_id])

    started = manager.post(f"/api/v1/projects/{project.pk}/runs", {})
    assert started.status_code == 201, started.json()
    run_queued_jobs()
    version = ModelVersion.objects.get()
    assert version.gate["decision"] == "promote", version.gate
    assert version.card["classes"] == [DISC, BAND]
    assert get_manifest(Snapshot.objects.get()).ignore_value == 65_535
    metrics = version.evaluations.get(split="val").metrics
    # The double finds every class at its place among those that are left.
    assert metrics["mean_iou"] == metrics["iou_1"] == metrics["iou_2"] == 1
    assert metrics["low"] <= metrics["mean_iou"] <= metrics["high"]
    curve = manager.get(f"/api/v1/projects/{project.pk}/learning-curve").json()
    assert curve["metric"] == "mean_iou"

    assert manager.post(f"/api/v1/projects/{project.pk}/rounds", {}).status_code == 201
    run_queued_jobs()
    proposals = Proposal.objects.filter(source="model 1")
    assert proposals
    for proposal in proposals:
        labels = read_labels(proposal.key, proposal.sample)
        assert set(np.unique(labels).tolist()) <= {0, DISC, BAND}
        assert all(item["id"] == item["class_index"] for item in proposal.objects_found)
        np.testing.assert_array_equal(labels[0, 0], truth[proposal.sample.image_id])
        assert proposal.sample.reason


def test_strokes_without_background(scenes, engine_double, tmp_path):
    """Where labels are partial, what nobody painted is unknown in the snapshot, not background."""
    lab, dataset, _ = scenes
    client = client_for(lab.memberships.get().user)
    body = {"lab": lab.pk, "name": "Strokes", "task_kind": "semantic", "partial_labels": True}
    classes = [{"name": "ground"}, {"name": "cell"}]
    refused = client.post("/api/v1/projects", body | {"classes": classes[:1]})
    assert refused.json()["code"] == "too_few_classes"
    made = client.post("/api/v1/projects", body | {"classes": classes})
    assert made.json()["partial_labels"] is True
    project = Project.objects.get(pk=made.json()["id"])
    sample = make_sample(project, dataset.images.first())
    strokes = np.zeros((1, 1, *SHAPE), np.uint32)
    strokes[0, 0, 3:5, 4:30], strokes[0, 0, 20:22, 4:40], strokes[0, 0, 40, 3:9] = 7, 8, 9
    import_ground_truth(sample, labels=strokes, object_classes={7: 2, 8: 1})
    folder = materialize_snapshot(get_manifest(freeze(project)), tmp_path / "snapshot")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["ignore_value"] == 0
    written = tifffile.imread(folder / manifest["items"][0]["label"]).reshape(SHAPE)
    wanted = np.zeros(SHAPE)
    wanted[3:5, 4:30], wanted[20:22, 4:40] = 2, 1
    # The third stroke has no class: it says nothing.
    np.testing.assert_array_equal(written, wanted)


@pytest.mark.parametrize(
    "options",
    [
        {"task_kind": "instance", "partial_labels": True},
        {"task_kind": "instance", "multi_label": True},
        {"task_kind": "semantic", "multi_label": True},
    ],
)
def test_options_of_other_kinds_are_refused(db, options):
    lab = make_lab(make_user("boss"))
    client = client_for(lab.memberships.get().user)
    classes = [{"name": "a"}, {"name": "b"}]
    answer = client.post(
        "/api/v1/projects", {"lab": lab.pk, "name": "x", "classes": classes, **options}
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == "option_does_not_fit"
