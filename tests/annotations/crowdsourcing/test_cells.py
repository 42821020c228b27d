"""How far people agree about each cell, in hand-made cases with exact numbers."""

import numpy as np
import pytest

from annotations.crowdsourcing.consensus.base import InstanceAnswer
from annotations.crowdsourcing.consensus.cells import CellAnswer, compare_cells
from annotations.labels.planes import stack_of

SHAPE = (1, 1, 16, 28)
# Each is label, y0, y1, x0, x1.
LEFT, RIGHT = (1, 2, 8, 3, 10), (2, 4, 12, 15, 22)
RIGHT_AREA = 8 * 7


def answer(*boxes, classes=None, shape=SHAPE):
    labels = np.zeros(shape, np.uint32)
    for label, y0, y1, x0, x1 in boxes:
        labels[..., y0:y1, x0:x1] = label
    return InstanceAnswer(stack_of(labels), classes or {})


def test_people_who_agree():
    left, right = compare_cells(
        [answer(LEFT, RIGHT), answer((7, *LEFT[1:]), (3, *RIGHT[1:]), classes={7: 2})]
    )
    assert (left.x, left.y, left.area) == (6.0, 4.5, 42)
    assert (left.iou, left.agreement, left.is_disputed) == (1.0, 1.0, False)
    assert left.answers == (CellAnswer(0, 1, None, 1.0), CellAnswer(1, 7, 2, 1.0))
    assert (right.x, right.y, right.area) == (18.0, 7.5, RIGHT_AREA)
    assert [item.object for item in right.answers] == [2, 3]


def test_outlines_that_differ():
    # The second person's right cell is one column narrower: 48 of 56 pixels.
    (cell,) = compare_cells([answer(RIGHT), answer((5, 4, 12, 15, 21))])
    assert cell.iou == cell.agreement == pytest.approx(48 / 56, abs=1e-4)
    assert not cell.is_disputed
    assert (cell.area, cell.y) == (52, 7.5)
    assert cell.x == pytest.approx((56 * 18 + 48 * 17.5) / 104, abs=0.01)


def test_cells_that_one_person_drew_come_first():
    cells = compare_cells([answer(LEFT, RIGHT), answer(LEFT), answer(LEFT)])
    alone, agreed = cells
    assert alone.answers == (CellAnswer(0, 2, None, None),)
    assert (alone.iou, alone.agreement, alone.is_disputed) == (None, 0.0, True)
    assert (agreed.agreement, agreed.is_disputed) == (1.0, False)


def test_two_of_three_agree_on_a_third_of_the_pairs():
    (cell,) = compare_cells([answer(LEFT), answer(), answer(LEFT)])
    assert cell.iou == 1.0
    assert cell.agreement == pytest.approx(1 / 3, abs=1e-4)
    assert [item.person for item in cell.answers] == [0, 2]


def test_classes_that_differ_are_no_agreement():
    people = [answer(LEFT, classes={1: index}) for index in (1, 2, 1)]
    (cell,) = compare_cells(people)
    assert (cell.iou, cell.is_disputed) == (1.0, True)
    assert cell.agreement == pytest.approx(1 / 3, abs=1e-4)
    assert [item.class_index for item in cell.answers] == [1, 2, 1]


def test_a_cell_in_a_stack_lies_in_the_plane_of_its_middle():
    labels = np.zeros((2, 5, 16, 28), np.uint32)
    labels[1, 1:4, 2:8, 3:10] = 9
    (cell,) = compare_cells([InstanceAnswer(stack_of(labels))] * 2)
    assert (cell.t, cell.z, cell.x, cell.y, cell.area) == (1, 2, 6.0, 4.5, 3 * 42)


def test_nothing_drawn():
    assert compare_cells([answer(), answer()]) == []


def test_the_order_of_people_changes_only_their_numbers():
    people = [answer(LEFT, RIGHT), answer((5, 4, 12, 15, 20)), answer(LEFT, (4, 5, 12, 15, 22))]
    forward, backward = compare_cells(people), compare_cells(people[::-1])
    for one, other in zip(forward, backward, strict=True):
        assert (one.x, one.y, one.iou, one.agreement) == (
            other.x,
            other.y,
            other.iou,
            other.agreement,
        )
        turned = [(2 - item.person, item.object, item.iou) for item in other.answers]
        assert sorted(turned) == [(item.person, item.object, item.iou) for item in one.answers]
