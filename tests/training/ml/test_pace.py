"""The number of threads follows what steps cost."""

import pytest
import torch

from training.ml.pace import Pace


@pytest.mark.parametrize(("one", "two", "wanted"), [(0.3, 0.2, 2), (0.3, 1.5, 1)])
def test_keeps_to_the_faster(one, two, wanted):
    pace = Pace(2)
    used = []
    for _ in range(200):
        used.append(pace.current)
        pace.note(one if pace.current == 1 else two)
    assert used.count(wanted) > 170
    assert set(used) == {1, 2}


def test_follows_a_machine_that_becomes_busy():
    pace = Pace(2)
    for at in range(300):
        pace.note((0.3 if pace.current == 1 else 0.2) if at < 100 else 0.4 * pace.current)
    assert pace.current == 1


def test_a_machine_that_was_busy_at_first_is_soon_used_whole():
    pace = Pace(2)
    used = []
    for at in range(100):
        used.append(pace.current)
        pace.note(0.4 * pace.current if at < 20 else 0.2 if pace.current == 2 else 0.3)
    assert used[16] == 1
    assert set(used[60:]) == {2}


def test_no_step_is_spent_on_one_thread_while_all_are_faster_than_it_has_ever_been():
    pace = Pace(2)
    used = []
    for at in range(1000):
        used.append(pace.current)
        # Slower by a little now and then, as on any machine.
        pace.note(0.3 if pace.current == 1 else 0.2 + 0.02 * (at % 4))
    assert used.count(1) == 4


def test_leaves_one_thread_alone():
    before = torch.get_num_threads()
    pace = Pace(1)
    for _ in range(20):
        with pace:
            assert torch.get_num_threads() == before
    assert pace.current == 1
