"""Maps of uncertainty: kept in a file, beside the proposal, shown to those who may see it."""

import gzip
import io

import numpy as np
import pytest

from annotations.models import SampleState
from core.storage import get_storage
from tests.factories import client_for, join_project, make_user
from training.assist.maps import drop_stale_maps
from training.decoding import doubt
from training.decoding.doubt import pack_doubt, read_doubt, unpack_doubt
from training.ml.blocks import blocks
from training.ml.kinds.doubt_parts import DoubtParts
from training.models import ModelVersion, Prediction


def plane_of(packed, *, t=0, z=0):
    found = read_doubt(io.BytesIO(packed), t=t, z=z)
    return None if found is None else found.unpack()


def test_planes_come_back_one_by_one():
    values = np.random.default_rng(0).integers(0, 256, (2, 3, 5, 7)).astype(np.uint8)
    packed = pack_doubt(values)
    assert packed == pack_doubt(values)
    for t, z in np.ndindex(2, 3):
        np.testing.assert_array_equal(plane_of(packed, t=t, z=z), values[t, z])
    assert plane_of(packed, t=2) is None
    assert plane_of(packed, z=-1) is None
    np.testing.assert_array_equal(unpack_doubt(packed), values)
    with pytest.raises(ValueError, match="no map"):
        read_doubt(io.BytesIO(b"something else"), t=0, z=0)


def test_large_planes_are_kept_coarser(monkeypatch):
    values = np.zeros((1, 1, 5, 8), dtype=np.uint8)
    values[..., :2, :2] = [[0, 40], [80, 120]]
    values[..., 4, 7] = 9
    monkeypatch.setattr(doubt, "MOST_OF_A_PLANE", 12)
    plane = plane_of(pack_doubt(values))
    # Blocks of 2 x 2; the last row of blocks is one pixel high.
    assert plane.shape == (3, 4)
    assert plane[0, 0] == 60
    assert plane[2, 3] == round((0 + 9) / 2)
    monkeypatch.setattr(doubt, "MOST_IN_ALL", 1)
    assert plane_of(pack_doubt(values)).shape == (1, 1)


def test_parts_add_up_to_the_map_of_the_whole(monkeypatch):
    shape = (2, 3, 41, 70)
    shares = np.random.default_rng(1).random(shape)
    monkeypatch.setattr(doubt, "MOST_OF_A_PLANE", 200)
    parts = DoubtParts(shape)
    for t in range(2):
        # Parts of 13 pixels do not end where blocks of 4 do.
        for block in blocks(shape[-2:], core=13, margin=0):
            parts.add(t, block.core, shares[(t, slice(None), *block.core)])
    whole = unpack_doubt(pack_doubt(np.rint(255 * shares).astype(np.uint8)))
    assert parts.map().shape == whole.shape == (2, 3, 11, 18)
    assert np.abs(parts.map().astype(int) - whole).max() <= 2
    full = DoubtParts(shape)
    full.add(0, (slice(0, 41), slice(0, 70)), np.ones(shape[-2:]))
    assert (full.map()[0] == 255).all()
    # What was packed once is not made coarser by being packed again.
    assert unpack_doubt(pack_doubt(parts.map())).shape == whole.shape


@pytest.fixture
def scored(setting, db):
    """Two models looked at a sample in training, the newer one with a map of a smaller plane."""
    sample = setting.train[0]
    for number, value in ((1, 10), (2, 200)):
        version = ModelVersion.objects.create(
            project=setting.project, number=number, weights="0" * 64
        )
        packed = pack_doubt(np.full((1, 1, 3, 4), value, dtype=np.uint8))
        Prediction.objects.create(
            model_version=version, sample=sample, doubt_map=get_storage().put(packed)
        )
    return sample


def test_the_newest_map_is_shown_to_members_only(scored, setting):
    client = client_for(join_project(setting.project))
    answer = client.get(f"/api/v1/samples/{scored.pk}/uncertainty")
    assert answer.status_code == 200
    assert (answer["X-Cytoloop-Shape"], answer["X-Cytoloop-Source"]) == ("3,4", "model 2")
    assert gzip.decompress(answer.content) == bytes([200] * 12)
    assert client.get(f"/api/v1/samples/{scored.pk}/uncertainty?z=1").status_code == 204
    stranger = client_for(make_user())
    assert stranger.get(f"/api/v1/samples/{scored.pk}/uncertainty").status_code == 404


def test_held_out_samples_show_no_map(scored, setting):
    client = client_for(join_project(setting.project))
    held = setting.val[0]
    newest = Prediction.objects.order_by("-model_version__number").first()
    newest.sample = held
    newest.save()
    assert client.get(f"/api/v1/samples/{held.pk}/uncertainty").status_code == 204


def test_maps_are_dropped_when_a_newer_model_told_its_own_or_the_truth_is_known(scored):
    old, new = Prediction.objects.order_by("model_version__number")
    assert drop_stale_maps() == 1
    old.refresh_from_db()
    assert old.doubt_map == ""
    scored.state = SampleState.ACCEPTED
    scored.save()
    assert drop_stale_maps() == 1
    new.refresh_from_db()
    assert new.doubt_map == ""
