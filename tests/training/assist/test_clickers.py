"""Every clicker finds the clicked cell to the pixel, leaves others alone, stays in its window."""

import numpy as np
import pytest

from tests.training.assist.pictures import (
    MAPS,
    distance_maps,
    flow_maps,
    plane_of,
    scene_of,
    text_of,
    tidy,
)
from training.assist.clickers import CLICKERS
from training.assist.scene import Window

TWO = """
    ................................
    ................................
    ....1111111.....................
    ....1111111.....................
    ....1111111.....................
    ....1111111..........2222222....
    ....1111111..........2222222....
    ....1111111..........2222222....
    ....1111111..........2222222....
    .....................2222222....
    .....................2222222....
    .....................2222222....
    ................................
    ................................
"""


def scene_for(name, labels, clicks, **more):
    """What each clicker looks at, made from labels; intensities of two channels."""
    noise = np.random.default_rng(1).integers(0, 12, (2, *labels.shape))
    pixels = ((labels > 0) * 900 + 100 + noise).astype(np.uint16)
    return scene_of(labels.shape, clicks, maps=flow_maps(labels), pixels=pixels, area=49, **more)


@pytest.mark.parametrize("name", CLICKERS)
@pytest.mark.parametrize(("x", "y", "label"), [(6, 4, 1), (10, 8, 1), (24, 7, 2)])
def test_finds_the_clicked_cell_to_the_pixel(name, x, y, label):
    labels = plane_of(TWO)
    found = CLICKERS[name].segment(scene_for(name, labels, [(x, y)]))
    assert text_of(found) == text_of(labels == label)


@pytest.mark.parametrize("name", CLICKERS)
def test_several_clicks_join_and_the_same_clicks_give_the_same(name):
    labels = plane_of(TWO)
    clicks = [(6, 4), (24, 7)]
    found = [CLICKERS[name].segment(scene_for(name, labels, clicks)) for _ in range(2)]
    single = [CLICKERS[name].segment(scene_for(name, labels, [click])) for click in clicks]
    assert np.array_equal(*found)
    assert np.array_equal(found[0], single[0] | single[1])


@pytest.mark.parametrize("name", CLICKERS)
def test_the_window_may_lie_anywhere(name):
    labels = plane_of(TWO)
    found = CLICKERS[name].segment(scene_for(name, labels, [(506, 304)], origin=(300, 500)))
    assert np.array_equal(found, CLICKERS[name].segment(scene_for(name, labels, [(6, 4)])))


@pytest.mark.parametrize("name", CLICKERS)
def test_other_cells_and_what_lies_outside_the_box_are_left_out(name):
    labels = plane_of(TWO)
    taken = np.zeros(labels.shape, bool)
    taken[:, 8:] = True
    limits = Window(0, 3, 32, 8)
    found = CLICKERS[name].segment(scene_for(name, labels, [(6, 5)], taken=taken, limits=limits))
    expected = labels == 1
    expected[:, 8:] = False
    expected[:3], expected[8:] = False, False
    assert text_of(found) == text_of(expected)


@pytest.mark.parametrize("name", CLICKERS)
def test_a_negative_click_cuts_a_cell(name):
    labels = plane_of(TWO)
    found = CLICKERS[name].segment(scene_for(name, labels, [(5, 5), (9, 5, False)]))
    assert found[5, 5]
    assert not found[5, 8:11].any()
    assert not (found & (labels != 1)).any()


@pytest.mark.parametrize("name", CLICKERS)
def test_nothing_to_be_seen_is_said(name):
    flat = np.full((1, 40, 60), 300, np.uint16)
    scene = scene_of((40, 60), [(30, 20)], maps=np.zeros((3, 40, 60), np.float32), pixels=flat)
    assert CLICKERS[name].segment(scene) is None
    noise = np.random.default_rng(0).normal(300, 20, (1, 40, 60)).astype(np.float32)
    scene = scene_of((40, 60), [(30, 20)], maps=np.zeros((3, 40, 60), np.float32), pixels=noise)
    assert CLICKERS[name].segment(scene) is None


@pytest.mark.parametrize("head", MAPS)
def test_touching_cells_are_kept_apart_by_the_maps(head):
    labels = plane_of("""
        ..................
        ..11111112222222..
        ..11111112222222..
        ..11111112222222..
        ..11111112222222..
        ..11111112222222..
        ..................
    """)
    scene = scene_of(labels.shape, [(4, 3)], maps=MAPS[head](labels), head=head, area=35)
    found = CLICKERS["features"].segment(scene)
    assert text_of(found) == text_of(labels == 1)


def test_a_cut_inside_a_flat_cell_runs_half_way_between_the_clicks():
    labels = plane_of("""
        ..........
        .11111111.
        .11111111.
        .11111111.
        ..........
    """)
    scene = scene_of(labels.shape, [(2, 2), (7, 2, False)], maps=flow_maps(labels), area=24)
    assert text_of(CLICKERS["features"].segment(scene)) == tidy("""
        ..........
        .1111.....
        .1111.....
        .1111.....
        ..........
    """)


def test_a_hole_is_filled_unless_it_was_clicked_away():
    labels = plane_of("""
        ...........
        .111111111.
        .111111111.
        .1111.1111.
        .111111111.
        .111111111.
        ...........
    """)
    maps = flow_maps(labels)
    filled = CLICKERS["features"].segment(scene_of(labels.shape, [(2, 2)], maps=maps, area=44))
    kept = CLICKERS["features"].segment(
        scene_of(labels.shape, [(2, 2), (5, 3, False)], maps=maps, area=44)
    )
    assert filled[3, 5]
    assert text_of(kept) == text_of(labels == 1)


def test_where_somebody_points_a_model_that_hesitates_is_believed():
    labels = plane_of(TWO)
    maps = flow_maps(labels)
    maps[0][labels == 2] = 0.3
    scene = scene_of(labels.shape, [(24, 7)], maps=maps, area=49)
    assert text_of(CLICKERS["features"].segment(scene)) == text_of(labels == 2)


def test_maps_at_half_the_scale_give_outlines_at_full_resolution():
    labels = plane_of(TWO)
    large = np.kron(labels, np.ones((2, 2), np.int32))
    scene = scene_of(large.shape, [(12, 9)], maps=flow_maps(labels), scale=(0.5, 0.5), area=49)
    assert np.array_equal(CLICKERS["features"].segment(scene), large == 1)


def test_maps_of_another_part_of_the_plane_are_read_at_their_place():
    labels = plane_of(TWO)
    large = np.kron(labels, np.ones((2, 2), np.int32))
    scene = scene_of(
        large.shape,
        [(112, 209)],
        maps=flow_maps(labels),
        scale=(0.5, 0.5),
        origin=(200, 100),
        area=49,
    )
    assert np.array_equal(CLICKERS["features"].segment(scene), large == 1)


@pytest.mark.parametrize("dark", [False, True])
def test_without_a_model_bright_and_dark_cells_are_found_by_their_step(dark):
    rows, columns = np.indices((90, 130))
    inside = np.hypot((rows - 44) / 14, (columns - 60) / 22) < 1
    ground = 1000 + 3 * columns
    rng = np.random.default_rng(3)
    picture = ground + np.where(inside, -500 if dark else 500, 0) + rng.normal(0, 25, inside.shape)
    scene = scene_of(inside.shape, [(60, 44)], pixels=picture[None].astype(np.float32))
    found = CLICKERS["classical"].segment(scene)
    overlap = (found & inside).sum() / (found | inside).sum()
    assert overlap > 0.93


def test_without_a_model_touching_cells_part_at_the_neck():
    rows, columns = np.indices((60, 90))
    left = np.hypot(rows - 30, columns - 32) < 13
    right = np.hypot(rows - 30, columns - 55) < 13
    picture = np.where(left | right, 3000, 200).astype(np.uint16)
    scene = scene_of(left.shape, [(30, 30)], pixels=picture[None])
    found = CLICKERS["classical"].segment(scene)
    assert not found[:, 46:].any()
    assert (found & left).sum() > 0.95 * left.sum()


def test_without_a_model_what_cells_lie_in_is_no_cell():
    rows, columns = np.indices((60, 90))
    cells = (np.hypot(rows - 30, columns - 20) < 9) | (np.hypot(rows - 30, columns - 66) < 9)
    picture = np.where(cells, 3000, 200).astype(np.uint16)
    assert (
        CLICKERS["classical"].segment(scene_of(cells.shape, [(44, 5)], pixels=picture[None]))
        is None
    )


def test_without_a_model_pixels_that_are_no_numbers_count_as_dark():
    labels = plane_of(TWO)
    picture = np.where(labels == 2, 4.0, 1.0).astype(np.float32)
    picture[0, :3] = np.nan
    picture[13, 30] = np.inf
    found = CLICKERS["classical"].segment(scene_of(labels.shape, [(24, 7)], pixels=picture[None]))
    assert text_of(found) == text_of(labels == 2)


def test_the_maps_of_the_pictures_are_right():
    labels = plane_of("..... .111. .111. .111. .....")
    assert distance_maps(labels)[1, 2, 2] == 1
    assert flow_maps(labels)[:, 1, 2].tolist() == [1, 0.5, 0]


def test_a_cell_too_thin_for_an_interior_is_found_on_maps_that_are_enlarged():
    labels = plane_of("""
        ............
        .1111111111.
        ............
    """)
    fine = np.kron(labels, np.ones((3, 3), np.int32))
    scene = scene_of(labels.shape, [(5, 1)], maps=flow_maps(fine), scale=(3.0, 3.0), area=90)
    assert text_of(CLICKERS["features"].segment(scene)) == text_of(labels)
