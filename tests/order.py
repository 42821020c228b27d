"""In which order tests run on several processes: what takes long begins first."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

import pytest

# Of a slow test that does not say how many it takes.
SECONDS = 5.0


def long_ones_first(items: Sequence[pytest.Item], processes: int) -> list[pytest.Item]:
    """Deal tests to processes, so that none still has a long one when the others are done.

    pytest-xdist gives each process as many tests as the next, one after the other; who is done
    takes what others would have done last (`--dist worksteal`). The slow tests of a module stay
    together, since they share fixtures that take long.

    Parameters
    ----------
    items : sequence of Item
        All tests, in the order in which they were found.
    processes : int
        Among how many they are divided.

    Returns
    -------
    list of Item
        A share for each process after the other: its slow tests, then others.
    """
    modules = defaultdict(list)
    for item in items:
        if item.get_closest_marker("slow"):
            modules[item.path].append(item)
    weights = {path: sum(map(_seconds, found)) for path, found in modules.items()}
    slow: list[list[pytest.Item]] = [[] for _ in range(processes)]
    loads = [0.0] * processes
    for path in sorted(modules, key=lambda path: (-weights[path], path)):
        least = loads.index(min(loads))
        loads[least] += weights[path]
        slow[least] += modules[path]
    others = iter([item for item in items if not item.get_closest_marker("slow")])
    return [item for share in _fill(slow, others, len(items)) for item in share]


def _fill(
    slow: Sequence[list[pytest.Item]], others: Iterator[pytest.Item], total: int
) -> Iterator[list[pytest.Item]]:
    """Yield shares of equal length; more in one only where it has more slow tests than that."""
    left = total
    for at, first in enumerate(slow):
        length = left // (len(slow) - at)
        share = [*first, *islice(others, max(0, length - len(first)))]
        left -= len(share)
        yield share


def _seconds(item: pytest.Item) -> float:
    marker = item.get_closest_marker("slow")
    assert marker is not None, "only slow tests are weighed"
    return float(marker.kwargs.get("seconds", SECONDS))
