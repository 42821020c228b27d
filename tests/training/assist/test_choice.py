"""The window of clicks, and the object that a click near it means."""

import numpy as np

from training.assist.choice import nearest_object
from training.assist.scene import Click, Window, choose_window


def test_the_window_has_the_clicks_in_its_middle_and_ends_with_the_plane():
    assert choose_window([Click(1000, 700)], None, (2000, 3000)) == Window(744, 444, 1256, 956)
    assert choose_window([Click(10, 700)], None, (800, 3000)) == Window(0, 444, 266, 800)
    assert choose_window([Click(3, 2)], None, (24, 40)) == Window(0, 0, 40, 24)


def test_only_clicks_for_the_cell_move_the_window():
    clicks = [Click(600, 700), Click(700, 700), Click(1500, 700, positive=False)]
    assert choose_window(clicks, None, (2000, 3000)) == Window(394, 444, 906, 956)


def test_a_box_has_its_own_middle():
    box = Window(100, 200, 300, 240)
    assert choose_window([Click(110, 210)], box, (2000, 3000)) == Window(0, 0, 456, 476)


def test_clicks_too_far_apart_have_no_window():
    assert choose_window([Click(0, 0), Click(511, 0)], None, (600, 1600)) is not None
    assert choose_window([Click(0, 0), Click(512, 0)], None, (600, 1600)) is None
    assert choose_window([], Window(0, 0, 513, 9), (600, 1600)) is None


def test_a_click_beside_an_object_means_it():
    labels = np.zeros((9, 14), np.int32)
    labels[4, 3], labels[4, 11] = 5, 6
    assert nearest_object(labels, (4, 6)) == 5
    assert nearest_object(labels, (4, 7)) == 0
    assert nearest_object(labels, (2, 9)) == 6
    assert nearest_object(labels, (7, 14 - 1)) == 0
