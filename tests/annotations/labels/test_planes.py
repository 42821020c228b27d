"""Label stacks as blobs, and what can be said of them."""

import numpy as np
import pytest

from annotations.labels import planes
from annotations.labels.bands import Relabelled, count_objects, number_rows
from annotations.labels.geometry import locate_objects
from core.errors import DomainError

SHAPE = (2, 3, 5, 9)


@pytest.fixture
def labels():
    stack = np.zeros(SHAPE, np.uint32)
    stack[0, 1, 1:3, 2:7] = 4
    stack[1, 2, 0, 8] = 70_000
    return stack


def test_a_stack_comes_back(labels):
    data = planes.stack_of(labels).to_bytes()
    np.testing.assert_array_equal(planes.read_stack(data).array(), labels)
    assert data == planes.stack_of(labels.astype(np.int64)).to_bytes()


def test_planes_of_zeros_take_no_room_and_travel(labels):
    stack = planes.stack_of(labels)
    assert [bool(packed) for packed in stack.packed] == [False, True, False, False, False, True]
    assert not planes.wire.unpack_plane(stack.wire_plane(0, 0), SHAPE[2:]).any()
    assert planes.empty_stack(SHAPE) == planes.stack_of(np.zeros(SHAPE, np.uint8))


def test_one_plane_is_replaced(labels):
    plane = np.full(SHAPE[2:], 9, np.uint32)
    changed = planes.stack_of(labels).replace({(1, 0): plane})
    labels[1, 0] = 9
    np.testing.assert_array_equal(changed.array(), labels)


@pytest.mark.parametrize("place", [(2, 0), (0, 3), (-1, 0)])
def test_planes_that_are_not_there(labels, place):
    with pytest.raises(DomainError) as caught:
        planes.stack_of(labels).plane(*place)
    assert caught.value.code == "no_such_plane"


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((5, 9), np.uint8),
        np.zeros(SHAPE, np.float32),
        np.full(SHAPE, -1, np.int32),
        np.full(SHAPE, 2**32, np.int64),
        np.zeros((0, 1, 5, 9), np.uint8),
    ],
    ids=["axes", "floats", "negative", "too large", "nothing"],
)
def test_what_is_no_label_image_is_refused(bad):
    with pytest.raises(DomainError) as caught:
        planes.stack_of(bad)
    assert caught.value.code == "bad_labels"


@pytest.mark.parametrize("cut", [0, 10, 30, -1])
def test_damaged_blobs_are_noticed(labels, cut):
    data = planes.stack_of(labels).to_bytes()[:cut]
    with pytest.raises(ValueError, match="blob"):
        planes.read_stack(data)


def test_objects_are_located(labels):
    small, large = locate_objects(planes.stack_of(labels))
    assert (small.id, small.t, small.z, small.x, small.y, small.area) == (4, 0, 1, 4.0, 1.5, 10)
    assert (large.id, large.t, large.z, large.x, large.y, large.area) == (70_000, 1, 2, 8.0, 0.0, 1)
    assert locate_objects(planes.empty_stack(SHAPE)) == []


def test_ids_areas_and_numbers(labels, monkeypatch):
    counted = count_objects(planes.stack_of(labels))
    assert counted.ids.tolist() == [4, 70_000]
    assert counted.areas.tolist() == [10, 1]
    for largest in (1 << 22, 1):
        # By a table, and by a search.
        monkeypatch.setattr("annotations.labels.bands.LARGEST_LOOKUP", largest)
        rows = np.array([[0, 4, 5, 70_000, 80_000, 1]], np.uint32)
        assert number_rows(rows, counted.ids).tolist() == [[0, 1, 0, 2, 0, 0]]


def test_objects_get_other_labels(labels):
    image = Relabelled(planes.stack_of(labels), {4: 9}, otherwise=3)
    again = planes.pack_image(image).array()
    np.testing.assert_array_equal(again, np.choose(labels > 0, [0, np.where(labels == 4, 9, 3)]))
