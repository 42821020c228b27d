"""From the claim to the ground truth, through the API."""

import base64
import uuid

import numpy as np
import pytest

from annotations.labels import wire
from annotations.labels.services import put_proposal
from annotations.models import Annotation, GroundTruth, Sample
from annotations.review.services import get_ground_truth_labels
from tests.factories import (
    HEIGHT,
    WIDTH,
    client_for,
    join_project,
    make_mask,
    make_project,
    make_queued_sample,
)

pytestmark = pytest.mark.django_db


def patch_operation(before, after, **fields):
    patch = base64.b64encode(wire.encode_patch(before, after)).decode()
    return {
        "op_id": str(uuid.uuid4()),
        "kind": "patch",
        "t": 0,
        "z": 0,
        "at": 0,
        "patch": patch,
        **fields,
    }


def read_plane(response):
    height, width = map(int, response["X-Cytoloop-Shape"].split(","))
    return wire.unpack_plane(response.content, (height, width))


def test_claim_edit_submit_accept():
    project = make_project()
    sample = make_queued_sample(project)
    start = make_mask().astype(np.uint32)
    put_proposal(
        sample,
        source="classical",
        labels=start[None, None],
        objects=[{"id": 1, "class_index": 1, "confidence": 0.9}],
        reason="unsure about 1 of 2 outlines",
    )
    client = client_for(join_project(project))

    claimed = client.post(f"/api/v1/projects/{project.pk}/next").json()
    assert claimed["sample"]["id"] == sample.pk
    assert claimed["proposal"]["reason"] == "unsure about 1 of 2 outlines"
    address = f"/api/v1/annotations/{claimed['annotation']['id']}"

    labels = client.get(f"{address}/labels?t=0&z=0")
    assert labels["X-Cytoloop-Version"] == "0"
    np.testing.assert_array_equal(read_plane(labels), start)

    edited = start.copy()
    edited[0, 0:5] = 9
    operation = patch_operation(start, edited)
    for _ in range(2):
        stored = client.post(f"{address}/ops", {"base_version": 0, "ops": [operation]})
        assert stored.json() == {"version": 1, "applied": [operation["op_id"]]}
    np.testing.assert_array_equal(read_plane(client.get(f"{address}/labels")), edited)

    body = {"token": claimed["assignment"]["token"], "seconds": 12.5}
    for _ in range(2):
        submitted = client.post(f"{address}/submit", body)
        assert submitted.json() == {"state": "submitted", "extra_vote": False, "next": None}

    sample.refresh_from_db()
    assert sample.state == "accepted"
    np.testing.assert_array_equal(get_ground_truth_labels(sample), edited[None, None])
    truth = GroundTruth.objects.get(sample=sample)
    assert truth.object_classes == {"1": 1, "2": 1, "9": 1}
    annotation = Annotation.objects.get()
    assert (annotation.n_objects, annotation.n_operations, annotation.seconds) == (3, 1, 12.5)
    assert (
        client.post(f"/api/v1/projects/{project.pk}/next").json()["reason"]["code"]
        == "all_labelled"
    )
    assert Sample.objects.get().open_slots == 0
    assert edited.shape == (HEIGHT, WIDTH)
