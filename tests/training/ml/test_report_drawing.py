"""The parts of a report: which examples, what is drawn, which cells are worst."""

import numpy as np
import pytest
from PIL import Image

from training.metrics.object_errors import judge_objects
from training.ml.report.album import Album
from training.ml.report.cells import worst_cells
from training.ml.report.choose import Quota, choose_examples
from training.ml.report.drawing import (
    ERROR_COLORS,
    Part,
    draw_errors,
    outline,
    part_around,
    part_of,
    render_picture,
    save_errors,
    whole_part,
)
from training.ml.report.instance import largest_box, telling_place


def test_examples_are_the_worst_the_middle_the_best_and_random_ones():
    values = [0.5, 0.1, 0.9, 0.3, 0.7]
    chosen = choose_examples(values, Quota(1, 1, 1, 0), rng=np.random.default_rng(0))
    assert chosen == [(1, ("worst",)), (0, ("median",)), (2, ("best",))]


def test_random_examples_are_drawn_from_all_and_follow_from_the_seed():
    quota = Quota(2, 0, 0, 3)
    drawn = [choose_examples([0.0] * 6, quota, rng=np.random.default_rng(s)) for s in range(40)]
    again = choose_examples([0.0] * 6, quota, rng=np.random.default_rng(7))
    assert drawn[7] == again
    # The worst ones are drawn as often as others: 3 of 6, in 40 draws.
    both = sum(("worst", "random") in dict(chosen).values() for chosen in drawn)
    assert both > 20


def test_few_items_are_shown_once_each_with_all_reasons():
    chosen = choose_examples([0.4], Quota(4, 2, 2, 4), rng=np.random.default_rng(0))
    assert chosen == [(0, ("worst", "random", "median", "best"))]
    assert choose_examples([], Quota(1, 1, 1, 1), rng=np.random.default_rng(0)) == []


# What is drawn


def test_large_planes_are_shown_in_part_about_the_place():
    assert part_of((48, 64), (0, 0)) == Part((0, 0, 48, 64), 1)
    assert part_of((900, 1200), (0, 0)) == Part((0, 0, 900, 1200), 2)
    assert part_of((900, 5000), (450, 4900)) == Part((0, 3720, 900, 5000), 2)
    assert whole_part((100, 700), side=160) == Part((0, 0, 100, 700), 5)
    assert part_around((300, 400), (10, 350, 20, 360), least=48) == Part((0, 331, 48, 379), 1)


def test_pictures_are_shrunk_by_means_of_blocks():
    plane = np.arange(15, dtype=np.uint8).reshape(1, 3, 5)
    shown = render_picture(np.repeat(plane, 3, axis=0), Part((0, 0, 3, 5), 2))
    # The first block is 0, 1, 5, 6; the last pixel stands alone.
    assert shown.shape == (2, 3, 3)
    assert shown[0, 0].tolist() == [3, 3, 3]
    assert shown[1, 2].tolist() == [14, 14, 14]


@pytest.mark.parametrize(("channels", "shape"), [(1, (6, 9)), (2, (6, 9, 3)), (4, (6, 9, 3))])
def test_channels_become_colours(channels, shape):
    plane = np.random.default_rng(0).integers(0, 4000, (channels, 6, 9)).astype(np.uint16)
    plane[0, 0, 0] = 60_000
    shown = render_picture(plane, Part((0, 0, 6, 9), 1))
    assert shown.shape == shape
    assert shown[0, 0].max() == 255


def test_errors_are_marked_with_fill_and_rim():
    truth, prediction = np.zeros((2, 6, 9), dtype=np.int32)
    truth[0:4, 0:4] = 5
    prediction[2:6, 4:8] = 3
    codes = draw_errors(
        truth,
        prediction,
        Part((0, 0, 6, 9), 1),
        of_truth={5: "missed"},
        of_prediction={3: "false"},
    )
    missed, false = (1 + list(ERROR_COLORS).index(kind) for kind in ("missed", "false"))
    assert codes[1, 1] == missed
    assert codes[0, 0] == missed  # the picture's rim is no rim of a cell
    assert codes[3, 1] == missed + len(ERROR_COLORS)
    assert codes[4, 6] == false
    assert codes[0, 8] == 0


def test_a_false_object_inside_a_missed_one_is_seen_by_its_rim():
    truth, prediction = np.zeros((2, 8, 11), dtype=np.int32)
    truth[1:7, 1:9] = 1
    prediction[2:6, 2:6] = 1
    whole = Part((0, 0, 8, 11), 1)
    codes = draw_errors(
        truth, prediction, whole, of_truth={1: "missed"}, of_prediction={1: "false"}
    )
    missed, false = (1 + list(ERROR_COLORS).index(kind) for kind in ("missed", "false"))
    assert codes[2, 3] == false + len(ERROR_COLORS)
    assert codes[3, 3] == missed


def test_layers_are_see_through_where_nothing_is(tmp_path):
    codes = np.array([[0, 2, 2 + len(ERROR_COLORS)]], dtype=np.uint8)
    save_errors(tmp_path / "e.png", codes)
    with Image.open(tmp_path / "e.png") as image:
        pixels = np.asarray(image.convert("RGBA"))[0]
    assert pixels[0, 3] == 0
    assert tuple(pixels[1, :3]) == tuple(pixels[2, :3]) == (0xD5, 0x5E, 0x00)
    assert 0 < pixels[1, 3] < pixels[2, 3] == 255


def test_rims_are_inside_objects():
    labels = np.zeros((5, 7), dtype=np.int32)
    labels[1:4, 1:5] = 2
    rim = outline(labels, Part((0, 0, 5, 7), 1))
    assert rim.sum() == 10
    assert not rim[2, 2:4].any()


def test_the_plane_with_most_errors_is_shown():
    wrong, truth = np.zeros((3, 6, 9), dtype=bool), np.zeros((3, 6, 9), dtype=np.int32)
    truth[0] = 1
    wrong[2, 1:3, 4:7] = True
    assert telling_place(wrong, truth) == (2, (1.5, 5.0))
    assert telling_place(wrong & False, truth)[0] == 0
    assert telling_place(wrong & False, truth * 0) == (0, (3.0, 4.5))
    assert largest_box(wrong) == (2, (1, 4, 3, 7))


def test_an_album_stops_when_it_is_full(tmp_path):
    (tmp_path / "old.png").write_bytes(b"of an earlier attempt")
    album = Album(tmp_path, most_bytes=10)
    assert album.add("a", lambda path: path.write_bytes(b"x" * 11)) == "a.png"
    assert album.add("b", lambda path: path.write_bytes(b"x")) is None
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


# Worst cells


def test_worst_cells_are_the_surest_false_and_the_least_covered_missed():
    truth, prediction = np.zeros((2, 10, 30), dtype=np.int32)
    truth[0:4, 0:4], truth[0:4, 10:14] = 1, 2
    prediction[0:4, 2:6] = 5  # a third of the first is covered
    prediction[6:9, 0:3], prediction[6:9, 10:13] = 6, 7
    errors = judge_objects(truth, prediction)
    cells = worst_cells([(errors, {5: 0.5, 6: 0.7, 7: 0.95})], most=2)
    assert [(c.kind, c.object) for c in cells] == [
        ("missed", 2),
        ("missed", 1),
        ("false", 7),
        ("false", 6),
    ]
    assert cells[1].iou == pytest.approx(8 / 24)
    assert [c.confidence for c in cells] == [None, 0.5, 0.95, 0.7]


# The whole
