"""Maps of uncertainty: kept in a file, beside the proposal, shown to those who may see it."""

import io

import numpy as np
import pytest

from training.decoding import doubt
from training.decoding.doubt import pack_doubt, read_doubt


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
