"""The wire formats: both ways, against the front end's vectors, and against hostile bytes."""

import base64
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from annotations.labels import wire
from core.errors import DomainError

VECTORS = json.loads(
    (Path(__file__).parents[3] / "frontend" / "test" / "fixtures" / "wire.json").read_text()
)
LABELS = st.sampled_from([0, 1, 2, 127, 128, 70_000, wire.LARGEST_LABEL])
SHAPES = st.tuples(st.integers(1, 12), st.integers(1, 17))
PLANES = SHAPES.flatmap(lambda shape: hnp.arrays(np.uint32, shape, elements=LABELS))


@pytest.mark.parametrize("vector", VECTORS["planes"], ids=lambda v: v["name"])
def test_planes_are_those_of_the_front_end(vector):
    shape = tuple(vector["shape"])
    plane = np.array(vector["labels"], np.uint32).reshape(shape)
    data = base64.b64decode(vector["bytes"])
    assert wire.encode_plane(plane) == data
    np.testing.assert_array_equal(wire.decode_plane(data, shape), plane)
    np.testing.assert_array_equal(wire.unpack_plane(base64.b64decode(vector["gzip"]), shape), plane)


@pytest.mark.parametrize("vector", VECTORS["patches"], ids=lambda v: v["name"])
def test_patches_are_those_of_the_front_end(vector):
    shape = tuple(vector["shape"])
    before = np.array(vector["before"], np.uint32).reshape(shape)
    after = np.array(vector["after"], np.uint32).reshape(shape)
    plane = before.copy()
    wire.apply_patch(plane, base64.b64decode(vector["bytes"]))
    np.testing.assert_array_equal(plane, after)
    wire.apply_patch(plane, base64.b64decode(vector["undo"]))
    np.testing.assert_array_equal(plane, before)


@given(st.lists(st.integers(0, 2**35 - 1), max_size=60))
def test_varints_come_back(values):
    array = np.array(values, np.int64)
    np.testing.assert_array_equal(wire.decode_varints(wire.encode_varints(array)), array)


@given(PLANES)
def test_planes_come_back(plane):
    packed = wire.pack_plane(plane)
    np.testing.assert_array_equal(wire.unpack_plane(packed, plane.shape), plane)
    assert packed == wire.pack_plane(plane.copy())


@given(st.data())
def test_patches_turn_one_plane_into_the_other(data):
    shape = data.draw(SHAPES)
    before, after = (data.draw(hnp.arrays(np.uint32, shape, elements=LABELS)) for _ in range(2))
    patch = wire.encode_patch(before, after)
    plane = before.copy()
    for _ in range(2):
        wire.apply_patch(plane, patch or wire.encode_varints(np.array([shape[1]])))
        np.testing.assert_array_equal(plane, after)
    assert (patch == b"") == np.array_equal(before, after)


def refusal(function, *arguments):
    try:
        function(*arguments)
    except DomainError as error:
        return error.code
    return None


@given(st.binary(max_size=80))
@settings(max_examples=300)
def test_any_bytes_are_applied_or_refused_without_harm(data):
    plane = np.ones((5, 9), np.uint32)
    code = refusal(wire.apply_patch, plane, data)
    assert code in (None, "bad_patch")
    assert code is None or (plane == 1).all()


@given(st.binary(max_size=80))
@settings(max_examples=300)
def test_any_bytes_are_a_plane_or_refused(data):
    for reader in (wire.decode_plane, wire.unpack_plane):
        assert refusal(reader, data, (5, 9)) in (None, "bad_plane")


def varints(*values):
    return wire.encode_varints(np.array(values, np.int64))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        varints(8, 0, 1, 1),
        varints(9, 0, 1),
        varints(9, 0, 46, 1),
        varints(9, 45, 1, 1),
        varints(9, 2**34, 2**34, 1),
        varints(9, 0, 1, 2**32),
        b"\x80",
        b"\x09\x00\x01\xff\xff\xff\xff\xff\x7f",
        bytes(wire.LARGEST_PATCH_BYTES + 1),
    ],
    ids=[
        "empty",
        "other width",
        "half a run",
        "too long",
        "outside",
        "far outside",
        "label beyond 32 bits",
        "cut off",
        "endless number",
        "too large",
    ],
)
def test_bad_patches_are_refused(data):
    plane = np.zeros((5, 9), np.uint32)
    with pytest.raises(DomainError) as caught:
        wire.apply_patch(plane, data)
    assert caught.value.code == "bad_patch"
    assert not plane.any()


def test_zip_bombs_are_refused():
    bomb = gzip.compress(bytes(50_000_000))
    with pytest.raises(DomainError, match="far too long"):
        wire.unpack_plane(bomb, (5, 9))
