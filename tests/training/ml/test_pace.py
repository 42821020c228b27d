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


def test_leaves_one_thread_alone():
    before = torch.get_num_threads()
    pace = Pace(1)
    for _ in range(20):
        with pace:
            assert torch.get_num_threads() == before
    assert pace.current == 1
