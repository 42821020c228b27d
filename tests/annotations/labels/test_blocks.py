"""Large label planes in blocks: the same labels as a whole plane has, at every level."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.labels import blocks, pieces, planes, wire
from annotations.labels.blocks import BlockAt
from annotations.models import Annotation
from core.errors import DomainError
from core.storage import get_storage
from tests.factories import client_for, make_annotation, make_image, make_project, make_sample

# Not square, three levels, and the last blocks are not full.
SHAPE = (1300, 1100)


def cells(seed=0, count=40):
    rng = np.random.default_rng(seed)
    plane = np.zeros(SHAPE, np.uint32)
    for label in range(1, count + 1):
        y, x = rng.integers(0, SHAPE[0] - 90), rng.integers(0, SHAPE[1] - 90)
        plane[y : y + rng.integers(1, 90), x : x + rng.integers(1, 90)] = label * 1000
    return plane


def rectangle(plane, y0, x0, height, width, label):
    after = plane.copy()
    after[y0 : y0 + height, x0 : x0 + width] = label
    return after


def table_of(plane):
    """Measure the objects pixel by pixel."""
    rows = []
    for label in np.unique(plane[plane > 0]):
        y, x = np.nonzero(plane == label)
        box = [x.min(), y.min(), x.max() + 1, y.max() + 1]
        rows.append([label, y.size, x.mean(), y.mean(), *box])
    return rows


def test_the_grid_halves_until_one_block_holds_all():
    assert blocks.grid_of(SHAPE) == ((3, 3), (2, 2), (1, 1))
    assert blocks.grid_of((512, 512)) == ((1, 1),)
    assert blocks.grid_of((20_000, 20_000)) == (
        (40, 40),
        (20, 20),
        (10, 10),
        (5, 5),
        (3, 3),
        (2, 2),
        (1, 1),
    )


def test_a_plane_comes_back_and_travels_whole():
    plane = cells()
    packed = blocks.read_blocks(blocks.pack_blocks(plane).to_bytes(), SHAPE)
    np.testing.assert_array_equal(packed.plane(), plane)
    np.testing.assert_array_equal(wire.unpack_plane(packed.wire_plane(), SHAPE), plane)


def test_blocks_hold_every_nth_pixel():
    plane = cells()
    packed = blocks.pack_blocks(plane)
    for at in blocks.places(SHAPE):
        step = 2**at.level
        expected = np.zeros((512, 512), np.uint32)
        for row in range(512):
            y = (at.y + row) * step + step // 2
            columns = (at.x + np.arange(512)) * step + step // 2
            inside = columns < SHAPE[1]
            if y < SHAPE[0]:
                expected[row, inside] = plane[y, columns[inside]]
        block = packed.packed_block(at)
        found = wire.unpack_plane(block, (512, 512)) if block else np.zeros((512, 512), np.uint32)
        np.testing.assert_array_equal(found, expected)


EDITS = st.lists(
    st.tuples(
        st.integers(0, SHAPE[0] - 1),
        st.integers(0, SHAPE[1] - 1),
        st.integers(1, 700),
        st.integers(1, 700),
        st.sampled_from([0, 1, 1000, 70_000, 2**32 - 1]),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=20)
@given(EDITS)
def test_edits_give_the_bytes_of_the_edited_plane(edits):
    plane = cells()
    packed = blocks.pack_blocks(plane)
    for edit in edits:
        after = rectangle(plane, *edit)
        patch = wire.encode_patch(plane, after)
        if patch:
            packed = packed.edited([pieces.patch_pieces(patch, SHAPE)])
        plane = after
    assert packed.to_bytes() == blocks.pack_blocks(plane).to_bytes()
    np.testing.assert_array_equal(packed.plane(), plane)


def test_a_run_over_the_ends_of_rows():
    width = 7
    patch = wire.encode_varints(np.array([width, 5, 12, 3]))
    found = pieces.patch_pieces(patch, (4, width))
    rows = zip(found.y, found.x0, found.x1, found.label, strict=True)
    assert [tuple(map(int, row)) for row in rows] == [(0, 5, 7, 3), (1, 0, 7, 3), (2, 0, 3, 3)]


def test_objects_are_measured_without_unpacking():
    plane = rectangle(cells(), 500, 490, 40, 60, 2**32 - 1)
    whole = planes.LabelStack((1, 1, *SHAPE), (wire.pack_plane(plane),))
    in_blocks = planes.LabelStack((1, 1, *SHAPE), (blocks.pack_blocks(plane),))
    for stack in (whole, in_blocks):
        table = pieces.tabulate(stack.pieces(0, 0))
        columns = (table.id, table.area, table.x, table.y, *table.box.T)
        np.testing.assert_allclose(np.stack(columns, axis=1), table_of(plane))
        assert stack.object_ids().tolist() == np.unique(plane)[1:].tolist()
    assert planes.empty_stack((1, 2, *SHAPE)).object_ids().tolist() == []


def test_a_stack_keeps_large_planes_in_blocks():
    shape = (2, 1, 4097, 4097)
    patch = wire.encode_varints(np.array([4097, 4097 * 4000 + 3990, 20, 5]))
    stack = planes.empty_stack(shape).edited({(1, 0): [patch]})
    again = planes.read_stack(stack.to_bytes())
    assert again.packed[0] == b""
    assert isinstance(again.packed[1], blocks.PackedBlocks)
    assert sum(map(bool, again.packed[1].packed)) == 1  # row 4000 is not one of the coarser levels
    assert again.object_ids().tolist() == [5]
    assert again.plane(1, 0)[4000, 3985:4015].tolist() == [0] * 5 + [5] * 20 + [0] * 5
    undone = wire.encode_varints(np.array([4097, 4097 * 4000 + 3990, 20, 0]))
    assert again.edited({(1, 0): [undone]}).to_bytes() == planes.empty_stack(shape).to_bytes()


@pytest.mark.parametrize("cut", [0, 20, -1])
def test_damaged_blocks_are_noticed(cut):
    data = blocks.pack_blocks(cells()).to_bytes()[:cut]
    with pytest.raises(ValueError, match="blocks"):
        blocks.read_blocks(data, SHAPE)


@pytest.mark.parametrize("at", [(3, 0, 0), (0, 3, 0), (1, 0, 2)])
def test_blocks_that_are_not_there(at):
    stack = planes.empty_stack((1, 1, *SHAPE))
    with pytest.raises(DomainError) as caught:
        stack.wire_blocks(0, 0, [BlockAt(*at)])
    assert caught.value.code == "no_such_block"


@pytest.fixture
def draft(db):
    """A draft on a picture of `SHAPE` that starts from cells, kept in blocks."""
    sample = make_sample(make_project(), make_image(size_y=SHAPE[0], size_x=SHAPE[1]))
    start = planes.LabelStack((1, 1, *SHAPE), (blocks.pack_blocks(cells()),))
    return make_annotation(sample, start_key=get_storage().put(start.to_bytes()))


def blocks_of(response):
    found = []
    rest = response.content
    while rest:
        (length,) = struct.unpack_from("<I", rest)
        block, rest = rest[4 : 4 + length], rest[4 + length :]
        values = gzip.decompress(block) if length else wire.encode_varints(np.array([512 * 512, 0]))
        found.append(wire.decode_plane(values, (512, 512)))
    return found


def test_blocks_through_the_api(draft):
    after = rectangle(cells(), 505, 100, 30, 500, 9)
    patch = wire.encode_patch(cells(), after)
    draft.operations.create(op_id=draft.pk, seq=1, kind="patch", patch=patch)
    Annotation.objects.update(version=1)
    client = client_for(draft.user)
    address = f"/api/v1/annotations/{draft.pk}/labels"
    response = client.get(f"{address}/blocks?blocks=0-0-0,0-1-1,2-0-0,0-2-2")
    assert response["X-Cytoloop-Version"] == "1"
    found = blocks_of(response)
    assert len(found) == 4
    np.testing.assert_array_equal(found[0], after[:512, :512])
    np.testing.assert_array_equal(found[1], after[512:1024, 512:1024])
    np.testing.assert_array_equal(found[2][:325, :275], after[2::4, 2::4])
    np.testing.assert_array_equal(found[3][:276, :76], after[1024:, 1024:])

    answer = client.get(f"{address}/objects").json()
    assert (answer["version"], answer["largest"]) == (1, int(after.max()))
    np.testing.assert_allclose(answer["objects"], table_of(after), atol=0.005)


def test_bad_questions(draft):
    client = client_for(draft.user)
    address = f"/api/v1/annotations/{draft.pk}/labels"
    for query in (
        "",
        "blocks=",
        "blocks=1",
        "blocks=0-0-0;",
        "blocks=" + ",".join(["0-0-0"] * 257),
    ):
        assert client.get(f"{address}/blocks?{query}").status_code == 400
    for query in ("blocks=0-9-0", "blocks=0-0-0&z=1"):
        assert client.get(f"{address}/blocks?{query}").status_code == 404
    assert client.get(f"{address}/objects?t=1").status_code == 404
