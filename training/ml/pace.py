"""How many threads a training step is fastest with, beside whatever else runs."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from types import TracebackType

TRIAL_STEPS = 4
FIRST_TRIAL = 8
STEPS_BETWEEN = 60


class Pace:
    """Tries one thread against all of them now and then, and keeps to the faster.

    The threads of a step wait for each other many times. Beside another busy process each wait
    can last a time slice: on two cores a step with two threads has been seen to take five times
    as long as with one. On an idle machine two threads are nearly twice as fast.

    Parameters
    ----------
    threads : int
        Most threads; with 1 there is nothing to choose.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.current = threads
        self.step = 0
        self.times: dict[int, list[float]] = {1: [], threads: []}
        self.next_trial = FIRST_TRIAL
        self.began = 0.0
        # Seconds of the last step.
        self.last = 0.0

    def __enter__(self) -> None:
        """Begin a step."""
        if self.threads > 1:
            torch.set_num_threads(self.current)
        self.began = time.perf_counter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End a step and choose for the next."""
        self.last = time.perf_counter() - self.began
        if self.threads > 1:
            self.note(self.last)

    def note(self, seconds: float) -> None:
        """Take note of a step's time, and choose the threads of the next step.

        Parameters
        ----------
        seconds : float
            Of the step that has just ended, with ``current`` threads.
        """
        self.step += 1
        self.times[self.current] = [*self.times[self.current], seconds][-TRIAL_STEPS:]
        since = self.step - self.next_trial
        if since < 0:
            return
        if since < TRIAL_STEPS:
            if since == 0:
                self.current = self._other()
                self.times[self.current] = []
            return
        # The median of few steps shrugs off the one that met a hiccup.
        self.current = min(self.times, key=lambda n: statistics.median(self.times[n]))
        self.next_trial = self.step + STEPS_BETWEEN

    def _other(self) -> int:
        return self.threads if self.current == 1 else 1
