"""Many pictures, predicted beside each other."""

from __future__ import annotations

import contextlib
import itertools
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from training.ml.kinds.base import Prediction, Predictor
    from training.ml.manifest import Item

# Pictures that are begun together, and bytes of their files.
MOST_WAITING = 64
MOST_BYTES = 16 << 20


def nothing() -> None:
    """Check nothing."""


def predict_all(
    predictor: Predictor, items: Sequence[Item], *, check: Callable[[], None] = nothing
) -> Iterator[tuple[Item, Prediction]]:
    """Predict items in turn, on a CPU as many at a time as there are threads.

    Much of a prediction, from reading the file to finding objects, knows one thread only: two
    pictures on one thread each take less time than one after the other on two.

    Parameters
    ----------
    predictor : Predictor
        A model.
    items : sequence of Item
        Pictures.
    check : callable
        Called before each item is given out; when it raises, nothing more is begun.

    Yields
    ------
    tuple of (Item, Prediction)
        In the order of the items.

    Raises
    ------
    TrainingError
        As of the predictor.
    """
    threads = torch.get_num_threads()
    if threads < 2 or len(items) < 2 or not predictor.concurrent:
        for item in items:
            check()
            yield item, predictor.predict(item)
        return
    with _single_threaded() as pool:
        begun: deque[deque[tuple[Item, Future[Prediction]]]] = deque()
        try:
            for part in _parts(items):
                check()
                begun.append(_begin(pool, predictor, part))
                # The next part is in work while this one is taken.
                if len(begun) > 1:
                    yield from _results(begun[0], check)
                    begun.popleft()
            for one in begun:
                yield from _results(one, check)
        finally:
            for _, future in itertools.chain(*begun):
                future.cancel()


def _parts(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Divide items into runs whose predictions may wait in memory."""
    part: list[Item] = []
    size = 0
    for item in items:
        own = _n_bytes(item)
        if part and (len(part) == MOST_WAITING or size + own > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(item)
        size += own
    yield part


def _n_bytes(item: Item) -> int:
    """Size of an item's file; 0 where there is none, which its prediction will say."""
    return item.image.stat().st_size if item.image.exists() else 0


def _begin(
    pool: ThreadPoolExecutor, predictor: Predictor, part: Sequence[Item]
) -> deque[tuple[Item, Future[Prediction]]]:
    """Begin the largest first: one that begins last keeps a single thread busy."""
    order = sorted(range(len(part)), key=lambda at: -_n_bytes(part[at]))
    futures = {at: pool.submit(predictor.predict, part[at]) for at in order}
    return deque((item, futures[at]) for at, item in enumerate(part))


def _results(
    begun: deque[tuple[Item, Future[Prediction]]], check: Callable[[], None]
) -> Iterator[tuple[Item, Prediction]]:
    """Give results out one after the other, and keep none that was given."""
    while begun:
        check()
        item, future = begun.popleft()
        yield item, future.result()


@contextlib.contextmanager
def _single_threaded() -> Iterator[ThreadPoolExecutor]:
    """As many workers as torch has threads, each of which computes with one."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            yield pool
    finally:
        torch.set_num_threads(threads)
