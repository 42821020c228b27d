"""Tests that take long begin first, dealt to the processes; none is lost."""

from pathlib import Path

import pytest

from tests.order import long_ones_first


class Item:
    def __init__(self, module, name, seconds=None):
        self.path = Path(module)
        self.name = name
        self.marker = None if seconds is None else pytest.mark.slow(seconds=seconds).mark

    def get_closest_marker(self, name):
        return self.marker


def names(items):
    return "".join(item.name for item in items)


def test_slow_modules_are_dealt_whole_and_come_first():
    quick = [Item("quick", name) for name in "abcdefg"]
    pages = [Item("pages", name, 25) for name in "PQ"]
    items = [*quick[:3], Item("kill", "K", 140), *pages, Item("loop", "L", 30), *quick[3:]]
    # K alone takes longest; the pages, then the loop, go to the other process.
    assert names(long_ones_first(items, 2)) == "KabcdPQLefg"
    assert names(long_ones_first(items[:3], 2)) == "abc"


def test_more_slow_tests_than_a_share_has_room_for():
    items = [Item("pages", name, 25) for name in "PQRST"] + [Item("quick", "a")]
    assert names(long_ones_first(items, 2)) == "PQRSTa"
