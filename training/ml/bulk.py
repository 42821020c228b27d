"""Many pictures, predicted beside each other."""

from __future__ import annotations

import contextlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from training.ml.kinds.base import Prediction, Predictor
    from training.ml.manifest import Item


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
        begun: deque[tuple[Item, Future[Prediction]]] = deque()
        try:
            for item in items:
                # One is ready while the others are in work; more would only fill memory.
                if len(begun) > threads:
                    check()
                    done, future = begun.popleft()
                    yield done, future.result()
                begun.append((item, pool.submit(predictor.predict, item)))
            for done, future in begun:
                check()
                yield done, future.result()
        finally:
            for _, future in begun:
                future.cancel()


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
